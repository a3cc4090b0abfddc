/* Waiting. No clock wakes a sleeper here: msleep waits as mdelay does. */
#ifndef __LINUX_DELAY_H
#define __LINUX_DELAY_H

#include <linux/ktime.h>

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
	mdelay(milliseconds);
}

static inline void ssleep(unsigned int seconds)
{
	mdelay(seconds * MSEC_PER_SEC);
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
