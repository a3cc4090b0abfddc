#ifndef __LINUX_GCD_H
#define __LINUX_GCD_H

#include <linux/compiler.h>

/* The greatest common divisor; of 0 and a number, the number. */
static inline unsigned long gcd(unsigned long a, unsigned long b)
{
	while (b) {
		unsigned long rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static inline unsigned long lcm(unsigned long a, unsigned long b)
{
	return a && b ? a / gcd(a, b) * b : 0;
}

#endif
