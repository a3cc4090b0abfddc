/*
 * Waiting until somebody is done. A CPU that waits spins, with interruptions on, and lets
 * other threads have turns: what completes is one of them, runs on another CPU, or in a
 * function that another CPU had called here.
 * Where nobody completes, the watchdog names who waits.
 */
#ifndef __LINUX_COMPLETION_H
#define __LINUX_COMPLETION_H

#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/limits.h>
#include <linux/preempt.h>

struct completion {
	atomic_t done;
};

#define COMPLETION_INITIALIZER(name) { ATOMIC_INIT(0) }
#define DECLARE_COMPLETION(name) struct completion name = COMPLETION_INITIALIZER(name)
#define DECLARE_COMPLETION_ONSTACK(name) DECLARE_COMPLETION(name)

static inline void init_completion(struct completion *completion)
{
	atomic_set(&completion->done, 0);
}

#define reinit_completion(completion) init_completion(completion)

static inline void complete(struct completion *completion)
{
	atomic_add_unless(&completion->done, 1, INT_MAX);
}

/* For good: until it is made anew. */
static inline void complete_all(struct completion *completion)
{
	atomic_set_release(&completion->done, INT_MAX);
}

static inline bool try_wait_for_completion(struct completion *completion)
{
	int done = atomic_read(&completion->done);

	while (done > 0 && done < INT_MAX)
		if (atomic_try_cmpxchg(&completion->done, &done, done - 1))
			return true;
	smp_rmb();
	return done > 0;
}

static inline bool completion_done(struct completion *completion)
{
	return atomic_read(&completion->done) > 0;
}

static inline void wait_for_completion(struct completion *completion)
{
	while (!try_wait_for_completion(completion))
		__wait_a_turn();
}

/* What is left of the ticks, 1 at least; 0 if they have passed. */
static inline unsigned long wait_for_completion_timeout(struct completion *completion,
							unsigned long timeout)
{
	unsigned long end = jiffies + timeout;

	while (!try_wait_for_completion(completion)) {
		if (time_after_eq(jiffies, end))
			return 0;
		__wait_a_turn();
	}
	return time_before(jiffies, end) ? end - jiffies : 1;
}

static inline int wait_for_completion_interruptible(struct completion *completion)
{
	wait_for_completion(completion);
	return 0;
}

#define wait_for_completion_killable(completion) wait_for_completion_interruptible(completion)
#define wait_for_completion_interruptible_timeout(completion, timeout)            \
	((long)wait_for_completion_timeout(completion, timeout))

#endif
