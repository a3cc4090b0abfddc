/* Interruptions of the running CPU, off and as they were. */
#ifndef __LINUX_IRQFLAGS_H
#define __LINUX_IRQFLAGS_H

#include <asm/irqflags.h>
#include <linux/kernel.h>

#define local_irq_disable() ((void)arch_local_irq_save())
#define local_irq_enable() arch_local_irq_enable()
#define local_irq_save(flags)                                                     \
	do {                                                                      \
		typecheck(unsigned long, flags);                                  \
		(flags) = arch_local_irq_save();                                  \
	} while (0)
#define local_irq_restore(flags)                                                  \
	do {                                                                      \
		typecheck(unsigned long, flags);                                  \
		arch_local_irq_restore(flags);                                    \
	} while (0)
#define local_save_flags(flags)                                                   \
	do {                                                                      \
		typecheck(unsigned long, flags);                                  \
		(flags) = arch_local_save_flags();                                \
	} while (0)
#define irqs_disabled_flags(flags) arch_irqs_disabled_flags(flags)
#define irqs_disabled() arch_irqs_disabled_flags(arch_local_save_flags())

#endif
