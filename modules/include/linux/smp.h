/* CPUs: which one runs, and functions on the others. */
#ifndef __LINUX_SMP_H
#define __LINUX_SMP_H

#include <asm/smp.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/types.h>

typedef void (*smp_call_func_t)(void *info);
typedef bool (*smp_cond_func_t)(int cpu, void *info);

/*
 * The kernel's own functions, with no choice of not waiting. From a called function they
 * call nobody: that is warned about, with the place that asked.
 */
extern int __kernel_on_each_cpu(smp_call_func_t function, void *info);
extern int __kernel_call_on_cpu(unsigned int cpu, smp_call_func_t function, void *info);

#define smp_processor_id() raw_smp_processor_id()
#define get_cpu()                                                                 \
	({                                                                        \
		preempt_disable();                                                \
		smp_processor_id();                                               \
	})
#define put_cpu() preempt_enable()

/*
 * Runs the function on every online CPU, this one too, with interruptions off.
 * Waits for all to end, whether asked to or not.
 */
static inline void on_each_cpu(smp_call_func_t function, void *info, int wait)
{
	(void)wait;
	__kernel_on_each_cpu(function, info);
	/* No jump: a warning names who called. */
	barrier();
}

/* The same on one CPU. */
static inline int smp_call_function_single(int cpu, smp_call_func_t function, void *info,
					   int wait)
{
	int error;

	(void)wait;
	if (cpu < 0 || !cpu_online(cpu))
		return -ENXIO;
	error = __kernel_call_on_cpu(cpu, function, info);
	barrier();
	return error;
}

struct __call_some {
	smp_call_func_t function;
	void *info;
	const struct cpumask *mask;
	/* The number of a CPU that is left out, or -1. */
	int but;
};

static inline void __call_if_meant(void *info)
{
	struct __call_some *call = info;
	int cpu = raw_smp_processor_id();

	if (cpu != call->but && (!call->mask || cpumask_test_cpu(cpu, call->mask)))
		call->function(call->info);
}

/* The same on every CPU but this one. */
static inline void smp_call_function(smp_call_func_t function, void *info, int wait)
{
	struct __call_some call = { function, info, NULL, raw_smp_processor_id() };

	on_each_cpu(__call_if_meant, &call, wait);
}

static inline void smp_call_function_many(const struct cpumask *mask, smp_call_func_t function,
					  void *info, bool wait)
{
	struct __call_some call = { function, info, mask, raw_smp_processor_id() };

	on_each_cpu(__call_if_meant, &call, wait);
}

static inline void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t function,
				    void *info, bool wait)
{
	struct __call_some call = { function, info, mask, -1 };

	on_each_cpu(__call_if_meant, &call, wait);
}

/* The condition is asked here, of each CPU, before any of them is called. */
static inline void on_each_cpu_cond_mask(smp_cond_func_t condition, smp_call_func_t function,
					 void *info, bool wait, const struct cpumask *mask)
{
	struct cpumask chosen = { { 0 } };
	unsigned int cpu;

	for_each_cpu(cpu, mask)
		if (cpu_online(cpu) && condition(cpu, info))
			__cpumask_set_cpu(cpu, &chosen);
	on_each_cpu_mask(&chosen, function, info, wait);
}

static inline void on_each_cpu_cond(smp_cond_func_t condition, smp_call_func_t function,
				    void *info, bool wait)
{
	on_each_cpu_cond_mask(condition, function, info, wait, cpu_online_mask);
}

static inline int smp_call_function_any(const struct cpumask *mask, smp_call_func_t function,
					void *info, int wait)
{
	unsigned int cpu = raw_smp_processor_id();

	if (!cpumask_test_cpu(cpu, mask))
		cpu = cpumask_first_and(mask, cpu_online_mask);
	return smp_call_function_single(cpu, function, info, wait);
}

#endif
