/* Waiting. No clock wakes a sleeper here: who sleeps lets other threads have turns. */
#ifndef __LINUX_DELAY_H
#define __LINUX_DELAY_H

#include <linux/ktime.h>
#include <linux/preempt.h>

extern void __ndelay(unsigned long nanoseconds);

static inline void ndelay(unsigned long nanoseconds)
{
	__ndelay(nanoseconds);
}

static inline void udelay(unsigned long microseconds)
{
	__ndelay(microseconds * NSEC_PER_USEC);
}

static inline void mdelay(unsigned long milliseconds)
{
	__ndelay(milliseconds * NSEC_PER_MSEC);
}

static inline void msleep(unsigned int milliseconds)
{
	ktime_t end = ktime_get() + (ktime_t)milliseconds * NSEC_PER_MSEC;

	while (ktime_get() < end)
		__wait_a_turn();
}

static inline void ssleep(unsigned int seconds)
{
	msleep(seconds * MSEC_PER_SEC);
}

static inline void usleep_range(unsigned long least, unsigned long most)
{
	(void)most;
	udelay(least);
}

static inline void fsleep(unsigned long microseconds)
{
	udelay(microseconds);
}

#endif
