/*
 * A lock for one writer or many readers, spun for: how many read, or -1 for a writer.
 * Readers come in while others read, whoever waits to write.
 */
#ifndef __LINUX_RWLOCK_H
#define __LINUX_RWLOCK_H

#include <linux/spinlock.h>

typedef struct {
	int readers;
} rwlock_t;

#define __RW_LOCK_UNLOCKED(name) ((rwlock_t){ 0 })
#define DEFINE_RWLOCK(name) rwlock_t name = { 0 }
#define rwlock_init(lock) ((void)((lock)->readers = 0))

static inline int read_trylock(rwlock_t *lock)
{
	int readers = READ_ONCE(lock->readers);

	preempt_disable();
	if (readers >= 0 && cmpxchg(&lock->readers, readers, readers + 1) == readers)
		return 1;
	preempt_enable();
	return 0;
}

static inline int write_trylock(rwlock_t *lock)
{
	preempt_disable();
	if (cmpxchg(&lock->readers, 0, -1) == 0)
		return 1;
	preempt_enable();
	return 0;
}

static inline void read_lock(rwlock_t *lock)
{
	while (!read_trylock(lock))
		cpu_relax();
}

static inline void write_lock(rwlock_t *lock)
{
	while (!write_trylock(lock))
		cpu_relax();
}

static inline void read_unlock(rwlock_t *lock)
{
	__atomic_sub_fetch(&lock->readers, 1, __ATOMIC_RELEASE);
	preempt_enable();
}

static inline void write_unlock(rwlock_t *lock)
{
	smp_store_release(&lock->readers, 0);
	preempt_enable();
}

#define __define_rwlock_irq(kind)                                                 \
	static inline void kind##_lock_irq(rwlock_t *lock)                        \
	{                                                                         \
		local_irq_disable();                                              \
		kind##_lock(lock);                                                \
	}                                                                         \
	static inline void kind##_unlock_irq(rwlock_t *lock)                      \
	{                                                                         \
		kind##_unlock(lock);                                              \
		local_irq_enable();                                               \
	}                                                                         \
	static inline unsigned long __##kind##_lock_irqsave(rwlock_t *lock)       \
	{                                                                         \
		unsigned long flags = arch_local_irq_save();                      \
										  \
		kind##_lock(lock);                                                \
		return flags;                                                     \
	}                                                                         \
	static inline void kind##_unlock_irqrestore(rwlock_t *lock, unsigned long flags) \
	{                                                                         \
		kind##_unlock(lock);                                              \
		arch_local_irq_restore(flags);                                    \
	}
__define_rwlock_irq(read)
__define_rwlock_irq(write)

#define read_lock_irqsave(lock, flags)                                            \
	do {                                                                      \
		typecheck(unsigned long, flags);                                  \
		flags = __read_lock_irqsave(lock);                                \
	} while (0)
#define write_lock_irqsave(lock, flags)                                           \
	do {                                                                      \
		typecheck(unsigned long, flags);                                  \
		flags = __write_lock_irqsave(lock);                               \
	} while (0)
#define read_lock_bh(lock) read_lock(lock)
#define read_unlock_bh(lock) read_unlock(lock)
#define write_lock_bh(lock) write_lock(lock)
#define write_unlock_bh(lock) write_unlock(lock)

#endif
