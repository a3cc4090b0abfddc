/*
 * What Linux's module.h brings along, and headers that are often included: bits, bitmaps,
 * cpumasks, lists, strings, clocks, random numbers, sorting, locks for readers, atomics in
 * every order.
 */
#include <linux/module.h>

/* By module.h alone. */
static DEFINE_SPINLOCK(by_module_h);
static DEFINE_MUTEX(mutex_by_module_h);

static int module_h(void)
{
	LIST_HEAD(list);
	atomic_t count = ATOMIC_INIT(1);
	unsigned long until = jiffies + 1;

	spin_lock(&by_module_h);
	spin_unlock(&by_module_h);
	mutex_lock(&mutex_by_module_h);
	mutex_unlock(&mutex_by_module_h);
	if (WARN_ON(!list_empty(&list)) || strlen("two") != 3 || atomic_read(&count) != 1)
		return -EINVAL;
	while (time_before(jiffies, until))
		barrier();
	return S_IRUGO == 0444 && S_IWUSR == 0200 ? 0 : -EINVAL;
}

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/bsearch.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/crc16.h>
#include <linux/crc32.h>
#include <linux/gcd.h>
#include <linux/hashtable.h>
#include <linux/interrupt.h>
#include <linux/kref.h>
#include <linux/list_sort.h>
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/percpu-refcount.h>
#include <linux/random.h>
#include <linux/rwlock.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/sort.h>
#include <linux/stat.h>
#include <linux/time.h>
#include <linux/version.h>

#include "ctest.h"

static unsigned long map[3];

static int bits(void)
{
	unsigned long bit, sum = 0;

	BUILD_BUG_ON(GENMASK(3, 1) != 14 || BIT(6) != 64 || BITS_PER_TYPE(u32) != 32);
	memset(map, 0, sizeof(map));
	set_bit(3, map);
	set_bit(70, map);
	clear_bit(3, map);
	CHECK(test_bit(70, map) && !test_bit(3, map) && map[1] == BIT(6));
	CHECK(!test_and_set_bit(5, map) && test_and_set_bit(5, map));
	CHECK(test_and_clear_bit(5, map) && !test_and_change_bit(5, map));
	__set_bit(130, map);
	for_each_set_bit(bit, map, 192)
		sum = sum * 1000 + bit;
	CHECK(sum == 5070130);
	CHECK(find_first_zero_bit(map, 192) == 0 && find_next_bit(map, 131, 131) == 131);
	CHECK(find_last_bit(map, 192) == 130 && bitmap_weight(map, 192) == 3);
	CHECK(ffs(8) == 4 && fls(8) == 4 && fls(0) == 0 && __ffs(8) == 3 && fls64(1ULL << 40) == 41);
	CHECK(hweight8(0xff) == 8 && hweight64(~0ULL) == 64 && rol32(0x80000001, 1) == 3);
	CHECK(sign_extend32(0x80, 7) == -128 && ilog2(1024) == 10 && roundup_pow_of_two(5) == 8);
	CHECK(is_power_of_2(64) && !is_power_of_2(65) && get_count_order(9) == 4);
	return 0;
}

static int bitmaps(void)
{
	DECLARE_BITMAP(a, 70);
	DECLARE_BITMAP(b, 70);

	bitmap_zero(a, 70);
	bitmap_fill(b, 70);
	CHECK(bitmap_empty(a, 70) && bitmap_full(b, 70) && !bitmap_equal(a, b, 70));
	bitmap_set(a, 62, 4);
	CHECK(bitmap_weight(a, 70) == 4 && bitmap_subset(a, b, 70) && bitmap_intersects(a, b, 70));
	bitmap_clear(b, 0, 64);
	CHECK(bitmap_and(a, a, b, 70) && bitmap_weight(a, 70) == 2);
	bitmap_complement(a, b, 70);
	CHECK(bitmap_weight(a, 70) == 64);
	return 0;
}

static struct cpumask called;

static void mark_call(void *info)
{
	(void)info;
	cpumask_set_cpu(smp_processor_id(), &called);
}

static bool is_even(int cpu, void *info)
{
	(void)info;
	return cpu % 2 == 0;
}

