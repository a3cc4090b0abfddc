/*
 * Functions that run later, in threads of the kernel's, which may wait and lock mutexes. A
 * queue runs four at a time at most, in the order in which they were queued, or one, and as many
 * for each CPU that works are queued on. Which CPU runs the others, the kernel chooses. A CPU
 * with a context of its own, as one that loads a module, runs them where that waits; one that has
 * gone leaves them to another.
 * What a module leaves pending when it goes is taken back, and reported.
 */
#ifndef __LINUX_WORKQUEUE_H
#define __LINUX_WORKQUEUE_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/timer.h>

struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	/* The kernel's, while it is pending. */
	struct work_struct *__next;
	work_func_t func;
	u32 __pending, __cpu;
};

struct workqueue_struct;

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
	struct workqueue_struct *wq;
	int cpu;
};

/* A queue's number; the first is the kernel's. */
#define system_wq ((struct workqueue_struct *)0)
#define system_highpri_wq system_wq
#define system_long_wq system_wq
#define system_unbound_wq system_wq
#define system_freezable_wq system_wq

/* No CPU in particular. */
#define WORK_CPU_UNBOUND NR_CPUS

extern bool __work_queue(unsigned long queue, struct work_struct *work, unsigned int cpu);
extern bool __work_cancel(struct work_struct *work);
extern bool __work_is_busy(struct work_struct *work);
extern unsigned long __workqueue_new(unsigned int limit, bool is_unbound);
extern bool __workqueue_is_empty(unsigned long queue);
extern void __workqueue_remove(unsigned long queue);

static __maybe_unused void __delayed_work_is_due(struct timer_list *timer)
{
	struct delayed_work *delayed = container_of(timer, struct delayed_work, timer);

	__work_queue((unsigned long)delayed->wq, &delayed->work, delayed->cpu);
}

#define __WORK_INITIALIZER(name, function) { .func = (function) }
#define DECLARE_WORK(name, function) struct work_struct name = __WORK_INITIALIZER(name, function)
#define INIT_WORK(work, function)                                                 \
	((void)(*(work) = (struct work_struct)__WORK_INITIALIZER(work, function)))
#define INIT_WORK_ONSTACK(work, function) INIT_WORK(work, function)
#define destroy_work_on_stack(work) ((void)(work))
#define DECLARE_DELAYED_WORK(name, function)                                      \
	struct delayed_work name = {                                              \
		.work = __WORK_INITIALIZER(name.work, function),                  \
		.timer = __TIMER_INITIALIZER(__delayed_work_is_due, 0),           \
	}
#define INIT_DELAYED_WORK(delayed, function)                                      \
	do {                                                                      \
		INIT_WORK(&(delayed)->work, function);                            \
		timer_setup(&(delayed)->timer, __delayed_work_is_due, 0);         \
	} while (0)
#define to_delayed_work(pointer) container_of(pointer, struct delayed_work, work)

#define work_pending(work) (READ_ONCE((work)->__pending) != 0)
#define delayed_work_pending(delayed)                                             \
	(timer_pending(&(delayed)->timer) || work_pending(&(delayed)->work))

/* Whether it wasn't pending. */
static inline bool queue_work_on(int cpu, struct workqueue_struct *queue,
				 struct work_struct *work)
{
	return __work_queue((unsigned long)queue, work, cpu);
}

static inline bool queue_work(struct workqueue_struct *queue, struct work_struct *work)
{
	return queue_work_on(WORK_CPU_UNBOUND, queue, work);
}

static inline bool schedule_work_on(int cpu, struct work_struct *work)
{
	return queue_work_on(cpu, system_wq, work);
}

static inline bool schedule_work(struct work_struct *work)
{
	return queue_work(system_wq, work);
}

static inline bool queue_delayed_work_on(int cpu, struct workqueue_struct *queue,
					 struct delayed_work *delayed, unsigned long ticks)
{
	if (delayed_work_pending(delayed))
		return false;
	delayed->wq = queue;
	delayed->cpu = cpu;
	if (!ticks)
		return queue_work_on(cpu, queue, &delayed->work);
	mod_timer(&delayed->timer, jiffies + ticks);
	return true;
}

static inline bool queue_delayed_work(struct workqueue_struct *queue, struct delayed_work *delayed,
				      unsigned long ticks)
{
	return queue_delayed_work_on(WORK_CPU_UNBOUND, queue, delayed, ticks);
}

static inline bool schedule_delayed_work_on(int cpu, struct delayed_work *delayed,
					    unsigned long ticks)
{
	return queue_delayed_work_on(cpu, system_wq, delayed, ticks);
}

