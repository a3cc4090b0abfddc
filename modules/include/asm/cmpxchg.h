/*
 * Exchange, and compare and swap: CS, CSG; for 1 and 2 bytes the compiler makes a
 * CS loop on the word around, which leaves the neighbours alone. Fully ordered.
 */
#ifndef __ASM_CMPXCHG_H
#define __ASM_CMPXCHG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>

#define xchg(ptr, value)                                                          \
	({                                                                        \
		typeof(*(ptr)) __value = (value);                                 \
		compiletime_assert_rwonce_type(__value);                          \
		__atomic_exchange_n(ptr, __value, __ATOMIC_SEQ_CST);              \
	})
#define cmpxchg(ptr, old, new)                                                    \
	({                                                                        \
		typeof(*(ptr)) __expected = (old);                                \
		typeof(*(ptr)) __new = (new);                                     \
		compiletime_assert_rwonce_type(__new);                            \
		__atomic_compare_exchange_n(ptr, &__expected, __new, 0,           \
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);  \
		__expected;                                                       \
	})
/* Whether it was `*old`; if not, `*old` is what it was. */
#define try_cmpxchg(ptr, old, new)                                                \
	__atomic_compare_exchange_n(ptr, old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

#define xchg_relaxed(ptr, value) xchg(ptr, value)
#define cmpxchg_relaxed(ptr, old, new) cmpxchg(ptr, old, new)
#define cmpxchg_local(ptr, old, new) cmpxchg(ptr, old, new)
#define cmpxchg64(ptr, old, new) cmpxchg(ptr, old, new)

#endif
