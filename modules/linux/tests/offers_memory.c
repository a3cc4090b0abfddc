// SPDX-License-Identifier: MIT
/* Memory by the byte and by the page, locks, keys and copies: what was put there is there. */
#include "answers.h"
#include "everywhere.h"
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

ANSWERS_OF_OFFERS("what was stored; sums of all CPUs");

#define PAGE 4096ul

extern void *offered_krealloc(const void *memory, size_t bytes, gfp_t flags);
extern size_t offered_ksize(const void *memory);
extern void offered_kfree(const void *memory);
extern void *offered_kmemdup(const void *from, size_t bytes, gfp_t flags);
extern char *offered_kstrdup(const char *text, gfp_t flags);
extern void *offered_vmalloc(unsigned long bytes);
extern void *offered_vzalloc(unsigned long bytes);
extern void *offered_vmalloc_node(unsigned long bytes, int node);
extern void *offered___vmalloc(unsigned long bytes, gfp_t flags);
extern struct kmem_cache *offered_kmem_cache_create(const char *name, unsigned int bytes,
						    unsigned int align, unsigned int flags,
						    void (*constructor)(void *object));
extern void offered_kmem_cache_destroy(struct kmem_cache *cache);
extern unsigned int offered_kmem_cache_size(struct kmem_cache *cache);
extern void offered_synchronize_rcu(void);
extern void offered_vfree(const void *memory);
extern void *offered_kvmalloc_node(size_t bytes, gfp_t flags, int node);
extern void offered_kvfree(const void *memory);
extern unsigned long offered___get_free_pages(gfp_t flags, unsigned int order);
extern void offered_free_pages(unsigned long address, unsigned int order);
extern void *offered___alloc_pages(gfp_t flags, unsigned int order, int node, void *nodes);
extern void offered___free_pages(void *page, unsigned int order);
extern void offered___folio_lock(unsigned long *page);
extern void offered_folio_unlock(unsigned long *page);
extern void offered_unlock_page(unsigned long *page);
extern void offered_folio_wait_bit(unsigned long *page, int bit);
extern int pages_taken(void);
extern void offered_arch_read_lock_wait(void *lock);
extern void offered_arch_write_lock_wait(void *lock);
extern void offered_arch_spin_lock_wait(void *lock);
extern int offered_arch_spin_trylock_retry(void *lock);
extern void offered___mutex_init(void *mutex, const char *name, void *key);
extern void offered_mutex_lock(void *mutex);
extern int offered_mutex_trylock(void *mutex);
extern void offered_mutex_unlock(void *mutex);
extern bool offered_mutex_is_locked(void *mutex);
extern bool offered___list_add_valid(void *new, void *before, void *after);
extern bool offered___list_del_entry_valid(void *entry);
extern unsigned long offered_raw_copy_from_user(void *to, const void *from, unsigned long bytes);
extern unsigned long offered_raw_copy_to_user(void *to, const void *from, unsigned long bytes);
extern unsigned long offered___clear_user(void *to, unsigned long bytes);
extern int offered_static_key_count(void *key);
extern void offered_static_key_enable(void *key);
extern void offered_static_key_enable_cpuslocked(void *key);
extern void offered_static_key_disable(void *key);
extern void offered_static_key_disable_cpuslocked(void *key);
extern bool offered_static_key_slow_inc(void *key);
extern void offered_static_key_slow_dec(void *key);
extern void offered_complete(void *completion);
extern void offered_wait_for_completion(void *completion);
extern void offered_migrate_disable(void);
extern void offered_migrate_enable(void);
extern int offered___cond_resched(void);

