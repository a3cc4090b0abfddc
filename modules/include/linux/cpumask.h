/*
 * Which CPUs there are: possible ones have copies of per-CPU variables, present
 * ones are in the machine, online ones run. Numbers are 0..nr_cpu_ids.
 *
 * CPUs come one by one and never go, so no set of them is kept here: the loops ask
 * for each number.
 */
#ifndef __LINUX_CPUMASK_H
#define __LINUX_CPUMASK_H

#include <linux/compiler.h>
/* For whoever has the header of sets of CPUs, as in Linux, where they are bitmaps. */
#include <linux/string.h>
#include <linux/types.h>

extern unsigned int __kernel_nr_cpu_ids(void) __asm__("nr_cpu_ids") __attribute_const__;
extern unsigned int num_online_cpus(void);
extern unsigned int num_present_cpus(void);
extern bool cpu_online(unsigned int cpu);
extern bool cpu_present(unsigned int cpu);

#define nr_cpu_ids (__kernel_nr_cpu_ids())
#define num_possible_cpus() nr_cpu_ids
#define cpu_possible(cpu) ((unsigned int)(cpu) < nr_cpu_ids)

#define for_each_possible_cpu(cpu) for ((cpu) = 0; (unsigned int)(cpu) < nr_cpu_ids; (cpu)++)
#define for_each_present_cpu(cpu)                                                 \
	for_each_possible_cpu(cpu)                                                \
		if (!cpu_present(cpu)) {                                          \
		} else
#define for_each_online_cpu(cpu)                                                  \
	for_each_possible_cpu(cpu)                                                \
		if (!cpu_online(cpu)) {                                           \
		} else

struct cpumask;
#define for_each_cpu(cpu, mask) for (; __unsupported(for_each_cpu);)
#define cpumask_of(cpu) ((const struct cpumask *)__unsupported(cpumask_of))

#endif
