/* CPUs come and go: what is called then and where, and what becomes of masks and counters. */
#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/percpu_counter.h>
#include <linux/smp.h>

#include "ctest.h"

/* Four for each of 248 CPUs, and those of one that leaves and comes. */
#define CALLS 1024

/* What was called, for which CPU, and on which. */
static struct call {
	char what;
	unsigned int cpu, on;
	bool online;
} calls[CALLS];
static atomic_t count;

/* Makes one of them fail. */
static struct {
	char what;
	unsigned int cpu;
} refused;

static int called(char what, unsigned int cpu)
{
	int number = atomic_inc_return(&count) - 1;

	if (number < CALLS) {
		struct call call = { what, cpu, raw_smp_processor_id(), cpu_online(cpu) };

		calls[number] = call;
	}
	return refused.what == what && refused.cpu == cpu ? -ENODEV : 0;
}

/* For a state a startup and a teardown: a capital letter and a small one. */
#define STATE(large, small)                                                       \
	static int up_##large(unsigned int cpu)                                   \
	{                                                                         \
		return called(#large[0], cpu);                                    \
	}                                                                         \
	static int down_##large(unsigned int cpu)                                 \
	{                                                                         \
		return called(#small[0], cpu);                                    \
	}
STATE(A, a)
STATE(B, b)
STATE(C, c)
STATE(P, p)

static void begin(void)
{
	atomic_set(&count, 0);
	refused.what = 0;
}

/* Whether exactly these were called for the CPU, in this order. */
static bool were_called(const char *wanted, unsigned int cpu)
{
	int number, all = atomic_read(&count);

	for (number = 0; number < all && number < CALLS; number++) {
		if (calls[number].cpu != cpu)
			continue;
		if (calls[number].what != *wanted)
			return false;
		wanted++;
	}
	return !*wanted;
}

/* The last CPU, if it can leave; 0 if there is only one. */
static unsigned int other(void)
{
	unsigned int cpu = cpumask_last(cpu_online_mask);

	return cpu == (unsigned int)raw_smp_processor_id() ? 0 : cpu;
}

static int states_are_called_in_order(void)
{
	int a, b, p, cpu, number;
	unsigned int last = other();

	begin();
	a = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "ctest:a", up_A, down_A);
	b = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "ctest:b", up_B, down_B);
	p = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "ctest:p", up_P, down_P);
	CHECK(a > 0 && b > a && p > 0);
	for_each_online_cpu(cpu)
		CHECK(were_called("AB", cpu));
	CHECK((unsigned int)atomic_read(&count) == 2 * num_online_cpus());
	if (last) {
		CHECK(remove_cpu(last) == 0);
		CHECK(were_called("ABbap", last));
		CHECK(add_cpu(last) == 0);
		CHECK(were_called("ABbapPAB", last));
	}
	cpuhp_remove_state_nocalls(p);
	cpuhp_remove_state(b);
	cpuhp_remove_state(a);
	for_each_online_cpu(cpu)
		CHECK(were_called((unsigned int)cpu == last && last ? "ABbapPABba" : "ABba", cpu));
	/* Each on its CPU while that is online, but for those that prepare. */
	for (number = 0; number < atomic_read(&count); number++) {
		bool prepares = calls[number].what == 'P' || calls[number].what == 'p';

		CHECK(calls[number].online == !prepares);
		CHECK((calls[number].on == calls[number].cpu) == !prepares);
	}
	return 0;
}

static int a_startup_that_fails_is_undone(void)
{
	unsigned int last = other(), cpu;

	begin();
	refused.what = 'A';
	refused.cpu = last;
	CHECK(cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "ctest:a", up_A, down_A) == -ENODEV);
	for_each_online_cpu(cpu)
		CHECK(were_called(cpu == last ? "A" : "Aa", cpu));
	if (last) {
		/* Nothing is registered. */
		CHECK(remove_cpu(last) == 0 && add_cpu(last) == 0);
		CHECK(were_called("A", last));
	}
	return 0;
}

static int a_cpu_that_is_refused_stays_as_it_was(void)
{
	unsigned int last = other(), online = num_online_cpus();
	int a, b, c;

	if (!last)
		return 0;
	begin();
	a = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "ctest:a", up_A, down_A);
	b = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "ctest:b", up_B, down_B);
	c = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "ctest:c", up_C, down_C);
	CHECK(a > 0 && b > 0 && c > 0 && atomic_read(&count) == 0);
	refused.what = 'a';
	refused.cpu = last;
	CHECK(remove_cpu(last) == -ENODEV);
	CHECK(were_called("cbaBC", last));
	CHECK(cpu_online(last) && cpu_active(last) && num_online_cpus() == online);

	begin();
	CHECK(remove_cpu(last) == 0 && !cpu_online(last));
	refused.what = 'C';
	CHECK(add_cpu(last) == -ENODEV);
	CHECK(were_called("cbaABCba", last));
	CHECK(!cpu_online(last) && !cpu_active(last));

	begin();
	CHECK(add_cpu(last) == 0 && cpu_active(last));
	CHECK(were_called("ABC", last));
	cpuhp_remove_state_nocalls(a);
	cpuhp_remove_state_nocalls(b);
	cpuhp_remove_state_nocalls(c);
	CHECK(were_called("ABC", last));
	return 0;
}

