/* Machine checks of the running CPU, off and on again. */
#ifndef _ASM_IRQ_H
#define _ASM_IRQ_H

#include <asm/ptrace.h>

#define PSW_MASK_MCHECK 0x0004000000000000UL

static inline unsigned long __extract_psw(void)
{
	unsigned int high, low;

	/* Register 0 in the second place would be none. */
	__asm__ __volatile__("epsw %0,%1" : "=d"(high), "=a"(low));
	return (unsigned long)high << 32 | low;
}

static inline void __load_psw_mask(unsigned long mask)
{
	psw_t psw = { mask, 0 };

	__asm__ __volatile__("larl %%r1,0f\n"
			     "stg %%r1,%[address]\n"
			     "lpswe %[psw]\n"
			     "0:\n"
			     : [address] "+Q"(psw.addr)
			     : [psw] "Q"(psw)
			     : "1", "memory", "cc");
}

static inline void local_mcck_enable(void)
{
	__load_psw_mask(__extract_psw() | PSW_MASK_MCHECK);
}

static inline void local_mcck_disable(void)
{
	__load_psw_mask(__extract_psw() & ~PSW_MASK_MCHECK);
}

#endif
