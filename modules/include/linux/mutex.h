/*
 * A lock for long work. Who waits spins, with interruptions as they are, and lets other
 * threads have turns. Not for interrupt handlers.
 */
#ifndef __LINUX_MUTEX_H
#define __LINUX_MUTEX_H

#include <linux/sched.h>
#include <linux/spinlock.h>

struct mutex {
	spinlock_t lock;
};

#define __MUTEX_INITIALIZER(name) { { 0 } }
#define DEFINE_MUTEX(name) struct mutex name = __MUTEX_INITIALIZER(name)

static inline void mutex_init(struct mutex *mutex)
{
	spin_lock_init(&mutex->lock);
}

static inline bool mutex_is_locked(struct mutex *mutex)
{
	return spin_is_locked(&mutex->lock);
}

static inline void mutex_destroy(struct mutex *mutex)
{
	WARN_ON(mutex_is_locked(mutex));
}

/* The kernel's count of those that this CPU's own context holds, found as the preempt count. */
extern __attribute__((section(".data..percpu"))) int
	__mutex_count __asm__("KERNEL_MUTEX_COUNT");

static __always_inline void __count_mutex(unsigned int self, int by)
{
	if (!(self & 0x80000000U))
		*__preempt_variable_here(&__mutex_count) += by;
}

/* The running thread, or in a CPU's own context the CPU: other than 0. */
static inline unsigned int __mutex_self(void)
{
	const struct task_struct *thread = __current_thread();

	return thread ? 0x80000000U | (unsigned int)thread->pid : raw_smp_processor_id() + 1U;
}

static inline int mutex_trylock(struct mutex *mutex)
{
	unsigned int self = __mutex_self();

	if (cmpxchg(&mutex->lock.owner, 0U, self) != 0)
		return 0;
	__count_mutex(self, 1);
	return 1;
}

static inline void mutex_lock(struct mutex *mutex)
{
	while (!mutex_trylock(mutex)) {
		/* Held by this very context. */
		BUG_ON(READ_ONCE(mutex->lock.owner) == __mutex_self());
		__wait_a_turn();
	}
}

/* Nothing interrupts the wait. */
static inline int __must_check mutex_lock_interruptible(struct mutex *mutex)
{
	mutex_lock(mutex);
	return 0;
}

static inline int __must_check mutex_lock_killable(struct mutex *mutex)
{
	mutex_lock(mutex);
	return 0;
}

static inline void mutex_unlock(struct mutex *mutex)
{
	__count_mutex(READ_ONCE(mutex->lock.owner), -1);
	smp_store_release(&mutex->lock.owner, 0U);
}

#define mutex_lock_nested(mutex, subclass) mutex_lock(mutex)

#endif
