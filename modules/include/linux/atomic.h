/*
 * Atomic integers. What returns a value is fully ordered; what doesn't is not.
 * LAA and its kin where the compiler finds them (z196), compare and swap else.
 */
#ifndef __LINUX_ATOMIC_H
#define __LINUX_ATOMIC_H

#include <asm/barrier.h>
#include <asm/cmpxchg.h>
#include <linux/compiler.h>
#include <linux/types.h>

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
	static __always_inline integer prefix##_xchg(type *v, integer value)      \
	{                                                                         \
		return xchg(&v->counter, value);                                  \
	}                                                                         \
	static __always_inline integer prefix##_cmpxchg(type *v, integer old,     \
							integer new)              \
	{                                                                         \
		return cmpxchg(&v->counter, old, new);                            \
	}                                                                         \
	static __always_inline bool prefix##_try_cmpxchg(type *v, integer *old,   \
							 integer new)             \
	{                                                                         \
		return try_cmpxchg(&v->counter, old, new);                        \
	}                                                                         \
	__atomic_change(prefix, type, integer, add, add)                          \
	__atomic_change(prefix, type, integer, sub, sub)                          \
	__atomic_change(prefix, type, integer, and, and)                          \
	__atomic_change(prefix, type, integer, or, or)                            \
	__atomic_change(prefix, type, integer, xor, xor)                          \
	static __always_inline void prefix##_andnot(integer value, type *v)       \
	{                                                                         \
		prefix##_and(~value, v);                                          \
	}                                                                         \
	static __always_inline integer prefix##_add_return(integer value, type *v) \
	{                                                                         \
		return __atomic_add_fetch(&v->counter, value, __ATOMIC_SEQ_CST);  \
	}                                                                         \
	static __always_inline integer prefix##_sub_return(integer value, type *v) \
	{                                                                         \
		return __atomic_sub_fetch(&v->counter, value, __ATOMIC_SEQ_CST);  \
	}                                                                         \
	static __always_inline void prefix##_inc(type *v)                         \
	{                                                                         \
		prefix##_add(1, v);                                               \
	}                                                                         \
	static __always_inline void prefix##_dec(type *v)                         \
	{                                                                         \
		prefix##_sub(1, v);                                               \
	}                                                                         \
	static __always_inline integer prefix##_inc_return(type *v)               \
	{                                                                         \
		return prefix##_add_return(1, v);                                 \
	}                                                                         \
	static __always_inline integer prefix##_dec_return(type *v)               \
	{                                                                         \
		return prefix##_sub_return(1, v);                                 \
	}                                                                         \
	static __always_inline integer prefix##_fetch_inc(type *v)                \
	{                                                                         \
		return prefix##_fetch_add(1, v);                                  \
	}                                                                         \
	static __always_inline integer prefix##_fetch_dec(type *v)                \
	{                                                                         \
		return prefix##_fetch_sub(1, v);                                  \
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
	/* Takes 1 away if that isn't negative; what it would be. */              \
	static __always_inline integer prefix##_dec_if_positive(type *v)          \
	{                                                                         \
		integer old = prefix##_read(v);                                   \
										  \
		while (old > 0 && !prefix##_try_cmpxchg(v, &old, old - 1))        \
			;                                                         \
		return old - 1;                                                   \
	}

#define __atomic_change(prefix, type, integer, name, operation)                   \
	static __always_inline void prefix##_##name(integer value, type *v)       \
	{                                                                         \
		__atomic_fetch_##operation(&v->counter, value, __ATOMIC_RELAXED); \
	}                                                                         \
	static __always_inline integer prefix##_fetch_##name(integer value, type *v) \
	{                                                                         \
		return __atomic_fetch_##operation(&v->counter, value,             \
						  __ATOMIC_SEQ_CST);              \
	}

__atomic_family(atomic, atomic_t, int)
__atomic_family(atomic64, atomic64_t, s64)

typedef atomic64_t atomic_long_t;
#define ATOMIC_LONG_INIT(value) ATOMIC64_INIT(value)

static __always_inline long atomic_long_read(const atomic_long_t *v)
{
	return atomic64_read(v);
}

static __always_inline void atomic_long_set(atomic_long_t *v, long value)
{
	atomic64_set(v, value);
}

#define atomic_long_add(value, v) atomic64_add(value, v)
#define atomic_long_sub(value, v) atomic64_sub(value, v)
#define atomic_long_inc(v) atomic64_inc(v)
#define atomic_long_dec(v) atomic64_dec(v)
#define atomic_long_add_return(value, v) ((long)atomic64_add_return(value, v))
#define atomic_long_sub_return(value, v) ((long)atomic64_sub_return(value, v))
#define atomic_long_inc_return(v) ((long)atomic64_inc_return(v))
#define atomic_long_dec_return(v) ((long)atomic64_dec_return(v))
#define atomic_long_xchg(v, value) ((long)atomic64_xchg(v, value))
#define atomic_long_cmpxchg(v, old, new) ((long)atomic64_cmpxchg(v, old, new))
#define atomic_long_inc_not_zero(v) atomic64_inc_not_zero(v)
#define atomic_long_dec_and_test(v) atomic64_dec_and_test(v)
#define atomic_long_sub_and_test(value, v) atomic64_sub_and_test(value, v)
#define atomic_long_add_unless(v, value, unless) atomic64_add_unless(v, value, unless)

#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic() smp_mb()

#endif
