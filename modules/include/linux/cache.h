#ifndef __LINUX_CACHE_H
#define __LINUX_CACHE_H

#include <linux/compiler.h>

#define L1_CACHE_SHIFT 8
#define L1_CACHE_BYTES (1 << L1_CACHE_SHIFT)
#define SMP_CACHE_BYTES L1_CACHE_BYTES
#define ____cacheline_aligned __aligned(SMP_CACHE_BYTES)
#define ____cacheline_aligned_in_smp ____cacheline_aligned
/* As Linux has it, in a section of their own, where the linker leaves no gaps. */
#define __cacheline_aligned                                                       \
	__aligned(SMP_CACHE_BYTES) __section(".data..cacheline_aligned")
#define __cacheline_aligned_in_smp __cacheline_aligned
#define __read_mostly __section(".data..read_mostly")

#endif
