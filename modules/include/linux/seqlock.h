/*
 * A count that is odd while somebody writes: who reads looks again if it has changed.
 */
#ifndef __LINUX_SEQLOCK_H
#define __LINUX_SEQLOCK_H

#include <linux/spinlock.h>

typedef struct seqcount {
	unsigned int sequence;
} seqcount_t;

typedef struct {
	seqcount_t seqcount;
	spinlock_t lock;
} seqlock_t;

#define SEQCNT_ZERO(name) { 0 }
#define seqcount_init(count) ((void)((count)->sequence = 0))
#define __SEQLOCK_UNLOCKED(name) { { 0 }, { 0 } }
#define DEFINE_SEQLOCK(name) seqlock_t name = __SEQLOCK_UNLOCKED(name)

static inline void seqlock_init(seqlock_t *lock)
{
	seqcount_init(&lock->seqcount);
	spin_lock_init(&lock->lock);
}

static inline unsigned int read_seqcount_begin(const seqcount_t *count)
{
	unsigned int sequence;

	while ((sequence = smp_load_acquire(&count->sequence)) & 1)
		cpu_relax();
	return sequence;
}

static inline int read_seqcount_retry(const seqcount_t *count, unsigned int start)
{
	smp_rmb();
	return READ_ONCE(count->sequence) != start;
}

static inline void write_seqcount_begin(seqcount_t *count)
{
	preempt_disable();
	WRITE_ONCE(count->sequence, count->sequence + 1);
	smp_wmb();
}

static inline void write_seqcount_end(seqcount_t *count)
{
	smp_wmb();
	WRITE_ONCE(count->sequence, count->sequence + 1);
	preempt_enable();
}

#define raw_write_seqcount_begin(count) write_seqcount_begin(count)
#define raw_write_seqcount_end(count) write_seqcount_end(count)
#define read_seqbegin(lock) read_seqcount_begin(&(lock)->seqcount)
#define read_seqretry(lock, start) read_seqcount_retry(&(lock)->seqcount, start)

static inline void write_seqlock(seqlock_t *lock)
{
	spin_lock(&lock->lock);
	write_seqcount_begin(&lock->seqcount);
}

static inline void write_sequnlock(seqlock_t *lock)
{
	write_seqcount_end(&lock->seqcount);
	spin_unlock(&lock->lock);
}

#define write_seqlock_irqsave(lock, flags)                                        \
	do {                                                                      \
		local_irq_save(flags);                                            \
		write_seqlock(lock);                                              \
	} while (0)
#define write_sequnlock_irqrestore(lock, flags)                                   \
	do {                                                                      \
		write_sequnlock(lock);                                            \
		local_irq_restore(flags);                                         \
	} while (0)

#endif
