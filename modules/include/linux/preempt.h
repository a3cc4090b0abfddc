/*
 * This kernel never takes the CPU away from code that runs; threads take turns (kthread.h).
 * What keeps it is counted all the same, on each CPU: what an init leaves is reported and put
 * right. As in Linux bits 8 to 15 count what keeps soft interrupts off, though there are none.
 */
#ifndef __LINUX_PREEMPT_H
#define __LINUX_PREEMPT_H

#include <linux/compiler.h>
#include <linux/types.h>

/* The kernel's per-CPU variable, found as asm/percpu.h finds them. */
extern __attribute__((section(".data..percpu"))) int
	__preempt_count __asm__("KERNEL_PREEMPT_COUNT");

static __always_inline volatile int *__preempt_variable_here(const int *variable)
{
	unsigned long offset;

	__asm__("lg %0,816" : "=d"(offset));
	return (volatile int *)(offset + (unsigned long)variable);
}

static __always_inline volatile int *__preempt_count_here(void)
{
	return __preempt_variable_here(&__preempt_count);
}

static __always_inline void preempt_disable(void)
{
	__asm__ __volatile__("asi %0,1" : "+QS"(*__preempt_count_here()) : : "memory", "cc");
}

static __always_inline void preempt_enable(void)
{
	__asm__ __volatile__("asi %0,-1" : "+QS"(*__preempt_count_here()) : : "memory", "cc");
}

static __always_inline void __preempt_count_add(int by)
{
	int before;

	__asm__ __volatile__("laa %0,%2,%1"
			     : "=d"(before), "+QS"(*__preempt_count_here())
			     : "d"(by)
			     : "memory", "cc");
}

#define preempt_enable_no_resched() preempt_enable()
#define preempt_disable_notrace() preempt_disable()
#define preempt_enable_notrace() preempt_enable()
#define preempt_count() (*__preempt_count_here())
#define preemptible() 0
#define migrate_disable() preempt_disable()
#define migrate_enable() preempt_enable()

/* Lets other contexts of this CPU go on, for who waits: only with preemption on. */
extern void __yield(void);
#define __wait_a_turn()                                                           \
	do {                                                                      \
		__yield();                                                     \
		barrier();                                                        \
	} while (0)

/* Spin locks count, mutexes don't. */
#define in_atomic() (preempt_count() != 0)

#define SOFTIRQ_OFFSET 0x100
#define SOFTIRQ_DISABLE_OFFSET (2 * SOFTIRQ_OFFSET)
#define SOFTIRQ_MASK 0xff00

/* Whether this is the handler of an interruption, or was called by one: a timer's function, a
 * function that another CPU called here. */
extern bool __in_handler(void);
#define in_hardirq() __in_handler()
#define in_irq() in_hardirq()
#define softirq_count() (preempt_count() & SOFTIRQ_MASK)
#define in_softirq() (softirq_count() != 0)
#define in_serving_softirq() 0
#define in_nmi() 0
#define in_interrupt() (in_hardirq() || in_softirq())
#define in_task() (!in_interrupt())

#endif
