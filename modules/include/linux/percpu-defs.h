/*
 * Static per-CPU variables, and the way from a handle to a CPU's copy.
 *
 *   static DEFINE_PER_CPU(int, hits);       ptr = alloc_percpu(int);
 *
 *   &hits, by lgrl from a GOT slot          ptr
 *          └──────────────┬─────────────────┘
 *               SHIFT_PERCPU_PTR: + this CPU's offset, lowcore byte 816
 *               one instruction does the update (asm/percpu.h)
 *
 * A definition is weak. So gcc can't take it for its own and reach it by larl, which
 * spans 4 GiB: it loads the address from a GOT slot, under -fPIC. That is how Linux
 * solved it for s390 (ARCH_NEEDS_WEAK_PER_CPU). The price: also a `static` one is a
 * global symbol, so no two of a module have one name, and none stands in a function.
 */
#ifndef __LINUX_PERCPU_DEFS_H
#define __LINUX_PERCPU_DEFS_H

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/export.h>
#include <linux/types.h>

#define PER_CPU_BASE_SECTION ".data..percpu"
#define PER_CPU_SHARED_ALIGNED_SECTION "..shared_aligned"
#define PER_CPU_ALIGNED_SECTION "..shared_aligned"
#define PER_CPU_FIRST_SECTION "..first"

#define __PCPU_ATTRS(sec) __percpu __attribute__((section(PER_CPU_BASE_SECTION sec)))
/* Dummies, never linked, that turn wrong uses into errors. */
#define __PCPU_DUMMY_ATTRS __section(".discard") __attribute__((unused))

/*
 * The first dummy takes the `static` that may stand before the macro; the second
 * is global, so two variables of one name are two definitions of it.
 */
#define DECLARE_PER_CPU_SECTION(type, name, sec)                                  \
	extern __PCPU_DUMMY_ATTRS char __pcpu_scope_##name;                       \
	extern __PCPU_ATTRS(sec) __typeof__(type) name
#define DEFINE_PER_CPU_SECTION(type, name, sec)                                   \
	__PCPU_DUMMY_ATTRS char __pcpu_scope_##name;                              \
	extern __PCPU_DUMMY_ATTRS char __pcpu_unique_##name;                      \
	__PCPU_DUMMY_ATTRS char __pcpu_unique_##name;                             \
	extern __PCPU_ATTRS(sec) __typeof__(type) name;                           \
	__PCPU_ATTRS(sec) __weak __typeof__(type) name

#define DECLARE_PER_CPU(type, name) DECLARE_PER_CPU_SECTION(type, name, "")
#define DEFINE_PER_CPU(type, name) DEFINE_PER_CPU_SECTION(type, name, "")

#define DECLARE_PER_CPU_FIRST(type, name)                                         \
	DECLARE_PER_CPU_SECTION(type, name, PER_CPU_FIRST_SECTION)
#define DEFINE_PER_CPU_FIRST(type, name)                                          \
	DEFINE_PER_CPU_SECTION(type, name, PER_CPU_FIRST_SECTION)

#define DECLARE_PER_CPU_SHARED_ALIGNED(type, name)                                \
	DECLARE_PER_CPU_SECTION(type, name, PER_CPU_SHARED_ALIGNED_SECTION)       \
	____cacheline_aligned_in_smp
#define DEFINE_PER_CPU_SHARED_ALIGNED(type, name)                                 \
	DEFINE_PER_CPU_SECTION(type, name, PER_CPU_SHARED_ALIGNED_SECTION)        \
	____cacheline_aligned_in_smp

#define DECLARE_PER_CPU_ALIGNED(type, name)                                       \
	DECLARE_PER_CPU_SECTION(type, name, PER_CPU_ALIGNED_SECTION)              \
	____cacheline_aligned
#define DEFINE_PER_CPU_ALIGNED(type, name)                                        \
	DEFINE_PER_CPU_SECTION(type, name, PER_CPU_ALIGNED_SECTION)               \
	____cacheline_aligned

