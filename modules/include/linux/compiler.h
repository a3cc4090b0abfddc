/* What the compiler may and may not do with an access. */
#ifndef __LINUX_COMPILER_H
#define __LINUX_COMPILER_H

#include <linux/compiler_types.h>

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Nothing is moved across. */
#define barrier() __asm__ __volatile__("" : : : "memory")
#define barrier_data(ptr) __asm__ __volatile__("" : : "r"(ptr) : "memory")

/* The compiler knows nothing of the value any more. */
#define OPTIMIZER_HIDE_VAR(var) __asm__("" : "=r"(var) : "0"(var))

/*
 * ptr + off, with the compiler kept from knowing what ptr points to. It still
 * loads ptr as it likes: by larl if it takes the symbol for a local one.
 */
#define RELOC_HIDE(ptr, off)                                                      \
	({                                                                        \
		unsigned long __local_hidden__;                                           \
		__asm__("" : "=r"(__local_hidden__) : "0"(ptr));                          \
		(typeof(ptr))(__local_hidden__ + (off));                                  \
	})

#define unreachable() __builtin_unreachable()
#define __is_constexpr(x)                                                         \
	(sizeof(int) == sizeof(*(8 ? ((void *)((long)(x)*0l)) : (int *)8)))
#define __ADDRESSABLE(symbol)                                                     \
	static void *__used __section(".discard")                                 \
		__UNIQUE_ID(__PASTE(__addressable_, symbol)) = (void *)&symbol;

/* One access, of the whole, exactly here. */
#define compiletime_assert_rwonce_type(type)                                      \
	compiletime_assert(sizeof(type) == 1 || sizeof(type) == 2 ||              \
				   sizeof(type) == 4 || sizeof(type) == 8,        \
			   "READ_ONCE and WRITE_ONCE take 1, 2, 4 or 8 bytes")

#define READ_ONCE(x)                                                              \
	({                                                                        \
		compiletime_assert_rwonce_type(x);                                \
		*(const volatile typeof(x) *)&(x);                                \
	})

#define WRITE_ONCE(x, value)                                                      \
	do {                                                                      \
		compiletime_assert_rwonce_type(x);                                \
		*(volatile typeof(x) *)&(x) = (value);                            \
	} while (0)

#define data_race(expression) (expression)

#define __must_be_array(a) BUILD_BUG_ON_ZERO(__same_type((a), &(a)[0]))

#include <asm/barrier.h>

#endif
