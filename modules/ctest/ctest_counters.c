/* Counters and reference counts over the CPUs; the clock. */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/percpu-refcount.h>
#include <linux/percpu_counter.h>
#include <linux/timex.h>

#include "ctest.h"

static struct percpu_counter counter;

static void add_on_this_cpu(void *info)
{
	int times = *(int *)info;

	while (times--) {
		percpu_counter_add(&counter, 5);
		percpu_counter_inc(&counter);
		percpu_counter_sub(&counter, 2);
		percpu_counter_dec(&counter);
	}
}

static int counts(void)
{
	int times = 1000;
	s64 expected;

	CHECK(percpu_counter_init(&counter, 100, GFP_KERNEL) == 0);
	CHECK(percpu_counter_initialized(&counter));
	CHECK(percpu_counter_sum(&counter) == 100 && percpu_counter_read(&counter) == 100);
	on_each_cpu(add_on_this_cpu, &times, 1);
	expected = 100 + 3000 * (s64)num_online_cpus();
	CHECK(percpu_counter_sum(&counter) == expected);
	CHECK(percpu_counter_sum_positive(&counter) == expected);
	CHECK(percpu_counter_compare(&counter, expected) == 0);
	CHECK(percpu_counter_compare(&counter, expected + 1) < 0);
	CHECK(percpu_counter_compare(&counter, expected - 1) > 0);
	CHECK(percpu_counter_compare(&counter, 1000000) < 0);
	percpu_counter_add_batch(&counter, 10, 1000);
	CHECK(percpu_counter_sum(&counter) == expected + 10);
	percpu_counter_set(&counter, -7);
	CHECK(percpu_counter_sum(&counter) == -7 && percpu_counter_sum_positive(&counter) == 0);
	CHECK(percpu_counter_read(&counter) == -7 && percpu_counter_read_positive(&counter) == 0);
	percpu_counter_destroy(&counter);
	CHECK(!percpu_counter_initialized(&counter));
	return 0;
}

static struct percpu_ref ref;
static int released, confirmed;

static void release(struct percpu_ref *of)
{
	released += of == &ref;
}

static void confirm(struct percpu_ref *of)
{
	confirmed += of == &ref;
}

static void take(void *info)
{
	(void)info;
	percpu_ref_get(&ref);
}

static void give(void *info)
{
	(void)info;
	percpu_ref_put(&ref);
}

static int refers(void)
{
	int cpus = num_online_cpus();

	released = 0;
	confirmed = 0;
	CHECK(percpu_ref_init(&ref, release, PERCPU_REF_ALLOW_REINIT, GFP_KERNEL) == 0);
	on_each_cpu(take, NULL, 1);
	percpu_ref_get_many(&ref, 3);
	percpu_ref_put_many(&ref, 3);
	CHECK(percpu_ref_tryget(&ref) && percpu_ref_tryget_live(&ref) && percpu_ref_tryget_many(&ref, 2));
	percpu_ref_put_many(&ref, 4);
	CHECK(!percpu_ref_is_dying(&ref) && !percpu_ref_is_zero(&ref) && !released);
	percpu_ref_kill_and_confirm(&ref, confirm);
	CHECK(percpu_ref_is_dying(&ref) && !percpu_ref_tryget_live(&ref));
	/* Those that were taken on other CPUs are given back here. */
	while (cpus-- > 1)
		percpu_ref_put(&ref);
	CHECK(!released);
	percpu_ref_put(&ref);
	CHECK(released == 1 && confirmed == 1 && percpu_ref_is_zero(&ref));
	CHECK(!percpu_ref_tryget(&ref));
	percpu_ref_reinit(&ref);
	CHECK(!percpu_ref_is_dying(&ref) && percpu_ref_tryget_live(&ref));
	percpu_ref_put(&ref);
	percpu_ref_kill(&ref);
	CHECK(released == 2);
	percpu_ref_exit(&ref);
	return 0;
}

static int switches(void)
{
	released = 0;
	confirmed = 0;
	CHECK(percpu_ref_init(&ref, release, PERCPU_REF_INIT_ATOMIC, GFP_KERNEL) == 0);
	percpu_ref_switch_to_percpu(&ref);
	on_each_cpu(take, NULL, 1);
	percpu_ref_switch_to_atomic_sync(&ref);
	on_each_cpu(give, NULL, 1);
	CHECK(!released && !percpu_ref_is_zero(&ref));
	percpu_ref_switch_to_percpu(&ref);
	percpu_ref_get(&ref);
	percpu_ref_switch_to_atomic(&ref, confirm);
	percpu_ref_put(&ref);
	percpu_ref_kill(&ref);
	CHECK(released == 1);
	percpu_ref_resurrect(&ref);
	percpu_ref_kill(&ref);
	CHECK(released == 2);
	percpu_ref_exit(&ref);
	return 0;
}

static int times(void)
{
	ktime_t one = ktime_set(1, 500), two = ktime_add_ns(one, 1000);

	CHECK(ktime_to_ns(one) == 1000000500LL && ktime_to_us(one) == 1000000);
	CHECK(ktime_to_ms(one) == 1000 && ktime_sub(two, one) == 1000);
	CHECK(ktime_add(one, two) == 2000002000LL && ktime_sub_ns(two, 1000) == one);
	CHECK(ktime_compare(one, two) < 0 && ktime_compare(two, one) > 0 && !ktime_compare(one, one));
	CHECK(ktime_before(one, two) && ktime_after(two, one) && !ktime_after(one, one));
	CHECK(ktime_us_delta(two, one) == 1 && ktime_ms_delta(two, one) == 0);
	CHECK(ns_to_ktime(5) == 5 && ms_to_ktime(5) == 5 * NSEC_PER_MSEC);
	CHECK(ktime_add_us(one, 2) == one + 2000 && ktime_add_ms(one, 2) == one + 2000000);
	CHECK(ktime_divns(two, 1000) == 1000001);
	return 0;
}

/* At least as long as asked; how much longer is the host's to say. */
static int waits(void)
{
	ktime_t start = ktime_get();
	u64 then = ktime_get_ns();

	ndelay(100);
	udelay(50);
	mdelay(1);
	CHECK(ktime_us_delta(ktime_get(), start) >= 1050);
	CHECK(ktime_get_ns() - then >= 1050000);
	start = ktime_get();
	msleep(1);
	usleep_range(100, 200);
	CHECK(ktime_us_delta(ktime_get(), start) >= 1100);
	return 0;
}

/* The TOD clock, in its units: 4,096 are a microsecond. */
static int tod(void)
{
	unsigned long first = get_tod_clock(), second, fast;
	cycles_t cycles = get_cycles();
	ktime_t start;

	second = get_tod_clock();
	CHECK(second > first && second >> 2 >= cycles && cycles >= first >> 2);
	fast = get_tod_clock_fast();
	CHECK(get_tod_clock_fast() >= fast);
	CHECK(tod_to_ns(4096) == 1000 && tod_to_ns(0) == 0 && tod_to_ns(5) == 1);
	/* All of it by the factor wouldn't fit. */
	CHECK(tod_to_ns(~0UL - 4095) == (ULONG_MAX / 4096) * 1000);
	start = ktime_get();
	first = get_tod_clock_fast();
	udelay(50);
	second = get_tod_clock_fast();
	CHECK(tod_to_ns(second - first) >= 50000);
	CHECK((s64)tod_to_ns(second - first) <= ktime_sub(ktime_get(), start));
	return 0;
}

CTESTS(ONCE(counts), ONCE(refers), ONCE(switches), ONCE(times), ONCE(tod), ONCE(waits));
