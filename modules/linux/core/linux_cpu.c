// SPDX-License-Identifier: MIT
/* What this CPU can do, by its facilities (Principles of Operation, STORE FACILITY LIST EXTENDED). */
#include "../provider.h"
#include <linux/types.h>

/* A bit each, from the highest of the first. */
u64 stfle_fac_list[16];
OFFER_DATA(stfle_fac_list);

static int __init ask(void)
{
	register unsigned long count __asm__("0") = ARRAY_SIZE(stfle_fac_list) - 1;

	__asm__ volatile("stfle 0(%1)" : "+d"(count) : "a"(stfle_fac_list) : "memory", "cc");
	return 0;
}
module_init(ask);

static void __exit nothing(void)
{
}
module_exit(nothing);

/* Linux's numbers of what it lets its kernel use. */
#define MESSAGE_SECURITY 0
#define MESSAGE_SECURITY_FACILITY 17

/* Vector registers aren't: this kernel keeps none for its code. */
int cpu_has(unsigned int feature)
{
	return feature == MESSAGE_SECURITY &&
	       stfle_fac_list[0] >> (63 - MESSAGE_SECURITY_FACILITY) & 1;
}
OFFER_AS(cpu_have_feature, cpu_has);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers the CPU's facilities to Linux's modules");