static int states_that_there_are_not(void)
{
	int states[64], number, registered;

	begin();
	CHECK(cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, NULL, up_A, down_A) == -EINVAL);
	/* No code is there. */
	CHECK(cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "data", up_A, (void *)&refused) == -EINVAL);
	for (registered = 0; registered < 64; registered++) {
		states[registered] = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "ctest:many",
							       NULL, NULL);
		if (states[registered] < 0)
			break;
	}
	CHECK(registered >= 20 && registered < 64 && states[registered] == -ENOSPC);
	for (number = 0; number < registered; number++)
		cpuhp_remove_state(states[number]);
	CHECK(atomic_read(&count) == 0);
	return 0;
}

static int kept(void)
{
	CHECK(cpus_read_trylock());
	cpus_read_lock();
	cpus_read_unlock();
	cpus_read_unlock();
	return 0;
}

static DEFINE_PER_CPU(int, mark) = 5;
static struct percpu_counter total, untouched;

static void add_one(void *info)
{
	(void)info;
	percpu_counter_inc(&total);
	this_cpu_inc(mark);
}

static int sum_of_marks(void)
{
	int sum = 0, cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(mark, cpu);
	return sum;
}

static int counters_and_copies(void)
{
	unsigned int last = other(), online = num_online_cpus();
	int before = sum_of_marks();

	if (!last)
		return 0;
	CHECK(percpu_counter_init(&total, 100, GFP_KERNEL) == 0);
	CHECK(percpu_counter_init(&untouched, 7, GFP_KERNEL) == 0);
	on_each_cpu(add_one, NULL, 1);
	CHECK(percpu_counter_sum(&total) == 100 + online && percpu_counter_read(&total) == 100);

	/* What it counted moves to the total; its copies stay as they are. */
	CHECK(remove_cpu(last) == 0);
	CHECK(percpu_counter_sum(&total) == 100 + online && percpu_counter_read(&total) == 101);
	CHECK(percpu_counter_sum(&untouched) == 7 && percpu_counter_read(&untouched) == 7);
	CHECK(per_cpu(mark, last) == 6 && sum_of_marks() == before + (int)online);
	per_cpu(mark, last)++;

	/* The others go on without it. */
	on_each_cpu(add_one, NULL, 1);
	CHECK(percpu_counter_sum(&total) == 100 + 2 * online - 1);
	CHECK(sum_of_marks() == before + 2 * (int)online);
	CHECK(percpu_counter_compare(&total, 100 + 2 * online - 1) == 0);

	CHECK(add_cpu(last) == 0);
	on_each_cpu(add_one, NULL, 1);
	CHECK(percpu_counter_sum(&total) == 100 + 3 * online - 1);
	CHECK(per_cpu(mark, last) == 8);
	percpu_counter_destroy(&total);
	percpu_counter_destroy(&untouched);
	return 0;
}

static void look(void *info)
{
	atomic_inc((atomic_t *)info);
}

static int masks(void)
{
	unsigned int last = other(), online = num_online_cpus(), cpu, seen = 0;
	atomic_t ran = ATOMIC_INIT(0);

	if (!last)
		return 0;
	CHECK(cpumask_test_cpu(last, cpu_online_mask) && cpumask_weight(cpu_online_mask) == online);
	CHECK(remove_cpu(last) == 0 && remove_cpu(last) == 0);
	CHECK(!cpu_online(last) && cpu_possible(last) && cpu_present(last));
	CHECK(!cpumask_test_cpu(last, cpu_online_mask) && !cpumask_test_cpu(last, cpu_active_mask));
	CHECK(cpumask_test_cpu(last, cpu_possible_mask));
	CHECK(cpumask_weight(cpu_online_mask) == online - 1 && num_online_cpus() == online - 1);
	for_each_online_cpu(cpu) {
		CHECK(cpu != last);
		seen++;
	}
	CHECK(seen == online - 1);
	CHECK(smp_call_function_single(last, add_one, NULL, 1) == -ENXIO);
	CHECK(add_cpu(last) == 0 && add_cpu(last) == 0);
	CHECK(cpumask_test_cpu(last, cpu_online_mask) && cpumask_weight(cpu_online_mask) == online);
	on_each_cpu(look, &ran, 1);
	CHECK((unsigned int)atomic_read(&ran) == online);
	return 0;
}

CTESTS(ONCE(states_are_called_in_order), ONCE(a_startup_that_fails_is_undone),
       ONCE(a_cpu_that_is_refused_stays_as_it_was), ONCE(states_that_there_are_not), ONCE(kept),
       ONCE(counters_and_copies), ONCE(masks));
