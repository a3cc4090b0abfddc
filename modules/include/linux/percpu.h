/* Per-CPU memory from the dynamic allocator: a handle, zeroed on every CPU. */
#ifndef __LINUX_PERCPU_H
#define __LINUX_PERCPU_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/percpu-defs.h>
#include <linux/preempt.h>
#include <linux/list.h>
#include <linux/pfn.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/threads.h>
#include <linux/types.h>

#define PCPU_MIN_UNIT_SIZE PFN_ALIGN(32 << 10)

extern void __percpu *__alloc_percpu(size_t bytes, size_t align) __must_check;
/* From mapped pages only. */
extern void __percpu *__alloc_percpu_atomic(size_t bytes, size_t align) __must_check;
extern void free_percpu(void __percpu *handle);
extern bool is_kernel_percpu_address(unsigned long address);
extern phys_addr_t per_cpu_ptr_to_phys(void *address);

static inline void __percpu *__must_check __alloc_percpu_gfp(size_t bytes, size_t align,
							     gfp_t flags)
{
	if (gfpflags_allow_blocking(flags))
		return __alloc_percpu(bytes, align);
	return __alloc_percpu_atomic(bytes, align);
}

#define alloc_percpu_gfp(type, flags)                                             \
	((typeof(type) __percpu *)__alloc_percpu_gfp(sizeof(type), __alignof__(type), flags))
#define alloc_percpu(type)                                                        \
	((typeof(type) __percpu *)__alloc_percpu(sizeof(type), __alignof__(type)))

#endif
