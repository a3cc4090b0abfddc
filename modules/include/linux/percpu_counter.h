/*
 * A count that many CPUs add to and few read. Each CPU adds to its copy; a copy
 * that reaches the batch moves to the count, under its lock; and so does that of a CPU that
 * leaves, for which the kernel knows of each counter.
 */
#ifndef __LINUX_PERCPU_COUNTER_H
#define __LINUX_PERCPU_COUNTER_H

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct percpu_counter {
	raw_spinlock_t lock;
	s64 count;
	struct list_head list;
	s32 __percpu *counters;
};

/* As kernel/src/percpu/counters.rs reads it. */
static_assert(offsetof(struct percpu_counter, count) == 8);
static_assert(offsetof(struct percpu_counter, list) == 16);
static_assert(offsetof(struct percpu_counter, counters) == 32);

extern void __percpu_counter_enter(struct percpu_counter *counter);
extern void __percpu_counter_take_away(struct percpu_counter *counter);

#define percpu_counter_batch 32

static inline int percpu_counter_init(struct percpu_counter *counter, s64 amount, gfp_t flags)
{
	raw_spin_lock_init(&counter->lock);
	counter->count = amount;
	counter->counters = alloc_percpu_gfp(s32, flags);
	if (!counter->counters)
		return -ENOMEM;
	__percpu_counter_enter(counter);
	return 0;
}

static inline void percpu_counter_destroy(struct percpu_counter *counter)
{
	if (!counter->counters)
		return;
	__percpu_counter_take_away(counter);
	free_percpu(counter->counters);
	counter->counters = NULL;
}

static inline bool percpu_counter_initialized(struct percpu_counter *counter)
{
	return counter->counters;
}

static inline void percpu_counter_set(struct percpu_counter *counter, s64 amount)
{
	unsigned long flags;
	unsigned int cpu;

	raw_spin_lock_irqsave(&counter->lock, flags);
	for_each_possible_cpu(cpu)
		*per_cpu_ptr(counter->counters, cpu) = 0;
	counter->count = amount;
	raw_spin_unlock_irqrestore(&counter->lock, flags);
}

/* The copy is read and replaced with interruptions off: no handler adds between. */
static inline void percpu_counter_add_batch(struct percpu_counter *counter, s64 amount,
					    s32 batch)
{
	unsigned long flags;
	s64 count;

	local_irq_save(flags);
	count = __this_cpu_read(*counter->counters) + amount;
	if (count >= batch || count <= -batch) {
		raw_spin_lock(&counter->lock);
		counter->count += count;
		__this_cpu_write(*counter->counters, 0);
		raw_spin_unlock(&counter->lock);
	} else {
		__this_cpu_write(*counter->counters, (s32)count);
	}
	local_irq_restore(flags);
}

static inline void percpu_counter_add(struct percpu_counter *counter, s64 amount)
{
	percpu_counter_add_batch(counter, amount, percpu_counter_batch);
}

static inline void percpu_counter_sub(struct percpu_counter *counter, s64 amount)
{
	percpu_counter_add(counter, -amount);
}

static inline void percpu_counter_inc(struct percpu_counter *counter)
{
	percpu_counter_add(counter, 1);
}

static inline void percpu_counter_dec(struct percpu_counter *counter)
{
	percpu_counter_add(counter, -1);
}

/* Exact while nobody adds. */
static inline s64 percpu_counter_sum(struct percpu_counter *counter)
{
	unsigned long flags;
	unsigned int cpu;
	s64 sum;

	raw_spin_lock_irqsave(&counter->lock, flags);
	sum = counter->count;
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(counter->counters, cpu));
	raw_spin_unlock_irqrestore(&counter->lock, flags);
	return sum;
}

static inline s64 percpu_counter_sum_positive(struct percpu_counter *counter)
{
	s64 sum = percpu_counter_sum(counter);

	return sum < 0 ? 0 : sum;
}

/* Without the copies: less than a batch wrong for each online CPU. */
static inline s64 percpu_counter_read(struct percpu_counter *counter)
{
	return READ_ONCE(counter->count);
}

static inline s64 percpu_counter_read_positive(struct percpu_counter *counter)
{
	s64 count = percpu_counter_read(counter);

	return count < 0 ? 0 : count;
}

/* -1, 0 or 1; sums the copies up only where they could matter. */
static inline int __percpu_counter_compare(struct percpu_counter *counter, s64 other, s32 batch)
{
	s64 count = percpu_counter_read(counter);
	s64 margin = (s64)batch * num_online_cpus();

	if (count - other <= margin && other - count <= margin)
		count = percpu_counter_sum(counter);
	return (count > other) - (count < other);
}

static inline int percpu_counter_compare(struct percpu_counter *counter, s64 other)
{
	return __percpu_counter_compare(counter, other, percpu_counter_batch);
}

#endif
