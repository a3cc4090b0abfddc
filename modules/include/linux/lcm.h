/* The least common multiple. */
#ifndef __LINUX_LCM_H
#define __LINUX_LCM_H

#include <linux/gcd.h>

/* 0 if either is. */
static inline unsigned long lcm(unsigned long a, unsigned long b)
{
	return a && b ? a / gcd(a, b) * b : 0;
}

#endif
