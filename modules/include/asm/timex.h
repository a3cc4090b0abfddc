/*
 * The TOD clock (Principles of Operation, chapter 4, "Time-of-Day Clock"): bit 51 counts
 * microseconds, so 4,096 units are one; it began in 1900.
 */
#ifndef _ASM_S390_TIMEX_H
#define _ASM_S390_TIMEX_H

#include <linux/types.h>

typedef unsigned long cycles_t;

/* Two readings, on whichever CPUs, are never the same. */
static inline unsigned long get_tod_clock(void)
{
	unsigned long clock;

	__asm__ __volatile__("stck %0" : "=Q"(clock) : : "cc");
	return clock;
}

/* Two readings may be the same. */
static inline unsigned long get_tod_clock_fast(void)
{
	unsigned long clock;

	__asm__ __volatile__("stckf %0" : "=Q"(clock) : : "cc");
	return clock;
}

static inline cycles_t get_cycles(void)
{
	return get_tod_clock() >> 2;
}

/* A unit is 125/512 ns; the parts are taken by themselves, as the product has no room. */
static __always_inline unsigned long tod_to_ns(unsigned long units)
{
	return units / 512 * 125 + units % 512 * 125 / 512;
}

#endif
