/*
 * References to an object, counted per CPU while it is in use and in one place
 * once it is on its way out, where the last one is noticed.
 *
 * A get or put looks at the mode and counts with interruptions off. So when a
 * function has run on every CPU after the mode changed, no CPU counts in its copy
 * any more, and the copies can be added up. Until then a bias keeps the count from
 * zero.
 */
#ifndef __LINUX_PERCPU_REFCOUNT_H
#define __LINUX_PERCPU_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/smp.h>

struct percpu_ref;
typedef void(percpu_ref_func_t)(struct percpu_ref *);

enum {
	PERCPU_REF_INIT_ATOMIC = 1 << 0,
	PERCPU_REF_INIT_DEAD = 1 << 1,
	PERCPU_REF_ALLOW_REINIT = 1 << 2,
};

struct percpu_ref {
	unsigned long __percpu *copies;
	atomic_long_t count;
	percpu_ref_func_t *release;
	bool atomic;
	bool dead;
};

/* Far from any number of references. */
#define __PERCPU_REF_BIAS (1L << 62)

static inline int __must_check percpu_ref_init(struct percpu_ref *ref,
					       percpu_ref_func_t *release,
					       unsigned int flags, gfp_t gfp)
{
	ref->copies = alloc_percpu_gfp(unsigned long, gfp);
	if (!ref->copies)
		return -ENOMEM;
	ref->release = release;
	ref->dead = flags & PERCPU_REF_INIT_DEAD;
	ref->atomic = flags & (PERCPU_REF_INIT_ATOMIC | PERCPU_REF_INIT_DEAD);
	atomic_long_set(&ref->count, !ref->dead + (ref->atomic ? 0 : __PERCPU_REF_BIAS));
	return 0;
}

static inline void percpu_ref_exit(struct percpu_ref *ref)
{
	free_percpu(ref->copies);
	ref->copies = NULL;
}

static inline void percpu_ref_get_many(struct percpu_ref *ref, unsigned long references)
{
	unsigned long flags;

	local_irq_save(flags);
	if (READ_ONCE(ref->atomic))
		atomic_long_add(references, &ref->count);
	else
		this_cpu_add(*ref->copies, references);
	local_irq_restore(flags);
}

static inline void percpu_ref_get(struct percpu_ref *ref)
{
	percpu_ref_get_many(ref, 1);
}

static inline bool percpu_ref_tryget_many(struct percpu_ref *ref, unsigned long references)
{
	unsigned long flags;
	bool got = true;

	local_irq_save(flags);
	if (READ_ONCE(ref->atomic))
		got = atomic_long_add_unless(&ref->count, references, 0);
	else
		this_cpu_add(*ref->copies, references);
	local_irq_restore(flags);
	return got;
}

/* False once the count has come to zero. */
static inline bool percpu_ref_tryget(struct percpu_ref *ref)
{
	return percpu_ref_tryget_many(ref, 1);
}

/* False once it is killed. */
static inline bool percpu_ref_tryget_live(struct percpu_ref *ref)
{
	return !READ_ONCE(ref->dead) && percpu_ref_tryget(ref);
}

static inline void percpu_ref_put_many(struct percpu_ref *ref, unsigned long references)
{
	unsigned long flags;
	bool last = false;

	local_irq_save(flags);
	if (READ_ONCE(ref->atomic))
		last = atomic_long_sub_and_test(references, &ref->count);
	else
		this_cpu_sub(*ref->copies, references);
	local_irq_restore(flags);
	if (last)
		ref->release(ref);
}

static inline void percpu_ref_put(struct percpu_ref *ref)
{
	percpu_ref_put_many(ref, 1);
}

static inline void __percpu_ref_nothing(void *info)
{
	(void)info;
}

static inline void percpu_ref_switch_to_atomic_sync(struct percpu_ref *ref)
{
	long sum = 0;
	int cpu;

	if (ref->atomic)
		return;
	WRITE_ONCE(ref->atomic, true);
	on_each_cpu(__percpu_ref_nothing, NULL, 1);
	for_each_possible_cpu(cpu) {
		sum += (long)*per_cpu_ptr(ref->copies, cpu);
		*per_cpu_ptr(ref->copies, cpu) = 0;
	}
	atomic_long_add(sum - __PERCPU_REF_BIAS, &ref->count);
}

/* Calls `confirm`, if given, when the switch is done. */
static inline void percpu_ref_switch_to_atomic(struct percpu_ref *ref,
					       percpu_ref_func_t *confirm)
{
	percpu_ref_switch_to_atomic_sync(ref);
	if (confirm)
		confirm(ref);
}

static inline void percpu_ref_switch_to_percpu(struct percpu_ref *ref)
{
	if (!ref->atomic || ref->dead)
		return;
	atomic_long_add(__PERCPU_REF_BIAS, &ref->count);
	smp_store_release(&ref->atomic, false);
}

/* Gives up the reference that init took; the last put calls release. */
static inline void percpu_ref_kill_and_confirm(struct percpu_ref *ref,
					       percpu_ref_func_t *confirm)
{
	WRITE_ONCE(ref->dead, true);
	percpu_ref_switch_to_atomic(ref, confirm);
	percpu_ref_put(ref);
}

static inline void percpu_ref_kill(struct percpu_ref *ref)
{
	percpu_ref_kill_and_confirm(ref, NULL);
}

static inline bool percpu_ref_is_dying(struct percpu_ref *ref)
{
	return READ_ONCE(ref->dead);
}

/* A copy's count says nothing by itself: false until it counts in one place. */
static inline bool percpu_ref_is_zero(struct percpu_ref *ref)
{
	return READ_ONCE(ref->atomic) && atomic_long_read(&ref->count) == 0;
}

/* Undoes a kill. */
static inline void percpu_ref_resurrect(struct percpu_ref *ref)
{
	percpu_ref_get(ref);
	WRITE_ONCE(ref->dead, false);
	percpu_ref_switch_to_percpu(ref);
}

/* The same, once it has come to zero. */
static inline void percpu_ref_reinit(struct percpu_ref *ref)
{
	percpu_ref_resurrect(ref);
}

#endif