static int cpumasks(void)
{
	struct cpumask evens;
	unsigned int cpu, count = 0;

	for_each_cpu(cpu, cpu_online_mask)
		count++;
	CHECK(count == cpumask_weight(cpu_online_mask) && count == num_online_cpus());
	CHECK(cpumask_test_cpu(smp_processor_id(), cpu_online_mask));
	CHECK(cpumask_weight(cpu_possible_mask) == num_possible_cpus());
	CHECK(cpumask_subset(cpu_online_mask, cpu_possible_mask));
	cpumask_clear(&evens);
	for_each_online_cpu(cpu)
		if (cpu % 2 == 0)
			cpumask_set_cpu(cpu, &evens);
	CHECK(cpumask_first(&evens) == 0 && cpumask_next(0, &evens) != 1);
	cpumask_clear(&called);
	on_each_cpu_mask(&evens, mark_call, NULL, 1);
	CHECK(cpumask_equal(&called, &evens));
	cpumask_clear(&called);
	on_each_cpu_cond(is_even, mark_call, NULL, 1);
	CHECK(cpumask_equal(&called, &evens));
	cpumask_clear(&called);
	preempt_disable();
	smp_call_function_many(cpu_online_mask, mark_call, NULL, 1);
	preempt_enable();
	CHECK(cpumask_weight(&called) == num_online_cpus() - 1);
	return 0;
}

struct item {
	struct list_head at;
	struct hlist_node hashed;
	int value;
};

static int by_value(void *priv, const struct list_head *a, const struct list_head *b)
{
	(void)priv;
	return list_entry(a, struct item, at)->value - list_entry(b, struct item, at)->value;
}

static int lists(void)
{
	struct item items[5], *item, *other;
	LIST_HEAD(a);
	LIST_HEAD(b);
	int i, sum = 0;

	for (i = 0; i < 5; i++) {
		items[i].value = (i * 3 + 2) % 5;
		list_add_tail(&items[i].at, i < 2 ? &a : &b);
	}
	list_splice_tail_init(&b, &a);
	CHECK(list_empty(&b) && list_is_first(&items[0].at, &a));
	list_rotate_left(&a);
	CHECK(list_is_last(&items[0].at, &a));
	list_for_each_entry_safe_reverse(item, other, &a, at)
		sum = sum * 10 + item->value;
	CHECK(sum == 24130);
	list_sort(NULL, &a, by_value);
	i = 0;
	list_for_each_entry(item, &a, at)
		CHECK(item->value == i++);
	list_cut_position(&b, &a, a.next->next);
	CHECK(list_last_entry(&b, struct item, at)->value == 1);
	CHECK(list_first_entry(&a, struct item, at)->value == 2);
	list_bulk_move_tail(&b, a.next, a.prev);
	CHECK(list_empty(&a) && list_last_entry(&b, struct item, at)->value == 4);
	return 0;
}

static DEFINE_HASHTABLE(table, 3);

static int tables(void)
{
	struct item items[20], *item;
	int i, found = 0, bucket;

	hash_init(table);
	for (i = 0; i < 20; i++) {
		items[i].value = i;
		hash_add(table, &items[i].hashed, i);
	}
	hash_for_each(table, bucket, item, hashed)
		found++;
	CHECK(found == 20);
	hash_for_each_possible(table, item, hashed, 7)
		found += item->value == 7;
	CHECK(found == 21);
	hash_del(&items[3].hashed);
	CHECK(!hash_hashed(&items[3].hashed) && !hash_empty(table));
	return 0;
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int sorting(void)
{
	int numbers[100], i, wanted = 42;

	for (i = 0; i < 100; i++)
		numbers[i] = i * 37 % 100;
	sort(numbers, 100, sizeof(numbers[0]), compare, NULL);
	for (i = 0; i < 100; i++)
		CHECK(numbers[i] == i);
	CHECK(bsearch(&wanted, numbers, 100, sizeof(numbers[0]), compare) == &numbers[42]);
	wanted = 100;
	CHECK(!bsearch(&wanted, numbers, 100, sizeof(numbers[0]), compare));
	CHECK(gcd(12, 18) == 6 && gcd(7, 0) == 7);
	CHECK(crc16(0, (const u8 *)"123456789", 9) == 0xbb3d);
	CHECK(crc32_le(~0, (const unsigned char *)"123456789", 9) == ~0xcbf43926U);
	return 0;
}

static int strings(void)
{
	char text[16] = "  12 ", parts[] = "a,b", *rest = parts;
	u32 words[2];

	memset32(words, 5, 2);
	CHECK(words[1] == 5 && !memchr_inv(map, 0, 0));
	CHECK(simple_strtoul(strim(text), NULL, 0) == 12 && simple_strtol("-0x1f", NULL, 0) == -31);
	CHECK(!strcmp(strsep(&rest, ","), "a") && !strcmp(rest, "b"));
	CHECK(strspn("aab", "a") == 2 && strcspn("aab", "b") == 2 && *strpbrk("xyz", "zy") == 'y');
	CHECK(strncasecmp("ABc", "abD", 2) == 0 && strnstr("haystack", "st", 8));
	CHECK(sysfs_streq("on", "on\n") && !sysfs_streq("on", "off"));
	CHECK(kmalloc(0, GFP_KERNEL) == ZERO_SIZE_PTR);
	return 0;
}

static int clocks(void)
{
	struct timespec64 time = ns_to_timespec64(-1);

	CHECK(time.tv_sec == -1 && time.tv_nsec == NSEC_PER_SEC - 1);
	CHECK(msecs_to_jiffies(1000) == HZ && jiffies_to_msecs(HZ) == 1000);
	CHECK(time_after(2UL, 1UL) && time_after(1UL, ULONG_MAX) && time_before_eq(1UL, 1UL));
	/* After 2019. */
	CHECK(ktime_get_real_seconds() > 1546300800 && ktime_get_ns() > 0);
	CHECK(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0));
	CHECK(PAGE_ALIGN(1UL) == PAGE_SIZE && offset_in_page(PAGE_SIZE + 5) == 5);
	return 0;
}

