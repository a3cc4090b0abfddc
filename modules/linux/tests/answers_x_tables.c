// SPDX-License-Identifier: MIT
/*
 * Counters of packets: 16 bytes of each CPU, 256 of them in a page of per-CPU memory. What CPUs
 * add at once is there afterwards. With one CPU they are in place.
 */
#include "answers.h"
#include "everywhere.h"
#include <linux/slab.h>

ANSWERS(x_tables, "sums of what all CPUs add at once; errors of names, by errno(3)");

#define COUNTERS 300
#define ROUNDS 20

struct counts {
	u64 packets, bytes;
};

/* Where the next counter lies in the page at hand. */
struct taken {
	unsigned int offset;
	void __percpu *page;
};

extern bool xt_percpu_counter_alloc(struct taken *taken, struct counts *counter);
extern void xt_percpu_counter_free(struct counts *counter);
extern unsigned int *xt_alloc_entry_offsets(unsigned int count);
extern bool xt_find_jump_offset(const unsigned int *offsets, unsigned int wanted,
				unsigned int count);
extern int xt_check_proc_name(const char *name, unsigned int room);
extern void kvfree(const void *memory) __asm__("kvfree");

static struct counts counters[COUNTERS];

static struct counts *copy(struct counts *counter, unsigned int cpu)
{
	if (nr_cpu_ids == 1)
		return counter;
	return per_cpu_ptr((struct counts __percpu *)counter->packets, cpu);
}

static void add(void *cpus)
{
	meet((unsigned long)cpus);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (unsigned int at = 0; at < COUNTERS; at++) {
			struct counts *own = copy(&counters[at], smp_processor_id());

			own->packets++;
			own->bytes += at;
		}
	}
}

static void ask_counters(void)
{
	struct taken taken = {};
	unsigned int cpus = num_online_cpus(), different = 0;

	for (unsigned int at = 0; at < COUNTERS; at++)
		ANSWER(xt_percpu_counter_alloc(&taken, &counters[at]), true);
	everywhere(add);
	for (unsigned int at = 0; at < COUNTERS; at++) {
		struct counts sum = {};

		for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
			sum.packets += copy(&counters[at], cpu)->packets;
			sum.bytes += copy(&counters[at], cpu)->bytes;
		}
		different += sum.packets != cpus * ROUNDS || sum.bytes != cpus * ROUNDS * at;
	}
	ANSWER(different, 0);
	for (unsigned int at = 0; at < COUNTERS; at++)
		xt_percpu_counter_free(&counters[at]);
}

static void ask(void)
{
	unsigned int *offsets = xt_alloc_entry_offsets(5);

	ask_counters();
	ANSWER(!offsets, 0);
	if (offsets) {
		for (unsigned int at = 0; at < 5; at++)
			offsets[at] = at * at * 8;
		ANSWER(xt_find_jump_offset(offsets, 72, 5), true);
		ANSWER(xt_find_jump_offset(offsets, 128, 5), true);
		ANSWER(xt_find_jump_offset(offsets, 64, 5), false);
		kvfree(offsets);
	}
	ANSWER(xt_check_proc_name("limit", 16), 0);
	ANSWER(xt_check_proc_name("a/b", 16), (u64)-EINVAL);
	ANSWER(xt_check_proc_name("..", 16), (u64)-EINVAL);
	ANSWER(xt_check_proc_name("", 16), (u64)-EINVAL);
	ANSWER(xt_check_proc_name("much too long", 8), (u64)-ENAMETOOLONG);
}
ASK(ask);
