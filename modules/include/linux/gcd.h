/* The greatest common divisor: modules/lib/gcd.c. */
#ifndef __LINUX_GCD_H
#define __LINUX_GCD_H

#include <linux/compiler.h>

/* Of 0 and b it is b. */
extern unsigned long gcd(unsigned long a, unsigned long b) __attribute_const__;

#endif
