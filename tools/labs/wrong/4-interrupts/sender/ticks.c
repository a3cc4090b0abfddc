/* Lab 4: counts on each CPU how often it was interrupted by this module. */
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/smp.h>

/* How often each CPU is interrupted: insmod ticks send=0,5,1,2 */
static int send[NR_CPUS];
static int cpus;
module_param_array(send, int, &cpus, 0444);

unsigned long ticks_on(unsigned long cpu);
unsigned long ticks_sum(void);

static DEFINE_PER_CPU(unsigned long, ticks);

/* Runs on the CPU that is interrupted, with interruptions off. To be written. */
static void tick(void *unused)
{
	(void)unused;
}

/* How often that CPU ran tick. To be written. */
unsigned long ticks_on(unsigned long cpu)
{
	return per_cpu(ticks, cpu);
}
EXPORT_SYMBOL_GPL(ticks_on);

/* How often all of them did. To be written. */
unsigned long ticks_sum(void)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(ticks, cpu);
	return sum;
}
EXPORT_SYMBOL_GPL(ticks_sum);

/* Interrupts the CPUs. Leave it as it is. */
static int __init ticks_init(void)
{
	int cpu, count;

	for (cpu = 0; cpu < cpus; cpu++)
		for (count = 0; count < send[cpu]; count++) {
			this_cpu_inc(ticks);
			smp_call_function_single(cpu, tick, NULL, 1);
		}
	return 0;
}

static void __exit ticks_exit(void)
{
}

module_init(ticks_init);
module_exit(ticks_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Counts interruptions of each CPU");
