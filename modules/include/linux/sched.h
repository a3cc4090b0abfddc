/*
 * Who runs: each CPU's own context, which is number 0, as idle is in Linux; and
 * threads (kthread.h). Waiting is spinning, and lets the others of the CPU have turns.
 */
#ifndef __LINUX_SCHED_H
#define __LINUX_SCHED_H

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/types.h>

#define TASK_COMM_LEN 16
#define TASK_RUNNING 0
#define TASK_INTERRUPTIBLE 1
#define TASK_UNINTERRUPTIBLE 2
#define MAX_SCHEDULE_TIMEOUT LONG_MAX

struct task_struct {
	int pid, tgid;
	unsigned int flags;
	char comm[TASK_COMM_LEN];
};

static struct task_struct __the_course __maybe_unused = { .comm = "swapper" };
extern struct task_struct *__current_thread(void);
#define current (__current_thread() ?: &__the_course)

/* Lets a thread begin. Whoever waits here looks for itself: 0 if it runs already. */
extern int wake_up_process(struct task_struct *thread);

#define task_pid_nr(task) ((task)->pid)
#define set_current_state(state) do { (void)(state); barrier(); } while (0)
#define __set_current_state(state) set_current_state(state)
#define need_resched() 0
#define signal_pending(task) ((void)(task), 0)
#define fatal_signal_pending(task) ((void)(task), 0)
#define schedule() __wait_a_turn()
#define yield() __wait_a_turn()
#define get_task_struct(task) (task)
#define put_task_struct(task) ((void)(task))

/* Waits all of it; nothing is left. */
static inline long schedule_timeout(long ticks)
{
	ktime_t end = ktime_get() + ticks * TICK_NSEC;

	while (ktime_get() < end)
		__wait_a_turn();
	return 0;
}

#define schedule_timeout_interruptible(ticks) schedule_timeout(ticks)
#define schedule_timeout_uninterruptible(ticks) schedule_timeout(ticks)

#endif