#define DECLARE_PER_CPU_PAGE_ALIGNED(type, name)                                  \
	DECLARE_PER_CPU_SECTION(type, name, "..page_aligned") __aligned(4096)
#define DEFINE_PER_CPU_PAGE_ALIGNED(type, name)                                   \
	DEFINE_PER_CPU_SECTION(type, name, "..page_aligned") __aligned(4096)

#define DECLARE_PER_CPU_READ_MOSTLY(type, name)                                   \
	DECLARE_PER_CPU_SECTION(type, name, "..read_mostly")
#define DEFINE_PER_CPU_READ_MOSTLY(type, name)                                    \
	DEFINE_PER_CPU_SECTION(type, name, "..read_mostly")

#define EXPORT_PER_CPU_SYMBOL(name) EXPORT_SYMBOL(name)
#define EXPORT_PER_CPU_SYMBOL_GPL(name) EXPORT_SYMBOL_GPL(name)

/* A warning for what is no pointer. */
#define __verify_pcpu_ptr(ptr)                                                    \
	do {                                                                      \
		const void __percpu *__local_verified__ = (typeof((ptr) + 0))NULL;        \
		(void)__local_verified__;                                                 \
	} while (0)

/* As RELOC_HIDE, by another name: by that the runner knows what is meant as a handle. */
#define SHIFT_PERCPU_PTR(ptr, offset)                                             \
	({                                                                        \
		unsigned long __local_handle__;                                   \
		__asm__("" : "=r"(__local_handle__) : "0"(ptr));                  \
		(typeof(*(ptr)) *)(__local_handle__ + (offset));                  \
	})

/* A CPU's copy, by its number; the offsets are the kernel's array. */
extern unsigned long __per_cpu_offset[];
#define per_cpu_offset(cpu) (__per_cpu_offset[cpu])
#define per_cpu_ptr(ptr, cpu)                                                     \
	({                                                                        \
		__verify_pcpu_ptr(ptr);                                           \
		SHIFT_PERCPU_PTR((ptr), per_cpu_offset((cpu)));                   \
	})
#define per_cpu(var, cpu) (*per_cpu_ptr(&(var), cpu))

/* The running CPU's copy. */
#define raw_cpu_ptr(ptr)                                                          \
	({                                                                        \
		__verify_pcpu_ptr(ptr);                                           \
		SHIFT_PERCPU_PTR((ptr), __my_cpu_offset);                         \
	})
#define this_cpu_ptr(ptr) raw_cpu_ptr(ptr)

/* The same, kept until it is put. */
#define get_cpu_var(var)                                                          \
	(*({                                                                      \
		preempt_disable();                                                \
		this_cpu_ptr(&(var));                                             \
	}))
#define put_cpu_var(var)                                                          \
	do {                                                                      \
		(void)&(var);                                                     \
		preempt_enable();                                                 \
	} while (0)
#define get_cpu_ptr(ptr)                                                          \
	({                                                                        \
		preempt_disable();                                                \
		this_cpu_ptr(ptr);                                                \
	})
#define put_cpu_ptr(ptr)                                                          \
	do {                                                                      \
		(void)(ptr);                                                      \
		preempt_enable();                                                 \
	} while (0)

/*
 * Operations on the running CPU's copy. Linux distinguishes this_cpu_ (safe
 * against interrupts), raw_cpu_ (not) and __this_cpu_ (not, and checked); here each
 * is one instruction or one compare-and-swap loop, so all three are safe.
 */
