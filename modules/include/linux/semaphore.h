/*
 * A count of who may go on. Who waits spins, with interruptions on, and lets other threads have
 * turns; up() may come from anywhere, also from a handler.
 */
#ifndef __LINUX_SEMAPHORE_H
#define __LINUX_SEMAPHORE_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

struct semaphore {
	/* How many more may go on: never below 0. */
	atomic_t __left;
};

#define __SEMAPHORE_INITIALIZER(name, count) { ATOMIC_INIT(count) }
#define DEFINE_SEMAPHORE(name) struct semaphore name = __SEMAPHORE_INITIALIZER(name, 1)

static inline void sema_init(struct semaphore *semaphore, int count)
{
	atomic_set(&semaphore->__left, count);
}

/* 0 if it may go on, as Linux has it; 1 if not. */
static inline int __must_check down_trylock(struct semaphore *semaphore)
{
	return atomic_dec_if_positive(&semaphore->__left) < 0;
}

static inline void down(struct semaphore *semaphore)
{
	while (down_trylock(semaphore))
		__wait_a_turn();
}

/* Nothing interrupts the wait. */
static inline int __must_check down_interruptible(struct semaphore *semaphore)
{
	down(semaphore);
	return 0;
}

static inline int __must_check down_killable(struct semaphore *semaphore)
{
	down(semaphore);
	return 0;
}

/* 0, or -ETIME if so many ticks have passed. */
static inline int __must_check down_timeout(struct semaphore *semaphore, long ticks)
{
	unsigned long end = jiffies + ticks;

	while (down_trylock(semaphore)) {
		if (time_after_eq(jiffies, end))
			return -ETIME;
		__wait_a_turn();
	}
	return 0;
}

static inline void up(struct semaphore *semaphore)
{
	smp_mb__before_atomic();
	atomic_inc(&semaphore->__left);
}

#endif
