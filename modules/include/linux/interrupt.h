/* Interruptions: off and on again. The kernel takes none for modules. */
#ifndef __LINUX_INTERRUPT_H
#define __LINUX_INTERRUPT_H

#include <linux/cpumask.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/smp.h>

typedef enum irqreturn {
	IRQ_NONE = 0,
	IRQ_HANDLED = 1,
	IRQ_WAKE_THREAD = 2,
} irqreturn_t;
typedef irqreturn_t (*irq_handler_t)(int irq, void *data);
#define IRQ_RETVAL(condition) ((condition) ? IRQ_HANDLED : IRQ_NONE)

#define request_irq(arguments...) ((int)__unsupported(request_irq))
#define free_irq(arguments...) ((void)__unsupported(free_irq))
#define tasklet_init(arguments...) ((void)__unsupported(tasklet_init))
#define tasklet_schedule(tasklet) ((void)__unsupported(tasklet_schedule))

/* There are no soft interrupts: what keeps them off is counted. */
#define local_bh_disable() __preempt_count_add(SOFTIRQ_DISABLE_OFFSET)
#define local_bh_enable() __preempt_count_add(-SOFTIRQ_DISABLE_OFFSET)

#endif
