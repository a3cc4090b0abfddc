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

/* The kernel's own functions, with no choice of not waiting. */
extern void __kernel_on_each_cpu(smp_call_func_t function, void *info)
	__asm__("on_each_cpu");
extern int __kernel_call_on_cpu(unsigned int cpu, smp_call_func_t function, void *info)
	__asm__("call_on_cpu");

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
}

/* The same on one CPU. */
static inline int smp_call_function_single(int cpu, smp_call_func_t function, void *info,
					   int wait)
{
	(void)wait;
	if (cpu < 0 || !cpu_online(cpu))
		return -ENXIO;
	return __kernel_call_on_cpu(cpu, function, info);
}

struct __call_others {
	smp_call_func_t function;
	void *info;
	int but;
};

static inline void __call_if_other(void *info)
{
	struct __call_others *call = info;

	if (raw_smp_processor_id() != call->but)
		call->function(call->info);
}

/* The same on every CPU but this one. */
static inline void smp_call_function(smp_call_func_t function, void *info, int wait)
{
	struct __call_others call = { function, info, raw_smp_processor_id() };

	on_each_cpu(__call_if_other, &call, wait);
}

#define smp_call_function_many(arguments...) ((void)__unsupported(smp_call_function_many))
#define on_each_cpu_mask(arguments...) ((void)__unsupported(on_each_cpu_mask))

#endif
