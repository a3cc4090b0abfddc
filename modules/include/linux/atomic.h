/*
 * Atomic integers, by Linux's names:
 *
 *   atomic_ | atomic64_ | atomic_long_
 *     read set xchg cmpxchg try_cmpxchg
 *     add sub and andnot or xor inc dec          no value: no order
 *     ..._return fetch_...                       fully ordered
 *     the same with _acquire, _release, _relaxed as weak as that
 *
 * LAA and its kin where the compiler finds them (z196), compare and swap else.
 */
#ifndef __LINUX_ATOMIC_H
#define __LINUX_ATOMIC_H

#include <asm/barrier.h>
#include <asm/cmpxchg.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* A family's function, once for each order. */
#define __atomic_orders(define, prefix, type, integer, name, operation)           \
	define(prefix, type, integer, name, operation, , __ATOMIC_SEQ_CST)        \
	define(prefix, type, integer, name, operation, _acquire, __ATOMIC_ACQUIRE) \
	define(prefix, type, integer, name, operation, _release, __ATOMIC_RELEASE) \
	define(prefix, type, integer, name, operation, _relaxed, __ATOMIC_RELAXED)

#define __atomic_fetch(prefix, type, integer, name, operation, suffix, order)     \
	static __always_inline integer prefix##_fetch_##name##suffix(integer value, type *v) \
	{                                                                         \
		return __atomic_fetch_##operation(&v->counter, value, order);     \
	}
#define __atomic_return(prefix, type, integer, name, operation, suffix, order)    \
	static __always_inline integer prefix##_##name##_return##suffix(integer value, type *v) \
	{                                                                         \
		return __atomic_##operation##_fetch(&v->counter, value, order);   \
	}
#define __atomic_by_one(prefix, type, integer, name, operation, suffix, order)    \
	static __always_inline integer prefix##_##name##_return##suffix(type *v)  \
	{                                                                         \
		return prefix##_##operation##_return##suffix(1, v);               \
	}                                                                         \
	static __always_inline integer prefix##_fetch_##name##suffix(type *v)     \
	{                                                                         \
		return prefix##_fetch_##operation##suffix(1, v);                  \
	}
#define __atomic_andnot(prefix, type, integer, name, operation, suffix, order)    \
	static __always_inline integer prefix##_fetch_andnot##suffix(integer value, type *v) \
	{                                                                         \
		return prefix##_fetch_and##suffix(~value, v);                     \
	}
/* What a compare and swap finds where it fails has no release in it. */
#define __ATOMIC_FAILED(order)                                                    \
	((order) == __ATOMIC_RELEASE ? __ATOMIC_RELAXED : (order))
#define __atomic_exchange(prefix, type, integer, name, operation, suffix, order)  \
	static __always_inline integer prefix##_xchg##suffix(type *v, integer value) \
	{                                                                         \
		return __atomic_exchange_n(&v->counter, value, order);            \
	}                                                                         \
	static __always_inline bool prefix##_try_cmpxchg##suffix(type *v, integer *old, \
								 integer new)     \
	{                                                                         \
		typeof(v->counter) __local_expected__ = *old;                     \
		bool __local_swapped__ = __atomic_compare_exchange_n(             \
			&v->counter, &__local_expected__, new, 0, order,          \
			__ATOMIC_FAILED(order));                                  \
										  \
		if (!__local_swapped__)                                           \
			*old = __local_expected__;                                \
		return __local_swapped__;                                         \
	}                                                                         \
	static __always_inline integer prefix##_cmpxchg##suffix(type *v, integer old, \
								integer new)      \
	{                                                                         \
		prefix##_try_cmpxchg##suffix(v, &old, new);                       \
		return old;                                                       \
	}

#define __atomic_change(prefix, type, integer, name, operation)                   \
	static __always_inline void prefix##_##name(integer value, type *v)       \
	{                                                                         \
		__atomic_fetch_##operation(&v->counter, value, __ATOMIC_RELAXED); \
	}                                                                         \
	__atomic_orders(__atomic_fetch, prefix, type, integer, name, operation)

