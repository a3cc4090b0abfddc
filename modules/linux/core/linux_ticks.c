// SPDX-License-Identifier: MIT
/*
 * Linux's count of ticks, which modules read where it lies: 250 a second, brought up to date by
 * a timer as often. It begins so that it wraps in 32 bits five minutes after the start.
 */
#include "../provider.h"
#include <linux/ktime.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>

#define TICKS 250
#define NANOSECONDS (1000000000ul / TICKS)
#define FIRST ((unsigned long)(unsigned int)(-300 * TICKS))

unsigned long ticks;

static void count(struct timer_list *timer)
{
	WRITE_ONCE(ticks, FIRST + ktime_get() / NANOSECONDS);
	__timer_arm(timer, NANOSECONDS);
}

static DEFINE_TIMER(timer, count);

static int __init begin(void)
{
	count(&timer);
	return 0;
}
module_init(begin);

static void __exit end(void)
{
	del_timer_sync(&timer);
}
module_exit(end);

#undef jiffies
OFFER_DATA_AS(jiffies, ticks);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers the count of ticks to Linux's modules");
