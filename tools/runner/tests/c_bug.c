/* Ends the run in its init. */
#include <linux/bug.h>
#include <linux/module.h>

static bool by_panic;
module_param(by_panic, bool, 0);

static int __init bug_init(void)
{
	int zero = 0;

	if (by_panic)
		panic("c_bug panics: %d of %s\n", 1, "one");
	OPTIMIZER_HIDE_VAR(zero);
	BUG_ON(zero == 0);
	return 0;
}

module_init(bug_init);
MODULE_LICENSE("GPL");
