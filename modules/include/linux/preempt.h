/*
 * This kernel never takes the CPU away from code that runs, so a region that must
 * keep its CPU needs no more than what keeps the compiler from moving accesses
 * out of it. Linux without CONFIG_PREEMPTION does the same.
 */
#ifndef __LINUX_PREEMPT_H
#define __LINUX_PREEMPT_H

#include <linux/compiler.h>
#include <linux/types.h>

#define preempt_disable() barrier()
#define preempt_enable() barrier()
#define preempt_enable_no_resched() barrier()
#define preempt_disable_notrace() barrier()
#define preempt_enable_notrace() barrier()
#define preempt_count() 0
#define preemptible() 0
#define migrate_disable() preempt_disable()
#define migrate_enable() preempt_enable()

#define in_interrupt() ((int)__unsupported(in_interrupt))
#define in_atomic() ((int)__unsupported(in_atomic))

#endif
