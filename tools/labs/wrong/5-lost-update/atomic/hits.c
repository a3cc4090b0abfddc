/* Lab 5: all CPUs count at once. Make the total right, with no CPU waiting for another. */
#include <linux/atomic.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/smp.h>

/* How often each CPU counts: insmod hits each=5000000 */
static unsigned long each;
module_param(each, ulong, 0444);

unsigned long hits_total(void);

/* One variable, which all CPUs share. */
static atomic64_t hits;

/* Counts one hit. To be changed. */
static void hit(void)
{
	atomic64_inc(&hits);
}

/* All hits of all CPUs. To be changed. */
unsigned long hits_total(void)
{
	return atomic64_read(&hits);
}
EXPORT_SYMBOL_GPL(hits_total);

static void many(void *unused)
{
	unsigned long left;

	(void)unused;
	for (left = each; left; left--)
		hit();
}

/* Lets all CPUs count at once. Leave it as it is. */
static int __init hits_init(void)
{
	on_each_cpu(many, NULL, 1);
	return 0;
}

static void __exit hits_exit(void)
{
}

module_init(hits_init);
module_exit(hits_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Counts hits of all CPUs");
