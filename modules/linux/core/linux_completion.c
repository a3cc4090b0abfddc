// SPDX-License-Identifier: MIT
/*
 * Completions: a count of what is done, and who waits for it. Who waits here looks for itself, so
 * nobody is on the list.
 */
#include "../provider.h"
#include <linux/atomic.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/sched.h>

struct waiting {
	unsigned int lock;
	struct list_head tasks;
};

struct completion {
	atomic_t done;
	struct waiting wait;
};
static_assert(sizeof(struct completion) == 32);

/* complete_all: for all that will ever wait. */
#define FOR_ALL INT_MAX

void __init_swait_queue_head(struct waiting *waiting, const char *name, void *key)
{
	(void)name, (void)key;
	waiting->lock = 0;
	INIT_LIST_HEAD(&waiting->tasks);
}
OFFER(__init_swait_queue_head);

void complete_one(struct completion *completion)
{
	if (atomic_read(&completion->done) != FOR_ALL)
		atomic_inc(&completion->done);
}
OFFER_AS(complete, complete_one);

void wait_until_done(struct completion *completion)
{
	for (;;) {
		int done = atomic_read(&completion->done);

		if (done == FOR_ALL)
			return;
		if (done && atomic_cmpxchg(&completion->done, done, done - 1) == done)
			return;
		__wait_a_turn();
	}
}
OFFER_AS(wait_for_completion, wait_until_done);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers completions to Linux's modules");
