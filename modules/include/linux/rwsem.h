/* A lock for one writer or many readers who may wait: others have turns meanwhile. */
#ifndef __LINUX_RWSEM_H
#define __LINUX_RWSEM_H

#include <linux/atomic.h>
#include <linux/sched.h>

struct rw_semaphore {
	/* How many read, or -1 for a writer. */
	atomic_t readers;
};

#define __RWSEM_INITIALIZER(name) { ATOMIC_INIT(0) }
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)

static inline void init_rwsem(struct rw_semaphore *semaphore)
{
	atomic_set(&semaphore->readers, 0);
}

static inline bool rwsem_is_locked(struct rw_semaphore *semaphore)
{
	return atomic_read(&semaphore->readers) != 0;
}

static inline int down_read_trylock(struct rw_semaphore *semaphore)
{
	int readers = atomic_read(&semaphore->readers);

	while (readers >= 0)
		if (atomic_try_cmpxchg(&semaphore->readers, &readers, readers + 1))
			return 1;
	return 0;
}

static inline int down_write_trylock(struct rw_semaphore *semaphore)
{
	return atomic_cmpxchg(&semaphore->readers, 0, -1) == 0;
}

static inline void down_read(struct rw_semaphore *semaphore)
{
	while (!down_read_trylock(semaphore))
		__wait_a_turn();
}

static inline void down_write(struct rw_semaphore *semaphore)
{
	while (!down_write_trylock(semaphore))
		__wait_a_turn();
}

static inline void up_read(struct rw_semaphore *semaphore)
{
	atomic_dec_return_release(&semaphore->readers);
}

static inline void up_write(struct rw_semaphore *semaphore)
{
	atomic_set_release(&semaphore->readers, 0);
}

static inline void downgrade_write(struct rw_semaphore *semaphore)
{
	atomic_set_release(&semaphore->readers, 1);
}

#endif
