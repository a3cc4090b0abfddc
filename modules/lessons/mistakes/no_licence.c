#include <linux/module.h>
#include <linux/percpu.h>

static int __init begin(void)
{
	pr_info("loaded\n");
	return 0;
}

static void __exit end(void)
{
}

module_init(begin);
module_exit(end);
