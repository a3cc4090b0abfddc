/* Times and spans, in nanoseconds. */
#ifndef __LINUX_KTIME_H
#define __LINUX_KTIME_H

#include <linux/limits.h>
#include <linux/time64.h>
#include <linux/types.h>

typedef s64 ktime_t;

#define KTIME_MAX S64_MAX
#define KTIME_SEC_MAX (KTIME_MAX / NSEC_PER_SEC)

/* Since the kernel started. */
extern ktime_t ktime_get(void);

static inline ktime_t ktime_set(const s64 seconds, const unsigned long nanoseconds)
{
	if (seconds >= KTIME_SEC_MAX)
		return KTIME_MAX;
	return seconds * NSEC_PER_SEC + (s64)nanoseconds;
}

#define ktime_add(a, b) ((a) + (b))
#define ktime_sub(a, b) ((a) - (b))
#define ktime_add_ns(time, ns) ((time) + (ns))
#define ktime_sub_ns(time, ns) ((time) - (ns))
#define ktime_add_us(time, us) ktime_add_ns(time, (us)*NSEC_PER_USEC)
#define ktime_sub_us(time, us) ktime_sub_ns(time, (us)*NSEC_PER_USEC)
#define ktime_add_ms(time, ms) ktime_add_ns(time, (ms)*NSEC_PER_MSEC)
#define ktime_sub_ms(time, ms) ktime_sub_ns(time, (ms)*NSEC_PER_MSEC)
#define ktime_to_ns(time) (time)
#define ns_to_ktime(ns) ((ktime_t)(ns))
#define ms_to_ktime(ms) ((ktime_t)(ms)*NSEC_PER_MSEC)
#define us_to_ktime(us) ((ktime_t)(us)*NSEC_PER_USEC)
#define ktime_to_timespec64(time) ns_to_timespec64(time)

static inline int ktime_compare(const ktime_t a, const ktime_t b)
{
	return (a > b) - (a < b);
}

static inline bool ktime_after(const ktime_t a, const ktime_t b)
{
	return a > b;
}

static inline bool ktime_before(const ktime_t a, const ktime_t b)
{
	return a < b;
}

static inline s64 ktime_divns(const ktime_t time, s64 divisor)
{
	return time / divisor;
}

static inline s64 ktime_to_us(const ktime_t time)
{
	return time / NSEC_PER_USEC;
}

static inline s64 ktime_to_ms(const ktime_t time)
{
	return time / NSEC_PER_MSEC;
}

static inline s64 ktime_us_delta(const ktime_t later, const ktime_t earlier)
{
	return ktime_to_us(ktime_sub(later, earlier));
}

static inline s64 ktime_ms_delta(const ktime_t later, const ktime_t earlier)
{
	return ktime_to_ms(ktime_sub(later, earlier));
}

#include <linux/timekeeping.h>

#endif
