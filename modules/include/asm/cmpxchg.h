/*
 * Exchange, and compare and swap: CS, CSG; for 1 and 2 bytes the compiler makes a
 * CS loop on the word around, which leaves the neighbours alone. Fully ordered, but for
 * the names that say less.
 */
#ifndef __ASM_CMPXCHG_H
#define __ASM_CMPXCHG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>

#define xchg(ptr, value)                                                          \
	({                                                                        \
		typeof(ptr) __local_at__ = (ptr);                                 \
		typeof(*__local_at__) __local_value__ = (value);                  \
		compiletime_assert_rwonce_type(__local_value__);                  \
		__atomic_exchange_n(__local_at__, __local_value__, __ATOMIC_SEQ_CST); \
	})
#define cmpxchg(ptr, old, new)                                                    \
	({                                                                        \
		typeof(ptr) __local_at__ = (ptr);                                 \
		typeof(*__local_at__) __local_expected__ = (old);                 \
		typeof(*__local_at__) __local_new__ = (new);                      \
		compiletime_assert_rwonce_type(__local_new__);                    \
		__atomic_compare_exchange_n(__local_at__, &__local_expected__,    \
					    __local_new__, 0, __ATOMIC_SEQ_CST,   \
					    __ATOMIC_SEQ_CST);                    \
		__local_expected__;                                               \
	})
/* Whether it was `*old`; if not, `*old` is what it was. */
#define try_cmpxchg(ptr, old, new)                                                \
	__atomic_compare_exchange_n(ptr, old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

#define xchg_relaxed(ptr, value) xchg(ptr, value)
#define xchg_acquire(ptr, value) xchg(ptr, value)
#define xchg_release(ptr, value) xchg(ptr, value)
#define cmpxchg_relaxed(ptr, old, new) cmpxchg(ptr, old, new)
#define cmpxchg_acquire(ptr, old, new) cmpxchg(ptr, old, new)
#define cmpxchg_release(ptr, old, new) cmpxchg(ptr, old, new)
#define cmpxchg_local(ptr, old, new) cmpxchg(ptr, old, new)
#define cmpxchg64(ptr, old, new) cmpxchg(ptr, old, new)
#define cmpxchg64_local(ptr, old, new) cmpxchg(ptr, old, new)
#define try_cmpxchg_relaxed(ptr, old, new) try_cmpxchg(ptr, old, new)
#define try_cmpxchg_acquire(ptr, old, new) try_cmpxchg(ptr, old, new)
#define try_cmpxchg_release(ptr, old, new) try_cmpxchg(ptr, old, new)

#endif
