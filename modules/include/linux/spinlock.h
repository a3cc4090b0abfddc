/*
 * A lock that a CPU spins for. The word holds the owner, its number plus 1: a CPU
 * that takes a lock which it holds would spin for ever, and is reported instead.
 */
#ifndef __LINUX_SPINLOCK_H
#define __LINUX_SPINLOCK_H

#include <asm/barrier.h>
#include <asm/cmpxchg.h>
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/smp.h>

typedef struct spinlock {
	unsigned int owner;
} spinlock_t;
typedef spinlock_t raw_spinlock_t;

#define __SPIN_LOCK_UNLOCKED(name) ((spinlock_t){ 0 })
#define __RAW_SPIN_LOCK_UNLOCKED(name) __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_SPINLOCK(name) spinlock_t name = { 0 }
#define DEFINE_RAW_SPINLOCK(name) DEFINE_SPINLOCK(name)

static inline void spin_lock_init(spinlock_t *lock)
{
	lock->owner = 0;
}

static inline int spin_is_locked(spinlock_t *lock)
{
	return READ_ONCE(lock->owner) != 0;
}

/* Without the count of preemption. */
static inline bool __spin_acquire(spinlock_t *lock)
{
	return cmpxchg(&lock->owner, 0U, raw_smp_processor_id() + 1U) == 0;
}

static inline void __spin_wait(spinlock_t *lock)
{
	while (!__spin_acquire(lock)) {
		/* Held by this very CPU. */
		BUG_ON(READ_ONCE(lock->owner) == raw_smp_processor_id() + 1U);
		cpu_relax();
	}
}

static inline int spin_trylock(spinlock_t *lock)
{
	preempt_disable();
	if (__spin_acquire(lock))
		return 1;
	preempt_enable();
	return 0;
}

static inline void spin_lock(spinlock_t *lock)
{
	preempt_disable();
	__spin_wait(lock);
}

static inline void spin_unlock(spinlock_t *lock)
{
	smp_store_release(&lock->owner, 0U);
	preempt_enable();
}

static inline void spin_lock_irq(spinlock_t *lock)
{
	local_irq_disable();
	spin_lock(lock);
}

static inline void spin_unlock_irq(spinlock_t *lock)
{
	spin_unlock(lock);
	local_irq_enable();
}

static inline unsigned long __spin_lock_irqsave(spinlock_t *lock)
{
	unsigned long flags;

	local_irq_save(flags);
	spin_lock(lock);
	return flags;
}

static inline void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)
{
	spin_unlock(lock);
	local_irq_restore(flags);
}

static inline int __spin_trylock_irqsave(spinlock_t *lock, unsigned long *flags)
{
	local_irq_save(*flags);
	if (spin_trylock(lock))
		return 1;
	local_irq_restore(*flags);
	return 0;
}

static inline int spin_trylock_irq(spinlock_t *lock)
{
	local_irq_disable();
	if (spin_trylock(lock))
		return 1;
	local_irq_enable();
	return 0;
}

#define spin_lock_irqsave(lock, flags)                                            \
	do {                                                                      \
		typecheck(unsigned long, flags);                                  \
		flags = __spin_lock_irqsave(lock);                                \
	} while (0)
#define spin_trylock_irqsave(lock, flags) __spin_trylock_irqsave(lock, &(flags))
#define spin_lock_irqsave_nested(lock, flags, subclass) spin_lock_irqsave(lock, flags)
#define spin_lock_nested(lock, subclass) spin_lock(lock)
/* There are no soft interrupts: what keeps them off keeps nothing off. */
#define spin_lock_bh(lock) spin_lock(lock)
#define spin_unlock_bh(lock) spin_unlock(lock)
#define spin_trylock_bh(lock) spin_trylock(lock)
#define assert_spin_locked(lock) BUG_ON(!spin_is_locked(lock))

#define raw_spin_lock_init(lock) spin_lock_init(lock)
#define raw_spin_is_locked(lock) spin_is_locked(lock)
#define raw_spin_lock(lock) spin_lock(lock)
#define raw_spin_trylock(lock) spin_trylock(lock)
#define raw_spin_unlock(lock) spin_unlock(lock)
#define raw_spin_lock_irq(lock) spin_lock_irq(lock)
#define raw_spin_unlock_irq(lock) spin_unlock_irq(lock)
#define raw_spin_lock_irqsave(lock, flags) spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags) spin_unlock_irqrestore(lock, flags)

#include <linux/rwlock.h>

#endif
