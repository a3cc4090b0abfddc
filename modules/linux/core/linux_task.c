// SPDX-License-Identifier: MIT
/*
 * The running task, whose address is at byte 832 of lowcore: code looks for flags there, whether
 * a program of 31 bits asks for example. One of Linux's size for each CPU, all zeros: a task of
 * the kernel's, without a program.
 */
#include "../provider.h"
#include <linux/cpuhotplug.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/smp.h>

#define TASK_BYTES 4608

extern void __set_linux_task(void *task);

struct task {
	char bytes[TASK_BYTES];
} __aligned(8);

static struct task __percpu *tasks;
static int following;

static int comes(unsigned int cpu)
{
	(void)cpu;
	__set_linux_task(this_cpu_ptr(tasks));
	return 0;
}

static int goes(unsigned int cpu)
{
	(void)cpu;
	__set_linux_task(NULL);
	return 0;
}

/* From the providers' base, without which none of Linux's modules runs. */
int give_tasks(void)
{
	tasks = __alloc_percpu(sizeof(*tasks), __alignof__(*tasks));
	if (!tasks)
		return -ENOMEM;
	/* On each CPU itself. */
	following = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "linux_task", comes, goes);
	if (following < 0)
		free_percpu(tasks);
	return following < 0 ? following : 0;
}
EXPORT_SYMBOL(give_tasks);

void take_tasks(void)
{
	cpuhp_remove_state(following);
	free_percpu(tasks);
}
EXPORT_SYMBOL(take_tasks);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Gives each CPU a task of Linux's form");