static int random_numbers(void)
{
	struct rnd_state a, b;
	u64 some = 0;
	int i;

	for (i = 0; i < 8; i++)
		some |= get_random_u64() ^ get_random_u32();
	CHECK(some != 0);
	prandom_seed_state(&a, 5);
	prandom_seed_state(&b, 5);
	for (i = 0; i < 8; i++)
		CHECK(prandom_u32_state(&a) == prandom_u32_state(&b));
	return 0;
}

static DEFINE_RWLOCK(rwlock);
static DEFINE_SEQLOCK(seqlock);

static int other_locks(void)
{
	unsigned int start;
	unsigned long flags;

	read_lock(&rwlock);
	CHECK(read_trylock(&rwlock) && !write_trylock(&rwlock));
	read_unlock(&rwlock);
	read_unlock(&rwlock);
	write_lock_irqsave(&rwlock, flags);
	CHECK(!read_trylock(&rwlock));
	write_unlock_irqrestore(&rwlock, flags);
	start = read_seqbegin(&seqlock);
	CHECK(!read_seqretry(&seqlock, start));
	write_seqlock(&seqlock);
	write_sequnlock(&seqlock);
	CHECK(read_seqretry(&seqlock, start));
	return 0;
}

static int orders(void)
{
	atomic_t count = ATOMIC_INIT(1);
	atomic64_t wide = ATOMIC64_INIT(6);
	int old = 3;

	CHECK(atomic_add_return_acquire(2, &count) == 3 && atomic_fetch_sub_release(1, &count) == 3);
	CHECK(!atomic_try_cmpxchg_relaxed(&count, &old, 9) && old == 2);
	CHECK(atomic_cmpxchg_acquire(&count, 2, 5) == 2 && atomic_xchg_release(&count, 7) == 5);
	CHECK(atomic_inc_return_relaxed(&count) == 8 && atomic_fetch_dec_acquire(&count) == 8);
	CHECK(atomic64_fetch_andnot_release(2, &wide) == 6 && atomic64_read(&wide) == 4);
	CHECK(atomic64_fetch_or_acquire(1, &wide) == 4 && atomic64_dec_return_release(&wide) == 4);
	CHECK(atomic_inc_unless_negative(&count) && !atomic_dec_unless_positive(&count));
	return 0;
}

static DECLARE_COMPLETION(done);

static void finish(void *info)
{
	(void)info;
	complete(&done);
}

static int completions(void)
{
	CHECK(!try_wait_for_completion(&done) && !wait_for_completion_timeout(&done, 1));
	on_each_cpu(finish, NULL, 1);
	wait_for_completion(&done);
	reinit_completion(&done);
	CHECK(!completion_done(&done));
	complete_all(&done);
	wait_for_completion(&done);
	CHECK(completion_done(&done));
	return 0;
}

static int heard;

static int hear(struct notifier_block *block, unsigned long action, void *data)
{
	(void)data;
	heard = heard * 10 + block->priority + (int)action;
	return NOTIFY_OK;
}

static RAW_NOTIFIER_HEAD(chain);

static int notifiers(void)
{
	static struct notifier_block low = { .notifier_call = hear, .priority = 1 };
	static struct notifier_block high = { .notifier_call = hear, .priority = 2 };

	heard = 0;
	CHECK(!raw_notifier_chain_register(&chain, &low));
	CHECK(!raw_notifier_chain_register(&chain, &high));
	CHECK(raw_notifier_call_chain(&chain, 0, NULL) == NOTIFY_OK && heard == 21);
	CHECK(!raw_notifier_chain_unregister(&chain, &high));
	CHECK(!raw_notifier_chain_unregister(&chain, &low));
	return 0;
}

static int released;

static void release(struct kref *kref)
{
	(void)kref;
	released++;
}

static int references(void)
{
	struct kref kref;

	released = 0;
	kref_init(&kref);
	kref_get(&kref);
	CHECK(!kref_put(&kref, release) && kref_put(&kref, release) && released == 1);
	CHECK(!kref_get_unless_zero(&kref));
	return 0;
}

static struct kmem_cache *cache;