static inline bool schedule_delayed_work(struct delayed_work *delayed, unsigned long ticks)
{
	return queue_delayed_work(system_wq, delayed, ticks);
}

/* Whether it was pending. It may run still. */
static inline bool cancel_work(struct work_struct *work)
{
	return __work_cancel(work);
}

/* Waits until it neither is pending nor runs; whether that took a wait. Not from itself. */
static inline bool flush_work(struct work_struct *work)
{
	bool waited = false;

	while (__work_is_busy(work)) {
		waited = true;
		__wait_a_turn();
	}
	return waited;
}

static inline bool cancel_work_sync(struct work_struct *work)
{
	bool was_pending = cancel_work(work);

	while (flush_work(work))
		was_pending |= cancel_work(work);
	return was_pending;
}

static inline bool cancel_delayed_work(struct delayed_work *delayed)
{
	return del_timer(&delayed->timer) || cancel_work(&delayed->work);
}

static inline bool cancel_delayed_work_sync(struct delayed_work *delayed)
{
	bool was_pending = del_timer_sync(&delayed->timer);

	was_pending |= cancel_work_sync(&delayed->work);
	/* It may have asked for itself. */
	return del_timer_sync(&delayed->timer) || was_pending;
}

static inline bool flush_delayed_work(struct delayed_work *delayed)
{
	if (del_timer_sync(&delayed->timer))
		queue_work_on(delayed->cpu, delayed->wq, &delayed->work);
	return flush_work(&delayed->work);
}

static inline bool mod_delayed_work(struct workqueue_struct *queue, struct delayed_work *delayed,
				    unsigned long ticks)
{
	bool was_pending = cancel_delayed_work(delayed);

	queue_delayed_work(queue, delayed, ticks);
	return was_pending;
}

/* Waits until nothing is left on the queue, also what comes meanwhile. */
static inline void flush_workqueue(struct workqueue_struct *queue)
{
	while (!__workqueue_is_empty((unsigned long)queue))
		__wait_a_turn();
}

#define drain_workqueue(queue) flush_workqueue(queue)
#define flush_scheduled_work() flush_workqueue(system_wq)

enum {
	WQ_UNBOUND = 1 << 1,
	WQ_FREEZABLE = 1 << 2,
	WQ_MEM_RECLAIM = 1 << 3,
	WQ_HIGHPRI = 1 << 4,
	WQ_CPU_INTENSIVE = 1 << 5,
	WQ_SYSFS = 1 << 6,
};

/* NULL if there are 15 already. */
#define alloc_workqueue(format, flags, limit, arguments...)                       \
	((struct workqueue_struct *)__workqueue_new((limit) == 1 ? 1 : UINT_MAX,  \
						    (flags)&WQ_UNBOUND))
#define alloc_ordered_workqueue(format, flags, arguments...)                      \
	alloc_workqueue(format, (flags) | WQ_UNBOUND, 1, ##arguments)
#define create_workqueue(name) alloc_workqueue(name, WQ_MEM_RECLAIM, 0)
#define create_freezable_workqueue(name) create_workqueue(name)
#define create_singlethread_workqueue(name) alloc_ordered_workqueue(name, WQ_MEM_RECLAIM)

static inline void destroy_workqueue(struct workqueue_struct *queue)
{
	flush_workqueue(queue);
	__workqueue_remove((unsigned long)queue);
}

/* CPUs whose works run at once in schedule_on_each_cpu: each takes a thread, and of these there
 * are 64. */
#define __WORKS_AT_ONCE 16

/* Runs it on each online CPU, on so many at once, and waits for all; -ENOMEM if one didn't. */
static inline int schedule_on_each_cpu(work_func_t function)
{
	struct work_struct *works = alloc_percpu(struct work_struct);
	int cpu, to_come = 0, first = 0, error = 0;

	if (!works)
		return -ENOMEM;
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		INIT_WORK(per_cpu_ptr(works, cpu), function);
		if (!schedule_work_on(cpu, per_cpu_ptr(works, cpu)))
			error = -ENOMEM;
		if (++to_come == __WORKS_AT_ONCE) {
			for (; first <= cpu; first++)
				if (cpu_online(first))
					flush_work(per_cpu_ptr(works, first));
			to_come = 0;
		}
	}
	for_each_online_cpu(cpu)
		if (cpu >= first)
			flush_work(per_cpu_ptr(works, cpu));
	cpus_read_unlock();
	free_percpu(works);
	return error;
}

#endif
