/* Lab 8: a count that all CPUs add to, and that is moved in batches. */
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

/* What a CPU's copy reaches before it moves to the count. */
#define BATCH 8

/* How many ones each CPU adds when the module is loaded: insmod batched storm=50000 */
static unsigned long storm;
module_param(storm, ulong, 0444);

long batched_add(long amount);
long batched_read(void);
long batched_sum(void);

static DEFINE_PER_CPU(long, batched_copies);
static DEFINE_SPINLOCK(batched_lock);
static long batched_count;

/* Adds to this CPU's copy; a copy of BATCH or more, or of -BATCH or less, moves to the count.
   To be written. */
long batched_add(long amount)
{
	(void)amount;
	return 0;
}
EXPORT_SYMBOL_GPL(batched_add);

/* The count alone: one load, and not exact. Leave it as it is. */
long batched_read(void)
{
	return READ_ONCE(batched_count);
}
EXPORT_SYMBOL_GPL(batched_read);

/* The count and all copies. To be written. */
long batched_sum(void)
{
	return 0;
}
EXPORT_SYMBOL_GPL(batched_sum);

static void many(void *unused)
{
	unsigned long left;

	(void)unused;
	for (left = storm; left; left--)
		batched_add(1);
}

/* Lets all CPUs add at once. Leave it as it is. */
static int __init batched_init(void)
{
	(void)batched_lock;
	(void)batched_copies;
	on_each_cpu(many, NULL, 1);
	return 0;
}

static void __exit batched_exit(void)
{
}

module_init(batched_init);
module_exit(batched_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A count that is moved in batches");
