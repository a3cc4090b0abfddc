/* Attributes and annotations. The runner includes this before every module. */
#ifndef __LINUX_COMPILER_TYPES_H
#define __LINUX_COMPILER_TYPES_H

/* Address spaces: what sparse checks in Linux, and a reader here. */
#define __percpu
#define __user
#define __kernel
#define __iomem
#define __rcu
#define __force
#define __nocast
#define __private
#define __safe
#define __must_hold(lock)
#define __acquires(lock)
#define __releases(lock)

#define __always_inline inline __attribute__((__always_inline__))
#define notrace __attribute__((__no_instrument_function__))
#define noinline __attribute__((__noinline__))
#define __maybe_unused __attribute__((__unused__))
#define __always_unused __attribute__((__unused__))
#define __used __attribute__((__used__))
#define __must_check __attribute__((__warn_unused_result__))
#define __deprecated
#define __pure __attribute__((__pure__))
#define __attribute_const__ __attribute__((__const__))
#define __cold __attribute__((__cold__))
#define __malloc __attribute__((__malloc__))
#define __noreturn __attribute__((__noreturn__))
#define __weak __attribute__((__weak__))
#define __alias(symbol) __attribute__((__alias__(#symbol)))
#define __section(section) __attribute__((__section__(section)))
#define __aligned(bytes) __attribute__((__aligned__(bytes)))
#define __packed __attribute__((__packed__))
#define __printf(format, first) __attribute__((__format__(printf, format, first)))
#define __scanf(format, first) __attribute__((__format__(scanf, format, first)))
#define __mode(mode) __attribute__((__mode__(mode)))
#ifdef __clang__
/* It has no such attributes; what they would keep, it keeps. */
#define __noclone
#define __visible __used
#define __copy(symbol)
#else
#define __noclone __attribute__((__noclone__))
#define __visible __attribute__((__externally_visible__))
#define __copy(symbol) __attribute__((__copy__(symbol)))
#endif
#define fallthrough __attribute__((__fallthrough__))

#define __compiletime_error(message) __attribute__((__error__(message)))
#define __compiletime_warning(message) __attribute__((__warning__(message)))

/* Messages of the compiler's, kept off for some lines. */
#define __diag_text(text) _Pragma(#text)
#define __diag_push() _Pragma("GCC diagnostic push")
#define __diag_pop() _Pragma("GCC diagnostic pop")
#define __diag_ignore_all(option, comment) __diag_text(GCC diagnostic ignored option)

#define ___PASTE(a, b) a##b
#define __PASTE(a, b) ___PASTE(a, b)
#define __UNIQUE_ID(prefix) __PASTE(__PASTE(__UNIQUE_ID_, prefix), __COUNTER__)

#define asm_volatile_goto(text...) asm goto(text)
#define asm_inline asm __inline

#define __same_type(a, b) __builtin_types_compatible_p(typeof(a), typeof(b))

/*
 * For what Linux has and this kernel hasn't: a call of the macro ends the build
 * and names what was called.
 */
#define __unsupported(what)                                                       \
	({                                                                        \
		extern unsigned long __unsupported_##what(void)                   \
			__compiletime_error(#what " is not supported here");      \
		__unsupported_##what();                                           \
	})

#define __compiletime_assert(condition, message, prefix, suffix)                  \
	do {                                                                      \
		__noreturn extern void __PASTE(prefix, suffix)(void)              \
			__compiletime_error(message);                             \
		if (!(condition))                                                 \
			__PASTE(prefix, suffix)();                                \
	} while (0)

#define compiletime_assert(condition, message)                                    \
	__compiletime_assert(condition, message, __compiletime_assert_, __COUNTER__)

#endif