static void bytes(void)
{
	char *some = offered_kmemdup("memory", 7, GFP_KERNEL), *more;

	ANSWER(offered_ksize(some) >= 7, 1);
	more = offered_krealloc(some, 5000, GFP_KERNEL);
	ANSWER(strcmp(more, "memory"), 0);
	ANSWER(offered_ksize(more) >= 5000, 1);
	offered_kfree(more);
	some = offered_kstrdup("text", GFP_KERNEL);
	ANSWER(strcmp(some, "text"), 0);
	offered_kfree(some);
	some = offered_vmalloc(3 * PAGE);
	memset(some, 0x5a, 3 * PAGE);
	ANSWER(some[3 * PAGE - 1], 0x5a);
	offered_vfree(some);
	some = offered_vzalloc(3 * PAGE);
	ANSWER(some[0] | some[3 * PAGE - 1], 0);
	offered_vfree(some);
	some = offered_kvmalloc_node(20 * PAGE, GFP_KERNEL | __GFP_ZERO, -1);
	ANSWER(some[20 * PAGE - 1], 0);
	offered_kvfree(some);
	some = offered_kvmalloc_node(20, GFP_KERNEL, -1);
	offered_kvfree(some);
}

static void more_bytes(void)
{
	struct kmem_cache *cache = offered_kmem_cache_create("own", 40, 8, 0, NULL);
	char *some = offered_vmalloc_node(2 * PAGE, -1), *zeros;

	/* Pages that were used come back. */
	memset(some, 0xff, 2 * PAGE);
	offered_vfree(some);
	zeros = offered___vmalloc(2 * PAGE, GFP_KERNEL | __GFP_ZERO);
	some = offered_vmalloc_node(2 * PAGE, -1);
	memset(some, 0x5a, 2 * PAGE);
	ANSWER(zeros[0] | zeros[2 * PAGE - 1], 0);
	memset(zeros, 0xff, 2 * PAGE);
	ANSWER(some[0], 0x5a);
	ANSWER(some[2 * PAGE - 1], 0x5a);
	offered_vfree(zeros);
	offered_vfree(some);
	ANSWER(offered_kmem_cache_size(cache), 40);
	offered_kmem_cache_destroy(cache);
}

static void pages(void)
{
	int before = pages_taken();
	unsigned long four = offered___get_free_pages(GFP_KERNEL | __GFP_ZERO, 2);
	unsigned long *page = offered___alloc_pages(GFP_KERNEL, 0, 0, NULL);

	ANSWER(four % (4 * PAGE), 0);
	ANSWER(((char *)four)[4 * PAGE - 1], 0);
	ANSWER(pages_taken() - before, 5);
	offered___folio_lock(page);
	ANSWER(page[0] & 1, 1);
	offered_folio_unlock(page);
	offered___folio_lock(page);
	offered_unlock_page(page);
	offered_folio_wait_bit(page, 0);
	ANSWER(page[0] & 1, 0);
	offered___free_pages(page, 0);
	offered_free_pages(four, 2);
	ANSWER(pages_taken() - before, 0);
	ANSWER(offered___get_free_pages(GFP_KERNEL, 10), 0);
}

/* Words that are locked by all: a lock's word, the mutex's, the readers' and writers'. */
static unsigned int spin, rwlock;
static unsigned long by_spin, by_writer, read_wrong;
#define ROUNDS 300

static void lock_often(void *cpus)
{
	meet((unsigned long)cpus);
	for (int at = 0; at < ROUNDS; at++) {
		if (at & 1)
			offered_arch_spin_lock_wait(&spin);
		else
			while (!offered_arch_spin_trylock_retry(&spin))
				cpu_relax();
		by_spin++;
		smp_store_release(&spin, 0u);

		offered_arch_write_lock_wait(&rwlock);
		by_writer++;
		by_writer++;
		__sync_fetch_and_sub(&rwlock, 0x30000);

		/* A reader counts itself, and waits if there is a writer. */
		if (__sync_fetch_and_add(&rwlock, 1) & 0xffff0000)
			offered_arch_read_lock_wait(&rwlock);
		if (READ_ONCE(by_writer) & 1)
			__sync_fetch_and_add(&read_wrong, 1);
		__sync_fetch_and_sub(&rwlock, 1);
	}
}

