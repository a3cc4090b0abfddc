/*
 * Memory that readers may still see. A reader keeps its CPU; who asks a CPU and finds it
 * not kept knows that all readers there have ended who had begun. That is waited for at
 * once, and nothing is put off: not from an interrupt handler, nor from a reader.
 */
#ifndef __LINUX_RCUPDATE_H
#define __LINUX_RCUPDATE_H

#include <asm/barrier.h>
#include <linux/bug.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/smp.h>

struct callback_head {
	struct callback_head *next;
	void (*func)(struct callback_head *head);
};
#define rcu_head callback_head
typedef void (*rcu_callback_t)(struct rcu_head *head);

#define rcu_read_lock() preempt_disable()
#define rcu_read_unlock() preempt_enable()
#define rcu_dereference(pointer) READ_ONCE(pointer)
#define rcu_dereference_protected(pointer, condition) ((void)(condition), (pointer))
#define rcu_access_pointer(pointer) READ_ONCE(pointer)
#define rcu_assign_pointer(pointer, value) smp_store_release(&(pointer), value)
#define RCU_INIT_POINTER(pointer, value) WRITE_ONCE(pointer, value)
#define init_rcu_head(head) ((void)(head))
#define rcu_barrier() do { } while (0)

static __maybe_unused void __rcu_is_kept(void *kept)
{
	*(bool *)kept = preempt_count() != 0;
}

static __maybe_unused void synchronize_rcu(void)
{
	unsigned int cpu;

	if (WARN_ON(preempt_count() != 0))
		return;
	for_each_online_cpu(cpu) {
		bool kept = true;

		while (smp_call_function_single(cpu, __rcu_is_kept, &kept, 1) == 0 && kept)
			__wait_a_turn();
	}
}

static inline void call_rcu(struct rcu_head *head, rcu_callback_t function)
{
	synchronize_rcu();
	function(head);
}

/* With the name of its rcu_head or without. */
#define kvfree_rcu(pointer, member...)                                            \
	do {                                                                      \
		typeof(pointer) __local_freed__ = (pointer);                      \
										  \
		synchronize_rcu();                                                \
		kvfree(__local_freed__);                                          \
	} while (0)
#define kfree_rcu(pointer, member...) kvfree_rcu(pointer, ##member)

#endif
