/* What everybody uses: sizes, alignment, minimum and maximum, text in buffers. */
#ifndef __LINUX_KERNEL_H
#define __LINUX_KERNEL_H

#include <asm/byteorder.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/hex.h>
#include <linux/printk.h>
#include <linux/sprintf.h>
#include <linux/stdarg.h>
#include <linux/stddef.h>
#include <linux/stringify.h>
#include <linux/types.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]) + __must_be_array(array))

#define __ALIGN_KERNEL_MASK(x, mask) (((x) + (mask)) & ~(mask))
#define ALIGN(x, a) __ALIGN_KERNEL_MASK((x), (typeof(x))(a)-1)
#define ALIGN_DOWN(x, a) ALIGN((x) - ((a)-1), (a))
#define PTR_ALIGN(p, a) ((typeof(p))ALIGN((unsigned long)(p), (a)))
#define IS_ALIGNED(x, a) (((x) & ((typeof(x))(a)-1)) == 0)

#define upper_32_bits(n) ((u32)(((n) >> 16) >> 16))
#define lower_32_bits(n) ((u32)((n)&0xffffffff))

#define typecheck(type, x)                                                        \
	({                                                                        \
		type __local_wanted__;                                                    \
		typeof(x) __local_found__;                                                \
		(void)(&__local_wanted__ == &__local_found__);                                    \
		1;                                                                \
	})

/* Nothing here sleeps on a queue; what waits says so. */
#define might_sleep() do { } while (0)
#define might_sleep_if(condition) do { (void)(condition); } while (0)
#define cond_resched() ({ 0; })
#define REPEAT_BYTE(byte) (~0UL / 0xff * (byte))
#define PTR_ALIGN_DOWN(p, a) ((typeof(p))ALIGN_DOWN((unsigned long)(p), (a)))
#define u64_to_user_ptr(number) ((void *)(uintptr_t)(number))

extern __printf(1, 2) void panic(const char *format, ...) __noreturn __cold;

#endif
