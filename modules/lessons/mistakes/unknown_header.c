#include <linux/proc_fs.h>
#include <linux/module.h>
#include <linux/percpu.h>

static struct proc_dir_entry *entry;

static int __init begin(void)
{
	entry = proc_create("hits", 0444, NULL, NULL);
	return entry ? 0 : -ENOMEM;
}

static void __exit end(void)
{
}

module_init(begin);
module_exit(end);
MODULE_LICENSE("GPL");
