// SPDX-License-Identifier: MIT
/* Prints which of the functions offered were called since it was loaded the last time. */
#include <linux/module.h>

MODULE_INFO(frames, "packed");

extern void print_calls(void);

static int __init print(void)
{
	print_calls();
	return 0;
}
module_init(print);

static void __exit nothing(void)
{
}
module_exit(nothing);
MODULE_LICENSE("MIT");
