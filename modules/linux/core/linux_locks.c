// SPDX-License-Identifier: MIT
/*
 * Locks, and what surrounds them. What is taken at once is taken inline; here is where code
 * waits.
 *
 *     spin lock     the holder's word of lowcore byte 940; given back by its lower half
 *     rwlock        0x30000 a writer holds it   below 0x10000 count of readers
 *     mutex         32 bytes, the first 4 of which are this kernel's
 *
 * Who waits lets other threads of its CPU have turns: nobody takes the CPU from one that waits,
 * and the holder may be among them. A handler can't, and mustn't want what it interrupts.
 */
#include "../provider.h"
#include <asm/smp.h>
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/refcount.h>
#include <linux/sched.h>

struct waited {
	atomic_t word;
};

void spin_wait(struct waited *lock)
{
	int mark = raw_smp_processor_id() + 1;

	while (atomic_cmpxchg(&lock->word, 0, mark) != 0)
		__wait_a_turn();
}
OFFER_AS(arch_spin_lock_wait, spin_wait);

int spin_try(struct waited *lock)
{
	return atomic_cmpxchg(&lock->word, 0, raw_smp_processor_id() + 1) == 0;
}
OFFER_AS(arch_spin_trylock_retry, spin_try);

#define READERS 0xffff
#define WRITER 0x30000

/* The reader is counted already. */
void read_wait(struct waited *lock)
{
	for (;;) {
		atomic_dec(&lock->word);
		while (atomic_read(&lock->word) & ~READERS)
			__wait_a_turn();
		if (!(atomic_inc_return(&lock->word) & ~READERS))
			return;
	}
}
OFFER_AS(arch_read_lock_wait, read_wait);

void write_wait(struct waited *lock)
{
	while (atomic_cmpxchg(&lock->word, 0, WRITER) != 0)
		__wait_a_turn();
}
OFFER_AS(arch_write_lock_wait, write_wait);

void make_mutex(struct mutex *mutex, const char *name, void *key)
{
	(void)name;
	(void)key;
	mutex_init(mutex);
}
OFFER_AS(__mutex_init, make_mutex);

void lock_mutex(struct mutex *mutex)
{
	mutex_lock(mutex);
}
OFFER_AS(mutex_lock, lock_mutex);

int try_mutex(struct mutex *mutex)
{
	return mutex_trylock(mutex);
}
OFFER_AS(mutex_trylock, try_mutex);

void unlock_mutex(struct mutex *mutex)
{
	mutex_unlock(mutex);
}
OFFER_AS(mutex_unlock, unlock_mutex);

bool is_mutex_locked(struct mutex *mutex)
{
	return mutex_is_locked(mutex);
}
OFFER_AS(mutex_is_locked, is_mutex_locked);

/*
 * The count of what keeps others off, at byte 936 of lowcore, which the caller's code has
 * raised inline: so the page is writable. There is no work to do behind it: soft interrupts
 * are threads' here.
 */
void enable_bottom_halves(unsigned long where, unsigned int count)
{
	unsigned int now;

	(void)where;
	__asm__ volatile("l %0,936(%%r0)\n\tslr %0,%1\n\tst %0,936(%%r0)"
			 : "=&d"(now) : "d"(count) : "cc", "memory");
}
OFFER_AS(__local_bh_enable_ip, enable_bottom_halves);

/* Whether others had a turn. Nobody takes a CPU away, and who may not wait doesn't give it. */
int give_turn(void)
{
	return 0;
}
OFFER_AS(__cond_resched, give_turn);

/* Code that is to stay on its CPU: all does. */
void stay(void)
{
}
OFFER_AS(migrate_disable, stay);
OFFER_AS(migrate_enable, stay);

/* What Linux's lists have where an entry was taken out. */
#define TAKEN_OUT_NEXT 0x100
#define TAKEN_OUT_PREV 0x122

/* Whether a list is whole where something is put into it, or taken out. */
bool may_add(struct list_head *new, struct list_head *before, struct list_head *after)
{
	return !WARN_ON(after->prev != before || before->next != after || new == before ||
			new == after);
}
OFFER_AS(__list_add_valid, may_add);

bool may_take(struct list_head *entry)
{
	return !WARN_ON((unsigned long)entry->next == TAKEN_OUT_NEXT ||
			(unsigned long)entry->prev == TAKEN_OUT_PREV ||
			entry->prev->next != entry || entry->next->prev != entry);
}
OFFER_AS(__list_del_entry_valid, may_take);

/* A count that went wrong: which way, Linux's number says. */
void refcount_is_wrong(refcount_t *count, int way)
{
	/* Never 0 again, so that nobody frees what others may use. */
	atomic_set(&count->refs, INT_MIN / 2);
	WARN(1, "a count of references is wrong: %d", way);
}
OFFER_AS(refcount_warn_saturate, refcount_is_wrong);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers waiting for locks to Linux's modules");
