/* A count of references that warns, and stays, where it would wrap or come back from 0. */
#ifndef __LINUX_REFCOUNT_H
#define __LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/limits.h>

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(count) { .refs = ATOMIC_INIT(count) }
#define REFCOUNT_SATURATED (INT_MIN / 2)

static inline void refcount_set(refcount_t *count, int value)
{
	atomic_set(&count->refs, value);
}

static inline unsigned int refcount_read(const refcount_t *count)
{
	return atomic_read(&count->refs);
}

static inline void __refcount_saturate(refcount_t *count, const char *what)
{
	atomic_set(&count->refs, REFCOUNT_SATURATED);
	WARN_ONCE(1, "refcount_t: %s\n", what);
}

static inline bool refcount_add_not_zero(int value, refcount_t *count)
{
	int old = atomic_fetch_add_unless(&count->refs, value, 0);

	if (unlikely(old < 0 || old + value < 0))
		__refcount_saturate(count, "saturated; leaking memory");
	return old != 0;
}

static inline void refcount_add(int value, refcount_t *count)
{
	int old = atomic_fetch_add_relaxed(value, &count->refs);

	if (unlikely(!old))
		__refcount_saturate(count, "addition on 0; use-after-free");
	else if (unlikely(old < 0 || old + value < 0))
		__refcount_saturate(count, "saturated; leaking memory");
}

static inline bool refcount_sub_and_test(int value, refcount_t *count)
{
	int old = atomic_fetch_sub_release(value, &count->refs);

	if (old > 0 && old == value) {
		smp_mb__after_atomic();
		return true;
	}
	if (unlikely(old <= 0 || old - value < 0))
		__refcount_saturate(count, "underflow; use-after-free");
	return false;
}

#define refcount_inc(count) refcount_add(1, count)
#define refcount_inc_not_zero(count) refcount_add_not_zero(1, count)
#define refcount_dec_and_test(count) refcount_sub_and_test(1, count)
#define refcount_dec(count) ((void)refcount_sub_and_test(1, count))

#endif
