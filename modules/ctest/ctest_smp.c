/*
 * CPUs, interruptions, locks and atomics: smp, cpumask, preempt, irqflags, spinlock,
 * mutex, atomic.
 */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "ctest.h"

static int numbers_of_cpus(void)
{
	unsigned int possible = 0, online = 0, present = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		CHECK(cpu < nr_cpu_ids && cpu_possible(cpu));
		possible++;
	}
	for_each_online_cpu(cpu) {
		CHECK(cpu_online(cpu) && cpu_possible(cpu) && cpu_present(cpu));
		online++;
	}
	for_each_present_cpu(cpu)
		present++;
	CHECK(possible == num_possible_cpus() && possible >= 1 && possible <= NR_CPUS);
	CHECK(online == num_online_cpus() && online >= 1 && online <= possible);
	CHECK(present == num_present_cpus() && present >= online);
	CHECK(cpu_online(smp_processor_id()));
	return 0;
}

static DEFINE_PER_CPU(int, smp_calls);

static void count_call(void *info)
{
	this_cpu_add(smp_calls, *(int *)info);
}

static int calls_on_each_cpu(void)
{
	int by = 3;
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(smp_calls, cpu) = 0;
	on_each_cpu(count_call, &by, 1);
	for_each_possible_cpu(cpu)
		CHECK(per_cpu(smp_calls, cpu) == (cpu_online(cpu) ? 3 : 0));
	smp_call_function(count_call, &by, 1);
	for_each_online_cpu(cpu)
		CHECK(per_cpu(smp_calls, cpu) == (cpu == smp_processor_id() ? 3 : 6));
	return 0;
}

static void which_cpu(void *info)
{
	*(int *)info = smp_processor_id();
}

static int calls_on_one_cpu(void)
{
	int cpu, other, found;

	for_each_online_cpu(cpu) {
		int by = cpu + 1;

		for_each_possible_cpu(other)
			per_cpu(smp_calls, other) = 0;
		CHECK(smp_call_function_single(cpu, count_call, &by, 1) == 0);
		for_each_possible_cpu(other)
			CHECK(per_cpu(smp_calls, other) == (other == cpu ? by : 0));
		found = -1;
		CHECK(smp_call_function_single(cpu, which_cpu, &found, 1) == 0 && found == cpu);
	}
	CHECK(smp_call_function_single(nr_cpu_ids, which_cpu, &found, 1) == -ENXIO);
	return 0;
}

static int keeps_its_cpu(void)
{
	int cpu = get_cpu();

	CHECK(cpu == smp_processor_id() && cpu == raw_smp_processor_id());
	preempt_disable();
	CHECK(cpu == smp_processor_id());
	preempt_enable();
	put_cpu();
	preempt_disable_notrace();
	preempt_enable_notrace();
	return 0;
}

static int interruptions(void)
{
	unsigned long flags, inner;

	CHECK(!irqs_disabled());
	local_irq_save(flags);
	CHECK(irqs_disabled() && !irqs_disabled_flags(flags));
	local_irq_save(inner);
	CHECK(irqs_disabled() && irqs_disabled_flags(inner));
	local_irq_restore(inner);
	CHECK(irqs_disabled());
	local_save_flags(inner);
	CHECK(irqs_disabled_flags(inner));
	local_irq_restore(flags);
	CHECK(!irqs_disabled());
	local_irq_disable();
	CHECK(irqs_disabled());
	local_irq_enable();
	CHECK(!irqs_disabled());
	return 0;
}

static DEFINE_SPINLOCK(lock);
static spinlock_t later;
static DEFINE_RAW_SPINLOCK(raw);
static int guarded;

static void add_under_lock(void *info)
{
	int times = *(int *)info;
	unsigned long flags;

	while (times--) {
		int was;

		spin_lock_irqsave(&lock, flags);
		was = READ_ONCE(guarded);
		barrier();
		WRITE_ONCE(guarded, was + 1);
		spin_unlock_irqrestore(&lock, flags);
	}
}

static int spinlocks(void)
{
	int times = 2000;
	unsigned long flags;

	spin_lock_init(&later);
	CHECK(!spin_is_locked(&later));
	spin_lock(&later);
	CHECK(spin_is_locked(&later) && !spin_trylock(&later));
	assert_spin_locked(&later);
	spin_unlock(&later);
	CHECK(spin_trylock(&later));
	spin_unlock(&later);
	spin_lock_irq(&later);
	CHECK(irqs_disabled());
	spin_unlock_irq(&later);
	CHECK(!irqs_disabled());
	CHECK(spin_trylock_irqsave(&later, flags) && irqs_disabled());
	spin_unlock_irqrestore(&later, flags);
	spin_lock_bh(&later);
	spin_unlock_bh(&later);
	raw_spin_lock(&raw);
	CHECK(!raw_spin_trylock(&raw));
	raw_spin_unlock(&raw);
	raw_spin_lock_irqsave(&raw, flags);
	raw_spin_unlock_irqrestore(&raw, flags);

	guarded = 0;
	on_each_cpu(add_under_lock, &times, 1);
	CHECK(guarded == 2000 * (int)num_online_cpus());
	return 0;
}

static DEFINE_MUTEX(mutex);

static int mutexes(void)
{
	struct mutex made;

	mutex_lock(&mutex);
	CHECK(mutex_is_locked(&mutex) && !mutex_trylock(&mutex));
	mutex_unlock(&mutex);
	CHECK(!mutex_is_locked(&mutex) && mutex_trylock(&mutex));
	mutex_unlock(&mutex);
	mutex_init(&made);
	CHECK(mutex_lock_interruptible(&made) == 0);
	mutex_unlock(&made);
	mutex_destroy(&made);
	return 0;
}

