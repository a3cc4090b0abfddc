// SPDX-License-Identifier: MIT
/*
 * Readers without locks (Linux: RCU). Code compiled for Linux 6.1 does nothing at all to be one:
 * it only doesn't wait. So where a CPU has begun something else of its own accord, all that it
 * read before is read; an interruption says nothing.
 */
#include "../provider.h"
#include <linux/workqueue.h>

static void nothing(struct work_struct *work)
{
	(void)work;
}

/* A thread has had its turn on each CPU. */
void wait_for_readers(void)
{
	WARN_ON(schedule_on_each_cpu(nothing));
}
OFFER_AS(synchronize_rcu, wait_for_readers);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers waiting for readers to Linux's modules");
