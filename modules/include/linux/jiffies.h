/*
 * Time in ticks, HZ a second. No tick counts them: they are worked out from the clock, as
 * often as they are asked for. They begin five minutes before they wrap round 32 bits.
 */
#ifndef __LINUX_JIFFIES_H
#define __LINUX_JIFFIES_H

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/types.h>

#define HZ 100
#define USER_HZ 100
#define TICK_NSEC (NSEC_PER_SEC / HZ)
#define INITIAL_JIFFIES ((unsigned long)(unsigned int)(-300 * HZ))
#define MAX_JIFFY_OFFSET ((LONG_MAX >> 1) - 1)

static inline u64 get_jiffies_64(void)
{
	return INITIAL_JIFFIES + (u64)ktime_get() / TICK_NSEC;
}

#define jiffies ((unsigned long)get_jiffies_64())
#define jiffies_64 get_jiffies_64()

/* By the sign of the difference: right across a wrap. */
#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)
#define time_in_range(a, from, to) (time_after_eq(a, from) && time_before_eq(a, to))
#define time_after64(a, b) ((s64)((b) - (a)) < 0)
#define time_before64(a, b) time_after64(b, a)
#define time_is_before_jiffies(a) time_after(jiffies, a)
#define time_is_after_jiffies(a) time_before(jiffies, a)

#define jiffies_to_nsecs(ticks) ((u64)(ticks) * TICK_NSEC)
#define jiffies_to_usecs(ticks) ((unsigned int)((ticks) * (USEC_PER_SEC / HZ)))
#define jiffies_to_msecs(ticks) ((unsigned int)((ticks) * (MSEC_PER_SEC / HZ)))
#define jiffies64_to_nsecs(ticks) jiffies_to_nsecs(ticks)

/* A part of a tick counts as one. */
static inline unsigned long msecs_to_jiffies(const unsigned int milliseconds)
{
	if ((int)milliseconds < 0)
		return MAX_JIFFY_OFFSET;
	return (milliseconds + MSEC_PER_SEC / HZ - 1) / (MSEC_PER_SEC / HZ);
}

static inline unsigned long usecs_to_jiffies(const unsigned int microseconds)
{
	return (microseconds + USEC_PER_SEC / HZ - 1) / (USEC_PER_SEC / HZ);
}

static inline unsigned long nsecs_to_jiffies(u64 nanoseconds)
{
	return nanoseconds / TICK_NSEC;
}

#endif