#define __atomic_family(prefix, type, integer)                                    \
	static __always_inline integer prefix##_read(const type *v)               \
	{                                                                         \
		return READ_ONCE(v->counter);                                     \
	}                                                                         \
	static __always_inline void prefix##_set(type *v, integer value)          \
	{                                                                         \
		WRITE_ONCE(v->counter, value);                                    \
	}                                                                         \
	static __always_inline integer prefix##_read_acquire(const type *v)       \
	{                                                                         \
		return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE);            \
	}                                                                         \
	static __always_inline void prefix##_set_release(type *v, integer value)  \
	{                                                                         \
		__atomic_store_n(&v->counter, value, __ATOMIC_RELEASE);           \
	}                                                                         \
	__atomic_orders(__atomic_exchange, prefix, type, integer, xchg, xchg)     \
	__atomic_change(prefix, type, integer, add, add)                          \
	__atomic_change(prefix, type, integer, sub, sub)                          \
	__atomic_change(prefix, type, integer, and, and)                          \
	__atomic_change(prefix, type, integer, or, or)                            \
	__atomic_change(prefix, type, integer, xor, xor)                          \
	__atomic_orders(__atomic_return, prefix, type, integer, add, add)         \
	__atomic_orders(__atomic_return, prefix, type, integer, sub, sub)         \
	__atomic_orders(__atomic_by_one, prefix, type, integer, inc, add)         \
	__atomic_orders(__atomic_by_one, prefix, type, integer, dec, sub)         \
	__atomic_orders(__atomic_andnot, prefix, type, integer, andnot, and)      \
	static __always_inline void prefix##_andnot(integer value, type *v)       \
	{                                                                         \
		prefix##_and(~value, v);                                          \
	}                                                                         \
	static __always_inline void prefix##_inc(type *v)                         \
	{                                                                         \
		prefix##_add(1, v);                                               \
	}                                                                         \
	static __always_inline void prefix##_dec(type *v)                         \
	{                                                                         \
		prefix##_sub(1, v);                                               \
	}                                                                         \
	static __always_inline bool prefix##_sub_and_test(integer value, type *v) \
	{                                                                         \
		return prefix##_sub_return(value, v) == 0;                        \
	}                                                                         \
	static __always_inline bool prefix##_dec_and_test(type *v)                \
	{                                                                         \
		return prefix##_dec_return(v) == 0;                               \
	}                                                                         \
	static __always_inline bool prefix##_inc_and_test(type *v)                \
	{                                                                         \
		return prefix##_inc_return(v) == 0;                               \
	}                                                                         \
	static __always_inline bool prefix##_add_negative(integer value, type *v) \
	{                                                                         \
		return prefix##_add_return(value, v) < 0;                         \
	}                                                                         \
	/* Adds unless it is `unless`; what it was. */                            \
	static __always_inline integer prefix##_fetch_add_unless(                 \
		type *v, integer value, integer unless)                           \
	{                                                                         \
		integer old = prefix##_read(v);                                   \
										  \
		while (old != unless && !prefix##_try_cmpxchg(v, &old, old + value)) \
			;                                                         \
		return old;                                                       \
	}                                                                         \
	static __always_inline bool prefix##_add_unless(type *v, integer value,   \
							integer unless)           \
	{                                                                         \
		return prefix##_fetch_add_unless(v, value, unless) != unless;     \
	}                                                                         \
	static __always_inline bool prefix##_inc_not_zero(type *v)                \
	{                                                                         \
		return prefix##_add_unless(v, 1, 0);                              \
	}                                                                         \
	static __always_inline bool prefix##_inc_unless_negative(type *v)         \
	{                                                                         \
		integer old = prefix##_read(v);                                   \
										  \
		while (old >= 0 && !prefix##_try_cmpxchg(v, &old, old + 1))       \
			;                                                         \
		return old >= 0;                                                  \
	}                                                                         \
	static __always_inline bool prefix##_dec_unless_positive(type *v)         \
	{                                                                         \
		integer old = prefix##_read(v);                                   \
										  \
		while (old <= 0 && !prefix##_try_cmpxchg(v, &old, old - 1))       \
			;                                                         \
		return old <= 0;                                                  \
	}                                                                         \
	/* Takes 1 away if that isn't negative; what it would be. */              \
	static __always_inline integer prefix##_dec_if_positive(type *v)          \
	{                                                                         \
		integer old = prefix##_read(v);                                   \
										  \
		while (old > 0 && !prefix##_try_cmpxchg(v, &old, old - 1))        \
			;                                                         \
		return old - 1;                                                   \
	}

__atomic_family(atomic, atomic_t, int)
__atomic_family(atomic64, atomic64_t, s64)

typedef atomic64_t atomic_long_t;
#define ATOMIC_LONG_INIT(value) ATOMIC64_INIT(value)
__atomic_family(atomic_long, atomic_long_t, long)

#define atomic_cond_read_relaxed(v, condition) smp_cond_load_relaxed(&(v)->counter, condition)
#define atomic_cond_read_acquire(v, condition) smp_cond_load_acquire(&(v)->counter, condition)

#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic() smp_mb()

#endif
