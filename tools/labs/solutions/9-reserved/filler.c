/* Lab 9: static per-CPU memory that fills the reserved part. */
#include <linux/module.h>
#include <linux/percpu.h>

/* Bytes on each CPU. To be changed. */
#define BYTES 4096

static DEFINE_PER_CPU(char [BYTES], filler_bytes);

static int __init filler_init(void)
{
	this_cpu_write(filler_bytes[0], 1);
	return 0;
}

static void __exit filler_exit(void)
{
}

module_init(filler_init);
module_exit(filler_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Takes static per-CPU memory");
