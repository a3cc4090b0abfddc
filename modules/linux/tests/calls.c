// SPDX-License-Identifier: MIT
/* Tells which of the functions offered were called since it was loaded the last time. */
#include <linux/module.h>

MODULE_INFO(frames, "packed");

extern void print_calls(void);

static int __init tell(void)
{
	print_calls();
	return 0;
}
module_init(tell);

static void __exit told(void)
{
}
module_exit(told);
MODULE_LICENSE("MIT");
