// SPDX-License-Identifier: MIT
/*
 * Work for later: one list of all, which one of the kernel's works goes through.
 *
 *     work_struct  32 bytes: 0 whether it is pending, the lowest bit  8 list  24 function
 */
#include "../provider.h"
#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct later {
	unsigned long state;
	struct list_head list;
	void (*function)(struct later *work);
};
static_assert(sizeof(struct later) == 32);

#define PENDING 0

/* What the works are of; they run one after the other all the same. */
struct queue {
	char name[32];
};

static struct queue common = { "events" };
struct queue *common_queue = &common;
#undef system_wq
OFFER_DATA_AS(system_wq, common_queue);

static LIST_HEAD(pending);
static DEFINE_SPINLOCK(changing);
static struct later *running;

static void run_all(struct work_struct *work)
{
	unsigned long flags;

	(void)work;
	spin_lock_irqsave(&changing, flags);
	while (!list_empty(&pending)) {
		struct later *next = list_first_entry(&pending, struct later, list);

		list_del_init(&next->list);
		clear_bit(PENDING, &next->state);
		running = next;
		spin_unlock_irqrestore(&changing, flags);
		next->function(next);
		spin_lock_irqsave(&changing, flags);
		running = NULL;
	}
	spin_unlock_irqrestore(&changing, flags);
}

static DECLARE_WORK(runner, run_all);

bool queue_later(int cpu, struct queue *queue, struct later *work)
{
	unsigned long flags;
	bool is_new;

	(void)cpu;
	(void)queue;
	spin_lock_irqsave(&changing, flags);
	is_new = !test_and_set_bit(PENDING, &work->state);
	if (is_new)
		list_add_tail(&work->list, &pending);
	spin_unlock_irqrestore(&changing, flags);
	if (is_new)
		schedule_work(&runner);
	return is_new;
}
#undef queue_work_on
OFFER_AS(queue_work_on, queue_later);

static bool is_busy(struct later *work)
{
	unsigned long flags;
	bool is_busy;

	spin_lock_irqsave(&changing, flags);
	is_busy = running == work || test_bit(PENDING, &work->state);
	spin_unlock_irqrestore(&changing, flags);
	return is_busy;
}

/* Waits until it has run; whether there was something to wait for. */
bool wait_for(struct later *work)
{
	bool waits = is_busy(work);

	while (is_busy(work))
		flush_work(&runner);
	return waits;
}
OFFER_AS(flush_work, wait_for);

/* Takes it back, and waits if it runs; whether it was pending. */
bool take_back(struct later *work)
{
	unsigned long flags;
	bool was_pending;

	spin_lock_irqsave(&changing, flags);
	was_pending = test_and_clear_bit(PENDING, &work->state);
	if (was_pending)
		list_del_init(&work->list);
	spin_unlock_irqrestore(&changing, flags);
	wait_for(work);
	return was_pending;
}
OFFER_AS(cancel_work_sync, take_back);

__printf(1, 4) struct queue *new_queue(const char *format, unsigned int flags, int limit, ...)
{
	struct queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);
	va_list arguments;

	(void)flags;
	if (!queue)
		return NULL;
	va_start(arguments, limit);
	vsnprintf(queue->name, sizeof(queue->name), format, arguments);
	va_end(arguments);
	return queue;
}
#undef alloc_workqueue
OFFER_AS(alloc_workqueue, new_queue);

void remove_queue(struct queue *queue)
{
	flush_work(&runner);
	kfree(queue);
}
OFFER_AS(destroy_workqueue, remove_queue);

static void __exit end(void)
{
	cancel_work_sync(&runner);
}
module_exit(end);

static int __init begin(void)
{
	return 0;
}
module_init(begin);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers work for later to Linux's modules");
