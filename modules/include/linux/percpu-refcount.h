/*
 * References to an object, counted per CPU while it is in use and in one place
 * once it is on its way out, where the last one is noticed.
 *
 * A get or put looks at the mode and counts with interruptions off. So when a
 * function has run on every CPU after the mode changed, no CPU counts in its copy
 * any more, and the copies can be added up. Until then a bias keeps the count from
 * zero. What is used wrongly is warned about, with the name of its release function.
 */
#ifndef __LINUX_PERCPU_REFCOUNT_H
#define __LINUX_PERCPU_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/bug.h>
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
	/* Nothing counts in the copies, and nobody gets one more. */
	ref->atomic = true;
	ref->dead = true;
	atomic_long_set(&ref->count, 0);
}

static inline bool __percpu_ref_is_gone(struct percpu_ref *ref, const char *what)
{
	return WARN(!ref->copies, "%s of a reference that is gone (%ps)\n", what, ref->release);
}

static inline void percpu_ref_get_many(struct percpu_ref *ref, unsigned long references)
{
	unsigned long flags;

	if (unlikely(!ref->copies) && __percpu_ref_is_gone(ref, "get"))
		return;
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

	if (unlikely(!ref->copies))
		return false;

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
	long left = 1;

	if (unlikely(!ref->copies) && __percpu_ref_is_gone(ref, "put"))
		return;
	local_irq_save(flags);
	if (READ_ONCE(ref->atomic))
		left = atomic_long_sub_return(references, &ref->count);
	else
		this_cpu_sub(*ref->copies, references);
	local_irq_restore(flags);
	WARN_ONCE(left < 0, "percpu ref (%ps) is put more often than got: %ld\n", ref->release,
		  left);
	if (left == 0)
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
	sum = atomic_long_add_return(sum - __PERCPU_REF_BIAS, &ref->count);
	WARN_ONCE(sum <= 0, "percpu ref (%ps) <= 0 (%ld) after switching to atomic\n",
		  ref->release, sum);
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
	if (!ref->atomic || ref->dead || !ref->copies)
		return;
	atomic_long_add(__PERCPU_REF_BIAS, &ref->count);
	smp_store_release(&ref->atomic, false);
}

/* Gives up the reference that init took; the last put calls release. */
static inline void percpu_ref_kill_and_confirm(struct percpu_ref *ref,
					       percpu_ref_func_t *confirm)
{
	/* The reference that init took is given up once. */
	if (WARN_ONCE(READ_ONCE(ref->dead), "%s called more than once on %ps\n", __func__,
		      ref->release))
		return;
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
	if (WARN_ON_ONCE(!ref->dead || !ref->copies))
		return;
	percpu_ref_get(ref);
	WRITE_ONCE(ref->dead, false);
	percpu_ref_switch_to_percpu(ref);
}

/* The same, once it has come to zero. */
static inline void percpu_ref_reinit(struct percpu_ref *ref)
{
	WARN_ON_ONCE(!percpu_ref_is_zero(ref));
	percpu_ref_resurrect(ref);
}

#endif