struct cached {
	u64 words[5];
};

static int caches(void)
{
	struct cached *object;

	cache = KMEM_CACHE(cached, 0);
	CHECK(cache);
	object = kmem_cache_zalloc(cache, GFP_KERNEL);
	CHECK(object && object->words[4] == 0);
	kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);
	return 0;
}

static DEFINE_PER_CPU(int, number) = 4;

/* The caller's variables have names that a header might have liked. */
static int locals(void)
{
	int __added = 8, __put = 3, __old = 1, __value = 5, __expected = 3, __new = 9, __place = 2;
	int __was = 6, __flags = 7, __unit = 4, __warned = 0;
	int word = 1, *__at = &word;

	CHECK(this_cpu_add_return(number, __added) == 12);
	CHECK(this_cpu_xchg(number, __put) == 12 && this_cpu_cmpxchg(number, __expected, __new) == 3);
	CHECK(this_cpu_read(number) == 9);
	this_cpu_add(number, __value);
	this_cpu_write(number, this_cpu_read(number) + __was);
	CHECK(this_cpu_read(number) == 20);
	CHECK(xchg(__at, __old) == 1 && cmpxchg(&word, __old, __place) == 1 && word == 2);
	CHECK(roundup(__flags, __unit) == 8 && rounddown(__value, __unit) == 4 && abs(__value) == 5);
	CHECK(!WARN_ON(__warned) && min(__value, __was) == 5);
	this_cpu_write(number, 4);
	return 0;
}

static void gone(struct percpu_ref *ref)
{
	(void)ref;
}

/* Linux's own percpu_ref takes none of the uses that are warned about here. */
static int reference_counts(void)
{
	struct percpu_ref ref;

	CHECK(!percpu_ref_init(&ref, gone, 0, GFP_KERNEL));
	percpu_ref_kill(&ref);
	CHECK(percpu_ref_is_dying(&ref) && !percpu_ref_tryget_live(&ref));
	percpu_ref_exit(&ref);
	CHECK(percpu_ref_is_dying(&ref) && !percpu_ref_tryget_live(&ref));
	return 0;
}

/* linux/kernel.h has them. */
static int byte_orders(void)
{
	union { u8 bytes[4]; __be32 big; __le32 little; } four = { .big = cpu_to_be32(0x01020304) };
	u64 number = 0x0102030405060708ULL;

	CHECK(four.bytes[0] == 1 && four.bytes[3] == 4 && le32_to_cpu(four.little) == 0x04030201);
	four.little = cpu_to_le32(be32_to_cpu(four.big));
	CHECK(four.bytes[0] == 4 && cpu_to_be16(0x102) == 0x102 && le16_to_cpup((__le16 *)&four) == 0x304);
	swab64s(&number);
	CHECK(number == 0x0807060504030201ULL && swab16(0x102) == 0x201 && htonl(5) == 5);
	le32_add_cpu(&four.little, 0x0c000000);
	CHECK(four.bytes[3] == 13);
	return 0;
}

static int numbers_out_of_text(void)
{
	char word[8], letter;
	int one, two, at;
	long wide;
	unsigned char little;

	CHECK(sscanf("12 -7 key", "%d %d %7s", &one, &two, word) == 3);
	CHECK(one == 12 && two == -7 && !strcmp(word, "key"));
	CHECK(sscanf("0x1f:300c", "%x:%hhu%c%n", &one, &little, &letter, &at) == 3);
	CHECK(one == 31 && little == 44 && letter == 'c' && at == 9);
	CHECK(sscanf("-9000000000", "%ld", &wide) == 1 && wide == -9000000000L);
	CHECK(sscanf("five", "%d", &one) == 0 && one == 31);
	return 0;
}

static int flags_of_allocations(void)
{
	int signed_then;

	__diag_push();
	__diag_ignore_all("-Wsign-compare", "kept off for this line");
	signed_then = -1 > sizeof(int);
	__diag_pop();
	CHECK(signed_then && gfpflags_allow_blocking(GFP_TRANSHUGE) && !gfpflags_allow_blocking(GFP_ATOMIC));
	CHECK(GFP_ATOMIC & __GFP_ATOMIC && !(GFP_USER & ~__GFP_BITS_MASK));
	return 0;
}

CTESTS(ONCE(module_h), ONCE(bits), ONCE(bitmaps), ONCE(cpumasks), ONCE(lists), ONCE(tables),
       ONCE(sorting), ONCE(strings), ONCE(clocks), ONCE(random_numbers), ONCE(other_locks),
       ONCE(orders), ONCE(completions), ONCE(notifiers), ONCE(references), ONCE(caches),
       ONCE(locals), ONCE(reference_counts), ONCE(byte_orders), ONCE(numbers_out_of_text), ONCE(flags_of_allocations));
