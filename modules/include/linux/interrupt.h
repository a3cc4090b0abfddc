/*
 * Interruptions: off and on again; the kernel takes none for modules. And tasklets: functions
 * that run soon, on the CPU that asked, once for as often as they were asked for meanwhile, and
 * never on two CPUs at a time. Here it is the clock that calls them, at once, as timers
 * (timer.h): with interruptions off.
 */
#ifndef __LINUX_INTERRUPT_H
#define __LINUX_INTERRUPT_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/timer.h>

typedef enum irqreturn {
	IRQ_NONE = 0,
	IRQ_HANDLED = 1,
	IRQ_WAKE_THREAD = 2,
} irqreturn_t;
typedef irqreturn_t (*irq_handler_t)(int irq, void *data);
#define IRQ_RETVAL(condition) ((condition) ? IRQ_HANDLED : IRQ_NONE)

#define request_irq(arguments...) ((int)__unsupported(request_irq))
#define free_irq(arguments...) ((void)__unsupported(free_irq))

/* There are no soft interrupts: what keeps them off is counted. */
#define local_bh_disable() __preempt_count_add(SOFTIRQ_DISABLE_OFFSET)
#define local_bh_enable() __preempt_count_add(-SOFTIRQ_DISABLE_OFFSET)

struct tasklet_struct {
	struct timer_list __timer;
	unsigned long state;
	/* It runs where this is 0. */
	atomic_t count;
	bool use_callback;
	union {
		void (*func)(unsigned long data);
		void (*callback)(struct tasklet_struct *tasklet);
	};
	unsigned long data;
};

enum {
	TASKLET_STATE_SCHED,
	TASKLET_STATE_RUN,
};

static __maybe_unused void __tasklet_is_due(struct timer_list *timer)
{
	struct tasklet_struct *tasklet = container_of(timer, struct tasklet_struct, __timer);

	/* It runs elsewhere, or is kept from it: again at the next tick. */
	if (test_and_set_bit(TASKLET_STATE_RUN, &tasklet->state)) {
		__timer_arm(timer, TICK_NSEC);
		return;
	}
	if (atomic_read(&tasklet->count)) {
		__timer_arm(timer, TICK_NSEC);
	} else {
		clear_bit(TASKLET_STATE_SCHED, &tasklet->state);
		if (tasklet->use_callback)
			tasklet->callback(tasklet);
		else
			tasklet->func(tasklet->data);
	}
	clear_bit(TASKLET_STATE_RUN, &tasklet->state);
}

#define __TASKLET_INITIALIZER(kept, by_data, what)                                \
	{                                                                         \
		.__timer = __TIMER_INITIALIZER(__tasklet_is_due, 0),              \
		.count = ATOMIC_INIT(kept), .use_callback = !(by_data), what,     \
	}
#define DECLARE_TASKLET(name, call)                                               \
	struct tasklet_struct name = __TASKLET_INITIALIZER(0, false, .callback = (call))
#define DECLARE_TASKLET_DISABLED(name, call)                                      \
	struct tasklet_struct name = __TASKLET_INITIALIZER(1, false, .callback = (call))
#define DECLARE_TASKLET_OLD(name, call)                                           \
	struct tasklet_struct name = __TASKLET_INITIALIZER(0, true, .func = (call))
#define DECLARE_TASKLET_DISABLED_OLD(name, call)                                  \
	struct tasklet_struct name = __TASKLET_INITIALIZER(1, true, .func = (call))
#define from_tasklet(variable, tasklet, field)                                    \
	container_of(tasklet, typeof(*(variable)), field)

static inline void tasklet_setup(struct tasklet_struct *tasklet,
				 void (*call)(struct tasklet_struct *tasklet))
{
	*tasklet = (struct tasklet_struct)__TASKLET_INITIALIZER(0, false, .callback = call);
}

static inline void tasklet_init(struct tasklet_struct *tasklet, void (*call)(unsigned long data),
				unsigned long with)
{
	*tasklet = (struct tasklet_struct)__TASKLET_INITIALIZER(0, true, .func = call);
	tasklet->data = with;
}

static inline void tasklet_schedule(struct tasklet_struct *tasklet)
{
	if (!test_and_set_bit(TASKLET_STATE_SCHED, &tasklet->state))
		__timer_arm(&tasklet->__timer, 0);
}

#define tasklet_hi_schedule(tasklet) tasklet_schedule(tasklet)

/* Waits until it doesn't run. */
static inline void tasklet_unlock_wait(struct tasklet_struct *tasklet)
{
	while (test_bit(TASKLET_STATE_RUN, &tasklet->state))
		barrier();
}

static inline void tasklet_disable_nosync(struct tasklet_struct *tasklet)
{
	atomic_inc(&tasklet->count);
	smp_mb__after_atomic();
}

static inline void tasklet_disable(struct tasklet_struct *tasklet)
{
	tasklet_disable_nosync(tasklet);
	tasklet_unlock_wait(tasklet);
	smp_mb();
}

static inline void tasklet_enable(struct tasklet_struct *tasklet)
{
	smp_mb__before_atomic();
	atomic_dec(&tasklet->count);
}

/* Waits until it has run for the last time. Not from itself. */
static inline void tasklet_kill(struct tasklet_struct *tasklet)
{
	while (test_and_set_bit(TASKLET_STATE_SCHED, &tasklet->state))
		__wait_a_turn();
	tasklet_unlock_wait(tasklet);
	clear_bit(TASKLET_STATE_SCHED, &tasklet->state);
}

#endif
