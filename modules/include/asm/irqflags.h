/*
 * The system mask: STORE THEN AND SYSTEM MASK, STORE THEN OR SYSTEM MASK, SET
 * SYSTEM MASK (Principles of Operation, chapter 10). Bits 6 and 7 of the byte admit
 * I/O and external interruptions.
 */
#ifndef __ASM_IRQFLAGS_H
#define __ASM_IRQFLAGS_H

#include <linux/types.h>

static __always_inline unsigned long arch_local_irq_save(void)
{
	unsigned char mask;

	__asm__ __volatile__("stnsm %0,0xfc" : "=Q"(mask) : : "memory");
	return mask;
}

static __always_inline unsigned long arch_local_save_flags(void)
{
	unsigned char mask;

	__asm__ __volatile__("stosm %0,0x00" : "=Q"(mask) : : "memory");
	return mask;
}

static __always_inline void arch_local_irq_enable(void)
{
	unsigned char mask;

	__asm__ __volatile__("stosm %0,0x03" : "=Q"(mask) : : "memory");
}

static __always_inline void arch_local_irq_restore(unsigned long flags)
{
	unsigned char mask = flags;

	__asm__ __volatile__("ssm %0" : : "Q"(mask) : "memory");
}

static __always_inline bool arch_irqs_disabled_flags(unsigned long flags)
{
	return !(flags & 0x03);
}

#endif
