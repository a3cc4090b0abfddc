/*
 * Functions that the clock calls, once, at a tick: with interruptions off, in the handler of
 * the CPU that armed the timer, or that it was added on. They may lock, print, allocate and arm
 * timers, and not wait. What a module leaves pending when it goes is taken back, and reported.
 */
#ifndef __LINUX_TIMER_H
#define __LINUX_TIMER_H

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/types.h>

struct timer_list {
	/* The kernel's, while it is pending. */
	struct timer_list *__next;
	unsigned long __due;
	unsigned long expires;
	void (*function)(struct timer_list *timer);
	u32 flags, __cpu;
};

#define TIMER_CPUMASK 0x3ffff
#define TIMER_MIGRATING 0x40000
#define TIMER_DEFERRABLE 0x80000
#define TIMER_PINNED 0x100000
#define TIMER_IRQSAFE 0x200000

#define __TIMER_INITIALIZER(call, kind) { .function = (call), .flags = (kind) }
#define DEFINE_TIMER(name, call) struct timer_list name = __TIMER_INITIALIZER(call, 0)
#define timer_setup(timer, call, kind)                                            \
	((void)(*(timer) = (struct timer_list)__TIMER_INITIALIZER(call, kind)))
#define timer_setup_on_stack(timer, call, kind) timer_setup(timer, call, kind)
#define destroy_timer_on_stack(timer) ((void)(timer))
#define from_timer(variable, timer, field) container_of(timer, typeof(*(variable)), field)

/* 1 if it was pending before. */
extern int __timer_arm(struct timer_list *timer, unsigned long nanoseconds);
extern int del_timer(struct timer_list *timer);
/* Waits until its function has returned on other CPUs. */
extern int del_timer_sync(struct timer_list *timer);
#define timer_delete(timer) del_timer(timer)
#define timer_delete_sync(timer) del_timer_sync(timer)
#define try_to_del_timer_sync(timer) del_timer_sync(timer)

static inline int timer_pending(const struct timer_list *timer)
{
	return READ_ONCE(timer->__due) != 0;
}

/* Nanoseconds until a tick; 0 if it has been. */
static inline unsigned long __until_tick(unsigned long expires)
{
	s64 due = (s64)(expires - INITIAL_JIFFIES) * TICK_NSEC - ktime_get();

	return due > 0 ? due : 0;
}

static inline int mod_timer(struct timer_list *timer, unsigned long expires)
{
	timer->expires = expires;
	return __timer_arm(timer, __until_tick(expires));
}

static inline void add_timer(struct timer_list *timer)
{
	mod_timer(timer, timer->expires);
}

static inline int mod_timer_pending(struct timer_list *timer, unsigned long expires)
{
	return timer_pending(timer) ? mod_timer(timer, expires) : 0;
}

/* On a CPU that isn't active it is the caller's that calls it. */
extern void __timer_arm_on(struct timer_list *timer, unsigned long nanoseconds, unsigned int cpu);

static inline void add_timer_on(struct timer_list *timer, int cpu)
{
	__timer_arm_on(timer, __until_tick(timer->expires), cpu);
}

#define timer_reduce(arguments...) ((int)__unsupported(timer_reduce))

#endif
