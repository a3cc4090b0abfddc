// SPDX-License-Identifier: MIT
/* Waiting, and Linux's ticks, of which a second has 250. */
#include "../provider.h"
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

#define TICKS 250u
#define MICROSECONDS_A_TICK (1000000u / TICKS)
#define MILLISECONDS_A_TICK (1000u / TICKS)

unsigned int microseconds_of_ticks(const unsigned long ticks)
{
	return MICROSECONDS_A_TICK * ticks;
}
OFFER_AS(jiffies_to_usecs, microseconds_of_ticks);

unsigned int milliseconds_of_ticks(const unsigned long ticks)
{
	return MILLISECONDS_A_TICK * ticks;
}
OFFER_AS(jiffies_to_msecs, milliseconds_of_ticks);

/* No shorter than asked for. */
unsigned long ticks_of_microseconds(const unsigned int time)
{
	return (time + (unsigned long)MICROSECONDS_A_TICK - 1) / MICROSECONDS_A_TICK;
}
OFFER_AS(__usecs_to_jiffies, ticks_of_microseconds);

/* What would be negative is for ever, as far as Linux counts. */
unsigned long ticks_of_milliseconds(const unsigned int time)
{
	if ((int)time < 0)
		return LONG_MAX / 2 - 1;
	return (time + (unsigned long)MILLISECONDS_A_TICK - 1) / MILLISECONDS_A_TICK;
}
OFFER_AS(__msecs_to_jiffies, ticks_of_milliseconds);

void wait_milliseconds(unsigned int time)
{
	msleep(time);
}
OFFER_AS(msleep, wait_milliseconds);

void wait_between(unsigned long least, unsigned long most, unsigned int state)
{
	(void)most, (void)state;
	udelay(least);
}
OFFER_AS(usleep_range_state, wait_between);

void wait_microseconds(unsigned long time)
{
	udelay(time);
}
OFFER_AS(__udelay, wait_microseconds);

void wait_nanoseconds(unsigned long time)
{
	ndelay(time);
}
OFFER_AS(__ndelay, wait_nanoseconds);

OFFER(ktime_get);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers waiting, and time in Linux's ticks");
