// SPDX-License-Identifier: MIT
/*
 * What ends the run: `how` says which. tools/runner/tests/guest/linux.rs looks at what is printed,
 * and that nothing is behind it.
 */
#include "answers.h"

static int how;
module_param(how, int, 0);

extern __printf(1, 2) void offered_panic(const char *format, ...);
extern void offered_fortify_panic(const char *function);

static int __init start(void)
{
	if (how == 1)
		offered_panic("by %s", "a test");
	if (how == 2)
		offered_fortify_panic("a copy");
	pr_warn("the run goes on\n");
	return 0;
}
module_init(start);
MODULE_LICENSE("MIT");
