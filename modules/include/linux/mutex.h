/*
 * A lock for long work. There is nothing to switch to while waiting, so a CPU
 * spins for it, with interruptions as they are. Not for interrupt handlers.
 */
#ifndef __LINUX_MUTEX_H
#define __LINUX_MUTEX_H

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

static inline void mutex_lock(struct mutex *mutex)
{
	__spin_wait(&mutex->lock);
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

static inline int mutex_trylock(struct mutex *mutex)
{
	return __spin_acquire(&mutex->lock);
}

static inline void mutex_unlock(struct mutex *mutex)
{
	smp_store_release(&mutex->lock.owner, 0U);
}

#define mutex_lock_nested(mutex, subclass) mutex_lock(mutex)

#endif
