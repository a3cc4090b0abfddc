/* A weak per-CPU variable and a function that counts on it. Leave this file as it is. */
#include <linux/module.h>
#include <linux/percpu.h>

static DEFINE_PER_CPU(unsigned long, lab_hits);

unsigned long weak_lab_hit(void);
unsigned long weak_lab_hit(void)
{
	return this_cpu_inc_return(lab_hits);
}
EXPORT_SYMBOL_GPL(weak_lab_hit);

static int __init weak_lab_init(void)
{
	return 0;
}

static void __exit weak_lab_exit(void)
{
}

module_init(weak_lab_init);
module_exit(weak_lab_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A weak definition that one flag undoes");
