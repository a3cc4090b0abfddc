/* What an interruption leaves of the code that it interrupted. */
#ifndef _ASM_PTRACE_H
#define _ASM_PTRACE_H

#include <linux/types.h>

#define NUM_GPRS 16

typedef struct {
	unsigned long mask, addr;
} __aligned(8) psw_t;

/* Only what the kernel's own frames begin with. */
struct pt_regs {
	psw_t psw;
	unsigned long gprs[NUM_GPRS];
};

/* There is no user space. */
#define user_mode(regs) ((void)(regs), 0)
#define instruction_pointer(regs) ((regs)->psw.addr)
#define kernel_stack_pointer(regs) ((regs)->gprs[15])
#define user_stack_pointer(regs) kernel_stack_pointer(regs)
#define regs_return_value(regs) ((regs)->gprs[2])

#endif
