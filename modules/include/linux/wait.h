/*
 * Queues of who waits for a condition. A waiter looks for itself, again and again, and lets
 * others have turns between two looks: nobody need wake it, and who does does nothing.
 */
#ifndef __LINUX_WAIT_H
#define __LINUX_WAIT_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

typedef struct wait_queue_head {
	/* How many wait. */
	atomic_t __waiting;
} wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) { ATOMIC_INIT(0) }
#define DECLARE_WAIT_QUEUE_HEAD(name)                                             \
	wait_queue_head_t name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)
#define init_waitqueue_head(queue) atomic_set(&(queue)->__waiting, 0)

static inline int waitqueue_active(struct wait_queue_head *queue)
{
	return atomic_read(&queue->__waiting) != 0;
}

#define wq_has_sleeper(queue) (waitqueue_active(queue) != 0)

#define wait_event(queue, condition)                                              \
	do {                                                                      \
		if (condition)                                                    \
			break;                                                    \
		atomic_inc(&(queue).__waiting);                                   \
		while (!(condition))                                              \
			__wait_a_turn();                                          \
		atomic_dec(&(queue).__waiting);                                   \
	} while (0)

/* What is left of the ticks, 1 at least; 0 if they have passed, and it isn't so. */
#define wait_event_timeout(queue, condition, timeout)                             \
	({                                                                        \
		unsigned long __local_end__ = jiffies + (timeout);                \
		bool __local_met__ = !!(condition);                               \
										  \
		atomic_inc(&(queue).__waiting);                                   \
		while (!__local_met__ && time_before(jiffies, __local_end__)) {   \
			__wait_a_turn();                                          \
			__local_met__ = !!(condition);                            \
		}                                                                 \
		atomic_dec(&(queue).__waiting);                                   \
		!__local_met__ ? 0L                                               \
			       : time_before(jiffies, __local_end__)              \
					 ? (long)(__local_end__ - jiffies)        \
					 : 1L;                                    \
	})

/* Nothing interrupts a wait. */
#define wait_event_interruptible(queue, condition)                                \
	({                                                                        \
		wait_event(queue, condition);                                     \
		0;                                                                \
	})
#define wait_event_killable(queue, condition) wait_event_interruptible(queue, condition)
#define wait_event_idle(queue, condition) wait_event(queue, condition)
#define wait_event_interruptible_timeout(queue, condition, timeout)               \
	wait_event_timeout(queue, condition, timeout)

/* What was written before is seen by who looks then. */
#define wake_up(queue)                                                            \
	do {                                                                      \
		(void)(queue);                                                    \
		smp_mb();                                                         \
	} while (0)
#define wake_up_nr(queue, count) wake_up(queue)
#define wake_up_all(queue) wake_up(queue)
#define wake_up_interruptible(queue) wake_up(queue)
#define wake_up_interruptible_all(queue) wake_up(queue)
#define wake_up_interruptible_sync(queue) wake_up(queue)

/*
 * A waiter that says so itself: schedule() returns after the others' turns, woken or not, so it
 * looks again, as it must in Linux. It counts as one until it says that it waits no more.
 */
typedef struct wait_queue_entry {
	bool __waits;
} wait_queue_entry_t;

#define DEFINE_WAIT(name) struct wait_queue_entry name = { false }
#define DECLARE_WAITQUEUE(name, task) DEFINE_WAIT(name)
#define init_wait(entry) ((void)((entry)->__waits = false))

static inline void add_wait_queue(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
	if (!entry->__waits)
		atomic_inc(&queue->__waiting);
	entry->__waits = true;
}

static inline void remove_wait_queue(struct wait_queue_head *queue,
				     struct wait_queue_entry *entry)
{
	if (entry->__waits)
		atomic_dec(&queue->__waiting);
	entry->__waits = false;
}

static inline void prepare_to_wait(struct wait_queue_head *queue, struct wait_queue_entry *entry,
				   int state)
{
	add_wait_queue(queue, entry);
	set_current_state(state);
}

/* Whether nobody else waits. */
static inline bool prepare_to_wait_exclusive(struct wait_queue_head *queue,
					     struct wait_queue_entry *entry, int state)
{
	bool was_empty = !waitqueue_active(queue);

	prepare_to_wait(queue, entry, state);
	return was_empty;
}

static inline void finish_wait(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
	remove_wait_queue(queue, entry);
	__set_current_state(TASK_RUNNING);
}

#define add_wait_queue_exclusive(queue, entry) add_wait_queue(queue, entry)

#endif
