// SPDX-License-Identifier: MIT
/*
 * CPUs: their per-CPU memory, how many there are, and callbacks as they come and go.
 *
 * A handle is the same number here and in Linux: a CPU's copy is at it plus the CPU's offset,
 * which code reads at byte 952 of lowcore, or in __per_cpu_offset.
 */
#include "../provider.h"
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>

OFFER(__alloc_percpu);
OFFER(free_percpu);
OFFER_DATA(__per_cpu_offset);

void __percpu *alloc_percpu_with(size_t bytes, size_t align, gfp_t flags)
{
	return __alloc_percpu_gfp(bytes, align, flags);
}
OFFER_AS(__alloc_percpu_gfp, alloc_percpu_with);

/* Variables in Linux, functions here: bits from the lowest of the first, for 256 CPUs. */
#define MASK_CPUS 256
struct cpu_mask {
	unsigned long bits[MASK_CPUS / 64];
};
unsigned int cpu_count;
struct cpu_mask possible_cpus, online_cpus;
OFFER_DATA_AS(__cpu_possible_mask, possible_cpus);
OFFER_DATA_AS(__cpu_online_mask, online_cpus);

static int comes(unsigned int cpu)
{
	set_bit(cpu, online_cpus.bits);
	return 0;
}

static int goes(unsigned int cpu)
{
	clear_bit(cpu, online_cpus.bits);
	return 0;
}

/*
 * Callbacks: Linux's numbers of places in the order in which a CPU comes up. Those below
 * the CPU's own start run on another CPU, before it; a place is here one of the kernel's free
 * ones, on the same side.
 */
#define STARTED_BY 91
#define PREPARE_DYNAMIC 70
#define ONLINE_DYNAMIC 201
#define DYNAMIC_COUNT 20
#define LAST_PLACE 240

/* The kernel's place for each of Linux's that is in use. */
static int places[LAST_PLACE];
static DEFINE_SPINLOCK(placing);

/* A free place of Linux's for one that asks for any; the place that is asked for, if it is free. */
static int placed(int asked, int kernels)
{
	bool is_any = asked == PREPARE_DYNAMIC || asked == ONLINE_DYNAMIC;
	int end = is_any ? asked + DYNAMIC_COUNT : asked + 1;
	int found = is_any ? -ENOSPC : -EBUSY;

	spin_lock(&placing);
	for (int place = asked; place < end; place++) {
		if (!places[place]) {
			places[place] = kernels;
			found = place;
			break;
		}
	}
	spin_unlock(&placing);
	return found;
}

int set_up_state(int state, const char *name, bool invoke, int (*startup)(unsigned int cpu),
		 int (*teardown)(unsigned int cpu), bool multi_instance)
{
	bool is_prepared = state < STARTED_BY;
	int kernels, found;

	if (state <= 0 || state + DYNAMIC_COUNT > LAST_PLACE || multi_instance)
		return -EINVAL;
	kernels = __cpuhp_setup_state(is_prepared ? CPUHP_BP_PREPARE_DYN : CPUHP_AP_ONLINE_DYN,
				      name, invoke, startup, teardown, false);
	if (kernels < 0)
		return kernels;
	found = placed(state, kernels);
	if (found < 0) {
		__cpuhp_remove_state(kernels, invoke);
		return found;
	}
	/* 0 for a place that was named. */
	return found == state && state != PREPARE_DYNAMIC && state != ONLINE_DYNAMIC ? 0 : found;
}
OFFER_AS(__cpuhp_setup_state, set_up_state);

void remove_state(int state, bool invoke)
{
	int kernels = 0;

	if (state <= 0 || state >= LAST_PLACE)
		return;
	spin_lock(&placing);
	swap(kernels, places[state]);
	spin_unlock(&placing);
	if (!WARN_ON(!kernels))
		__cpuhp_remove_state(kernels, invoke);
}
OFFER_AS(__cpuhp_remove_state, remove_state);

static int following;

static int __init look(void)
{
	cpu_count = nr_cpu_ids;
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		set_bit(cpu, possible_cpus.bits);
	following = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "linux_percpu", comes, goes);
	return following < 0 ? following : 0;
}
module_init(look);

static void __exit leave(void)
{
	cpuhp_remove_state(following);
}
module_exit(leave);

/* The name is a macro's here, of the kernel's function. */
#undef nr_cpu_ids
OFFER_DATA_AS(nr_cpu_ids, cpu_count);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers per-CPU memory and CPUs' numbers to Linux's modules");