static void locks(void)
{
	unsigned int all = num_online_cpus() * ROUNDS;
	u64 mutex[4] = {}, other[2], list[2], entry[2];

	/* One that waits for nobody is only counted. */
	rwlock = 1;
	offered_arch_read_lock_wait(&rwlock);
	ANSWER(rwlock, 1);
	rwlock = 0;
	everywhere(lock_often);
	ANSWER(by_spin, all);
	ANSWER(by_writer, 2 * all);
	ANSWER(read_wrong, 0);
	ANSWER(spin | rwlock, 0);
	offered___mutex_init(mutex, "mutex", NULL);
	offered_mutex_lock(mutex);
	ANSWER(offered_mutex_is_locked(mutex), true);
	ANSWER(offered_mutex_trylock(mutex), 0);
	offered_mutex_unlock(mutex);
	ANSWER(offered_mutex_trylock(mutex), 1);
	offered_mutex_unlock(mutex);
	ANSWER(offered_mutex_is_locked(mutex), false);
	list[0] = list[1] = (u64)entry;
	entry[0] = entry[1] = (u64)list;
	ANSWER(offered___list_add_valid(other, list, entry), true);
	ANSWER(offered___list_del_entry_valid(entry), true);
	offered_migrate_disable();
	offered_migrate_enable();
	ANSWER(offered___cond_resched(), 0);
}

static void copies(void)
{
	char from[] = "from a program", to[16];

	ANSWER(offered_raw_copy_from_user(to, from, sizeof(from)), 0);
	ANSWER(strcmp(to, from), 0);
	ANSWER(offered_raw_copy_to_user(to, "to", 3), 0);
	ANSWER(strcmp(to, "to"), 0);
	ANSWER(offered___clear_user(to, 8), 0);
	ANSWER(to[0] | to[7], 0);
	/* What isn't there can't be copied, and all of it is left. */
	ANSWER(offered_raw_copy_from_user(to, (void *)(1ul << 52), 8), 8);
	ANSWER(offered___clear_user((void *)(1ul << 52), 8), 8);
}

static void keys(void)
{
	u32 key[4] __aligned(8) = {}, completion[8] __aligned(8) = {};

	offered_static_key_enable(key);
	ANSWER(offered_static_key_count(key), 1);
	ANSWER(offered_static_key_slow_inc(key), true);
	ANSWER(offered_static_key_count(key), 2);
	offered_static_key_slow_dec(key);
	offered_static_key_disable(key);
	ANSWER(offered_static_key_count(key), 0);
	offered_static_key_enable_cpuslocked(key);
	offered_static_key_disable_cpuslocked(key);
	ANSWER(offered_static_key_count(key), 0);
	offered_complete(completion);
	offered_complete(completion);
	offered_wait_for_completion(completion);
	ANSWER(completion[0], 1);
}

/* One that reads for a while, on another CPU if there is one. */
static bool reads, has_read;

static void read_slowly(struct work_struct *work)
{
	(void)work;
	WRITE_ONCE(reads, true);
	mdelay(2);
	WRITE_ONCE(has_read, true);
}

/* Who waits for readers goes on behind the one that had begun. */
static void readers(void)
{
	static struct work_struct reader;
	int other = raw_smp_processor_id(), cpu;

	for_each_online_cpu(cpu)
		if (cpu != raw_smp_processor_id())
			other = cpu;
	INIT_WORK(&reader, read_slowly);
	ANSWER(schedule_work_on(other, &reader), true);
	for (int left = 1000; left && !READ_ONCE(reads); left--)
		msleep(1);
	ANSWER(READ_ONCE(reads), true);
	offered_synchronize_rcu();
	ANSWER(READ_ONCE(has_read), true);
	flush_work(&reader);
}

static void ask(void)
{
	bytes();
	more_bytes();
	pages();
	locks();
	copies();
	keys();
	readers();
}
ASK(ask);
