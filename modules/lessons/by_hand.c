/*
 * The arithmetic by hand, step by step: slot, handle, offset, copy.
 *
 *   larl %r1,hits@GOTENT    the address of the slot, beside the module
 *   lg   %r1,0(%r1)         what the loader wrote there: the handle
 *   lg   %r2,816            this CPU's offset, from its lowcore
 *   agr  %r1,%r2            the copy
 */
#include "lesson.h"

static DEFINE_PER_CPU(unsigned long, by_hand_hits) = 41;

static int __init by_hand_init(void)
{
	unsigned long slot, handle, offset, copy;
	int cpu;

	__asm__("larl %0,by_hand_hits@GOTENT" : "=a"(slot));
	__asm__("lg %0,0(%1)" : "=d"(handle) : "a"(slot) : "memory");
	__asm__("lg %0,816" : "=d"(offset));
	copy = handle + offset;
	*(unsigned long *)copy += 1;
	pr_info("lesson by_hand: slot   0x%px in the module's table\n", (void *)slot);
	pr_info("lesson by_hand: handle 0x%px is in the slot\n", (void *)handle);
	pr_info("lesson by_hand: offset 0x%px of cpu %d, from byte 816 of its lowcore\n",
		(void *)offset, smp_processor_id());
	pr_info("lesson by_hand: copy   0x%px is handle + offset, and holds %lu\n", (void *)copy,
		*(unsigned long *)copy);
	for_each_possible_cpu(cpu)
		pr_info("lesson by_hand: copy   0x%px is cpu %d's, and holds %lu\n",
			(void *)(handle + per_cpu_offset(cpu)), cpu, per_cpu(by_hand_hits, cpu));
	return this_cpu_read(by_hand_hits) == 42 ? 0 : -EIO;
}

static void __exit by_hand_exit(void)
{
}

module_init(by_hand_init);
module_exit(by_hand_exit);
MODULE_LICENSE("GPL");
