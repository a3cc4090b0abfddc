/* Clocks: since the kernel started, and since 1970. Both are the TOD clock. */
#ifndef __LINUX_TIMEKEEPING_H
#define __LINUX_TIMEKEEPING_H

#include <asm/timex.h>
#include <linux/ktime.h>

/* The TOD clock at the beginning of 1970: it counts from 1900. */
#define __TOD_OF_1970 0x7d91048bca000000UL

static inline ktime_t ktime_get_real(void)
{
	return tod_to_ns(get_tod_clock_fast() - __TOD_OF_1970);
}

#define ktime_get_ns() ((u64)ktime_get())
#define ktime_get_raw() ktime_get()
#define ktime_get_raw_ns() ktime_get_ns()
#define ktime_get_boottime() ktime_get()
#define ktime_get_boottime_ns() ktime_get_ns()
#define ktime_get_mono_fast_ns() ktime_get_ns()
#define ktime_get_real_ns() ((u64)ktime_get_real())
#define ktime_get_real_fast_ns() ktime_get_real_ns()
#define ktime_get_coarse() ktime_get()
#define ktime_get_seconds() (ktime_get() / NSEC_PER_SEC)
#define ktime_get_real_seconds() (ktime_get_real() / NSEC_PER_SEC)
#define local_clock() ktime_get_ns()

static inline void ktime_get_ts64(struct timespec64 *time)
{
	*time = ns_to_timespec64(ktime_get());
}

static inline void ktime_get_real_ts64(struct timespec64 *time)
{
	*time = ns_to_timespec64(ktime_get_real());
}

#endif
