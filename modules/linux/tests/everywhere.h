/* What is asked on every CPU at once: none begins before all are there. */
#ifndef __LINUX_EVERYWHERE_H
#define __LINUX_EVERYWHERE_H

#include <linux/atomic.h>
#include <linux/percpu.h>
#include <linux/smp.h>

static atomic_t arrived;

static void __maybe_unused meet(unsigned int cpus)
{
	/* To report a CPU that never comes is left to others: these go on. */
	unsigned long patience = 1ul << 28;

	atomic_inc(&arrived);
	while ((unsigned int)atomic_read(&arrived) < cpus && patience--)
		cpu_relax();
}

static void __maybe_unused everywhere(void (*question)(void *cpus))
{
	unsigned long cpus = num_online_cpus();

	atomic_set(&arrived, 0);
	on_each_cpu(question, (void *)cpus, 1);
}

#endif
