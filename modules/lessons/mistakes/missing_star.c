#include <linux/module.h>
#include <linux/percpu.h>

static int __percpu *area;

static int __init begin(void)
{
	area = alloc_percpu(int);
	if (!area)
		return -ENOMEM;
	*area = 1;
	this_cpu_inc(area);
	return 0;
}

static void __exit end(void)
{
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
