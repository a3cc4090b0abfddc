/*
 * Order of accesses as other CPUs see it. s390x keeps the order of all but a store
 * and a later load; BCR 14,0 (fast serialization, z196) orders those, too.
 */
#ifndef __ASM_BARRIER_H
#define __ASM_BARRIER_H

#include <linux/compiler.h>

#define mb() __asm__ __volatile__("bcr 14,0" : : : "memory")
#define rmb() barrier()
#define wmb() barrier()
#define smp_mb() mb()
#define smp_rmb() barrier()
#define smp_wmb() barrier()
#define smp_store_mb(var, value)                                                  \
	do {                                                                      \
		WRITE_ONCE(var, value);                                           \
		smp_mb();                                                         \
	} while (0)
#define smp_store_release(ptr, value)                                             \
	do {                                                                      \
		barrier();                                                        \
		WRITE_ONCE(*(ptr), value);                                        \
	} while (0)
#define smp_load_acquire(ptr)                                                     \
	({                                                                        \
		typeof(*(ptr)) __local_loaded__ = READ_ONCE(*(ptr));              \
		barrier();                                                        \
		__local_loaded__;                                                 \
	})

#define cpu_relax() barrier()

/* Waits until the condition holds of VAL, the value at ptr; that value. */
#define smp_cond_load_relaxed(ptr, condition)                                     \
	({                                                                        \
		typeof(*(ptr)) VAL;                                               \
		while (VAL = READ_ONCE(*(ptr)), !(condition))                     \
			cpu_relax();                                              \
		VAL;                                                              \
	})
#define smp_cond_load_acquire(ptr, condition)                                     \
	({                                                                        \
		typeof(*(ptr)) __local_seen__ = smp_cond_load_relaxed(ptr, condition); \
		barrier();                                                        \
		__local_seen__;                                                   \
	})

#endif