static atomic_t shared = ATOMIC_INIT(0);

static void add_atomically(void *info)
{
	int times = *(int *)info;

	while (times--) {
		atomic_inc(&shared);
		atomic_add_return(2, &shared);
	}
}

static int atomics(void)
{
	atomic_t a = ATOMIC_INIT(5);
	int times = 2000, old;

	CHECK(atomic_read(&a) == 5);
	atomic_set(&a, 10);
	atomic_add(5, &a);
	atomic_sub(3, &a);
	atomic_inc(&a);
	atomic_dec(&a);
	CHECK(atomic_read(&a) == 12);
	CHECK(atomic_add_return(3, &a) == 15 && atomic_sub_return(5, &a) == 10);
	CHECK(atomic_inc_return(&a) == 11 && atomic_dec_return(&a) == 10);
	CHECK(atomic_fetch_add(2, &a) == 10 && atomic_fetch_sub(2, &a) == 12);
	CHECK(atomic_fetch_inc(&a) == 10 && atomic_fetch_dec(&a) == 11);
	atomic_and(6, &a);
	CHECK(atomic_read(&a) == 2);
	atomic_or(9, &a);
	CHECK(atomic_read(&a) == 11);
	atomic_xor(1, &a);
	atomic_andnot(2, &a);
	CHECK(atomic_read(&a) == 8);
	CHECK(atomic_fetch_and(12, &a) == 8 && atomic_fetch_or(1, &a) == 8);
	CHECK(atomic_fetch_xor(1, &a) == 9 && atomic_read(&a) == 8);
	CHECK(atomic_xchg(&a, 3) == 8 && atomic_cmpxchg(&a, 4, 5) == 3);
	CHECK(atomic_cmpxchg(&a, 3, 5) == 3 && atomic_read(&a) == 5);
	old = 4;
	CHECK(!atomic_try_cmpxchg(&a, &old, 6) && old == 5);
	CHECK(atomic_try_cmpxchg(&a, &old, 1) && atomic_read(&a) == 1);
	CHECK(atomic_dec_and_test(&a) && !atomic_inc_not_zero(&a));
	CHECK(!atomic_add_unless(&a, 1, 0) && atomic_add_unless(&a, 2, 1));
	CHECK(atomic_fetch_add_unless(&a, 1, 9) == 2 && atomic_sub_and_test(3, &a));
	atomic_set(&a, -1);
	CHECK(atomic_inc_and_test(&a) && atomic_add_negative(-1, &a));
	CHECK(atomic_dec_if_positive(&a) == -2 && atomic_read(&a) == -1);
	atomic_set_release(&a, 7);
	CHECK(atomic_read_acquire(&a) == 7);

	atomic_set(&shared, 0);
	on_each_cpu(add_atomically, &times, 1);
	CHECK(atomic_read(&shared) == 6000 * (int)num_online_cpus());
	return 0;
}

static int wide_atomics(void)
{
	atomic64_t a = ATOMIC64_INIT(1LL << 40);
	atomic_long_t l = ATOMIC_LONG_INIT(5);

	CHECK(atomic64_add_return(1, &a) == (1LL << 40) + 1);
	CHECK(atomic64_dec_return(&a) == 1LL << 40 && atomic64_xchg(&a, -1) == 1LL << 40);
	CHECK(atomic64_inc_and_test(&a) && atomic64_read(&a) == 0);
	atomic64_set(&a, S64_MAX);
	atomic64_inc(&a);
	CHECK(atomic64_read(&a) == S64_MIN);
	CHECK(atomic64_cmpxchg(&a, S64_MIN, 3) == S64_MIN && atomic64_fetch_or(4, &a) == 3);
	atomic_long_add(2, &l);
	atomic_long_sub(1, &l);
	atomic_long_inc(&l);
	atomic_long_dec(&l);
	CHECK(atomic_long_read(&l) == 6 && atomic_long_inc_return(&l) == 7);
	CHECK(atomic_long_xchg(&l, 1) == 7 && atomic_long_dec_and_test(&l));
	atomic_long_set(&l, 9);
	CHECK(atomic_long_cmpxchg(&l, 9, 8) == 9 && atomic_long_add_return(1, &l) == 9);
	return 0;
}

static int exchanges(void)
{
	u8 byte[2] = { 1, 2 };
	u16 half[2] = { 1, 2 };
	unsigned int word = 1;
	void *pointer = &word;

	CHECK(xchg(&byte[0], 7) == 1 && byte[0] == 7 && byte[1] == 2);
	CHECK(cmpxchg(&half[1], 2, 9) == 2 && half[1] == 9 && half[0] == 1);
	CHECK(cmpxchg(&word, 2, 3) == 1 && word == 1 && cmpxchg(&word, 1, 3) == 1 && word == 3);
	CHECK(xchg(&pointer, NULL) == &word && !pointer);
	smp_mb();
	smp_rmb();
	smp_wmb();
	smp_store_release(&word, 5);
	CHECK(smp_load_acquire(&word) == 5);
	cpu_relax();
	return 0;
}

CTESTS(ONCE(numbers_of_cpus), ONCE(calls_on_each_cpu), ONCE(calls_on_one_cpu),
       ON_EACH_CPU(keeps_its_cpu), ONCE(interruptions), ONCE(spinlocks), ONCE(mutexes),
       ONCE(atomics), ONCE(wide_atomics), ONCE(exchanges));
