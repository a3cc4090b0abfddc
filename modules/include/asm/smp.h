/* The running CPU's number: lowcore byte 824. Nothing migrates, so it may be kept. */
#ifndef __ASM_SMP_H
#define __ASM_SMP_H

#include <linux/compiler.h>

#define raw_smp_processor_id()                                                    \
	({                                                                        \
		unsigned long __local_cpu__;                                              \
		__asm__("llgf %0,824" : "=d"(__local_cpu__));                             \
		(int)__local_cpu__;                                                       \
	})

#endif
