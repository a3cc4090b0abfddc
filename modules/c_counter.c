/*
 * Counts on static and on allocated per-CPU memory, as a Linux module does it: this
 * file compiles unchanged for Linux 6.1.
 *
 *   insmod c_counter by=3; call c_counter_hit; call c_counter_sum; rmmod c_counter
 */
#include <linux/module.h>
#include <linux/percpu.h>

static int by = 1;
module_param(by, int, 0444);
MODULE_PARM_DESC(by, "What a hit adds");

/* Named: reached through a GOT slot. */
static DEFINE_PER_CPU(unsigned long, c_hits);
/* Pointed to: the handle is the value. */
static unsigned long __percpu *c_allocated;

unsigned long c_counter_hit(void);
unsigned long c_counter_sum(void);

/* A hit on this CPU, on both. */
unsigned long c_counter_hit(void)
{
	this_cpu_add(c_hits, by);
	return this_cpu_add_return(*c_allocated, by);
}
EXPORT_SYMBOL_GPL(c_counter_hit);

/* All CPUs' hits, on both. */
unsigned long c_counter_sum(void)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(c_hits, cpu) + *per_cpu_ptr(c_allocated, cpu);
	return sum;
}
EXPORT_SYMBOL_GPL(c_counter_sum);

static int __init c_counter_init(void)
{
	c_allocated = alloc_percpu(unsigned long);
	if (!c_allocated)
		return -ENOMEM;
	pr_info("c_counter: a hit adds %d\n", by);
	return 0;
}

static void __exit c_counter_exit(void)
{
	pr_info("c_counter: %lu in all\n", c_counter_sum());
	free_percpu(c_allocated);
}

module_init(c_counter_init);
module_exit(c_counter_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Counts per CPU, in C");
