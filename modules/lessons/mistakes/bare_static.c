#include <linux/module.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(int, hits);

static int __init begin(void)
{
	hits++;
	return 0;
}

static void __exit end(void)
{
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