#define this_cpu_read(pcp) __pcpu_read(pcp)
#define this_cpu_write(pcp, val) __pcpu_write(pcp, val)
#define this_cpu_add(pcp, val) __pcpu_add(pcp, val)
#define this_cpu_and(pcp, val) __pcpu_and(pcp, val)
#define this_cpu_or(pcp, val) __pcpu_or(pcp, val)
#define this_cpu_add_return(pcp, val) __pcpu_add_return(pcp, val)
#define this_cpu_xchg(pcp, val) __pcpu_xchg(pcp, val)
#define this_cpu_cmpxchg(pcp, old, new) __pcpu_cmpxchg(pcp, old, new)
#define this_cpu_cmpxchg_double(pcp1, pcp2, old1, old2, new1, new2)               \
	__pcpu_cmpxchg_double(pcp1, pcp2, old1, old2, new1, new2)

#define this_cpu_sub(pcp, val) this_cpu_add(pcp, -(typeof(pcp))(val))
#define this_cpu_inc(pcp) this_cpu_add(pcp, 1)
#define this_cpu_dec(pcp) this_cpu_sub(pcp, 1)
#define this_cpu_sub_return(pcp, val) this_cpu_add_return(pcp, -(typeof(pcp))(val))
#define this_cpu_inc_return(pcp) this_cpu_add_return(pcp, 1)
#define this_cpu_dec_return(pcp) this_cpu_add_return(pcp, -1)

#define raw_cpu_read(pcp) this_cpu_read(pcp)
#define raw_cpu_write(pcp, val) this_cpu_write(pcp, val)
#define raw_cpu_add(pcp, val) this_cpu_add(pcp, val)
#define raw_cpu_and(pcp, val) this_cpu_and(pcp, val)
#define raw_cpu_or(pcp, val) this_cpu_or(pcp, val)
#define raw_cpu_add_return(pcp, val) this_cpu_add_return(pcp, val)
#define raw_cpu_xchg(pcp, val) this_cpu_xchg(pcp, val)
#define raw_cpu_cmpxchg(pcp, old, new) this_cpu_cmpxchg(pcp, old, new)
#define raw_cpu_cmpxchg_double(pcp1, pcp2, old1, old2, new1, new2)                \
	this_cpu_cmpxchg_double(pcp1, pcp2, old1, old2, new1, new2)
#define raw_cpu_sub(pcp, val) this_cpu_sub(pcp, val)
#define raw_cpu_inc(pcp) this_cpu_inc(pcp)
#define raw_cpu_dec(pcp) this_cpu_dec(pcp)
#define raw_cpu_sub_return(pcp, val) this_cpu_sub_return(pcp, val)
#define raw_cpu_inc_return(pcp) this_cpu_inc_return(pcp)
#define raw_cpu_dec_return(pcp) this_cpu_dec_return(pcp)

#define __this_cpu_read(pcp) this_cpu_read(pcp)
#define __this_cpu_write(pcp, val) this_cpu_write(pcp, val)
#define __this_cpu_add(pcp, val) this_cpu_add(pcp, val)
#define __this_cpu_and(pcp, val) this_cpu_and(pcp, val)
#define __this_cpu_or(pcp, val) this_cpu_or(pcp, val)
#define __this_cpu_add_return(pcp, val) this_cpu_add_return(pcp, val)
#define __this_cpu_xchg(pcp, val) this_cpu_xchg(pcp, val)
#define __this_cpu_cmpxchg(pcp, old, new) this_cpu_cmpxchg(pcp, old, new)
#define __this_cpu_cmpxchg_double(pcp1, pcp2, old1, old2, new1, new2)             \
	this_cpu_cmpxchg_double(pcp1, pcp2, old1, old2, new1, new2)
#define __this_cpu_sub(pcp, val) this_cpu_sub(pcp, val)
#define __this_cpu_inc(pcp) this_cpu_inc(pcp)
#define __this_cpu_dec(pcp) this_cpu_dec(pcp)
#define __this_cpu_sub_return(pcp, val) this_cpu_sub_return(pcp, val)
#define __this_cpu_inc_return(pcp) this_cpu_inc_return(pcp)
#define __this_cpu_dec_return(pcp) this_cpu_dec_return(pcp)

#include <asm/percpu.h>
#include <linux/preempt.h>

#endif
