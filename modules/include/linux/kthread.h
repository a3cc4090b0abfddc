/*
 * Threads: functions with stacks of their own. Nobody takes the CPU away from one: it gives
 * way to others where it waits (a completion, a semaphore, msleep, schedule). A thread stays
 * on its CPU: the one that it is bound to before it begins, else one that idles, or on a
 * machine with one CPU that one. On the caller's it begins before wake_up_process returns; on
 * one that has another context it begins where that one waits.
 * A module stops its threads before it leaves.
 */
#ifndef __LINUX_KTHREAD_H
#define __LINUX_KTHREAD_H

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/sched.h>

extern __printf(3, 4) struct task_struct *__kthread_create(int (*function)(void *data), void *data,
							    const char *format, ...);

/* It begins when it is woken. */
#define kthread_create(function, data, format, arguments...)                      \
	__kthread_create(function, data, format, ##arguments)
#define kthread_create_on_node(function, data, node, format, arguments...)        \
	((void)(node), __kthread_create(function, data, format, ##arguments))

/* Before it is woken; to a CPU that is active. */
extern void kthread_bind(struct task_struct *thread, unsigned int cpu);

/* Bound, with the CPU's number for a name's only argument. */
#define kthread_create_on_cpu(function, data, cpu, format)                        \
	({                                                                        \
		unsigned int __local_cpu__ = (cpu);                               \
		struct task_struct *__bound_thread__ =                            \
			__kthread_create(function, data, format, __local_cpu__);  \
										  \
		if (!IS_ERR(__bound_thread__))                                    \
			kthread_bind(__bound_thread__, __local_cpu__);            \
		__bound_thread__;                                                 \
	})

#define kthread_run(function, data, format, arguments...)                         \
	({                                                                        \
		struct task_struct *__new_thread__ =                              \
			__kthread_create(function, data, format, ##arguments);    \
										  \
		if (!IS_ERR(__new_thread__))                                      \
			wake_up_process(__new_thread__);                          \
		__new_thread__;                                                   \
	})

#define kthread_run_on_cpu(function, data, cpu, format)                           \
	({                                                                        \
		struct task_struct *__new_thread__ =                              \
			kthread_create_on_cpu(function, data, cpu, format);       \
										  \
		if (!IS_ERR(__new_thread__))                                      \
			wake_up_process(__new_thread__);                          \
		__new_thread__;                                                   \
	})

/* Waits for its end; what it returned, or -EINTR if it never began. */
extern int kthread_stop(struct task_struct *thread);
extern bool kthread_should_stop(void);

/* Waits until it waits in kthread_parkme. */
extern int kthread_park(struct task_struct *thread);
extern void kthread_unpark(struct task_struct *thread);
extern bool kthread_should_park(void);
extern void kthread_parkme(void);
extern void __noreturn kthread_exit(long result);

/* A module is unloaded when its threads have ended. */
static inline void __noreturn kthread_complete_and_exit(struct completion *completion, long result)
{
	if (completion)
		complete(completion);
	kthread_exit(result);
}

#define kthread_create_worker(arguments...) ((void *)__unsupported(kthread_create_worker))

#endif
