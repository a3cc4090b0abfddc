/* Stacks: which there are, where the running function's frame is, calls on another one. */
#ifndef _ASM_STACKTRACE_H
#define _ASM_STACKTRACE_H

#include <asm/ptrace.h>
#include <linux/kernel.h>
#include <linux/types.h>

/* The fault stack goes by the name of the restart stack. */
enum stack_type {
	STACK_TYPE_UNKNOWN,
	STACK_TYPE_TASK,
	STACK_TYPE_IRQ,
	STACK_TYPE_NODAT,
	STACK_TYPE_RESTART,
	STACK_TYPE_MCCK,
};

struct stack_info {
	enum stack_type type;
	unsigned long begin, end;
};

static inline const char *stack_type_name(enum stack_type type)
{
	switch (type) {
	case STACK_TYPE_TASK:
		return "task";
	case STACK_TYPE_IRQ:
		return "irq";
	case STACK_TYPE_NODAT:
		return "nodat";
	case STACK_TYPE_RESTART:
		return "restart";
	case STACK_TYPE_MCCK:
		return "mcck";
	default:
		return "unknown";
	}
}

/* The frame that holds what the running function has saved: its caller's. */
#define current_frame_address() ((unsigned long)__builtin_frame_address(0))

#define current_stack_pointer                                                     \
	({                                                                        \
		unsigned long __local_pointer__;                                  \
										  \
		__asm__ __volatile__("lgr %0,%%r15" : "=d"(__local_pointer__));   \
		__local_pointer__;                                                \
	})

/*
 * Calls a function of up to five arguments on another stack, whose initial stack pointer is
 * given; its chain goes on with the caller's frame. Each argument comes behind its type.
 */
#define call_on_stack(count, stack, type, function, arguments...)                 \
	((type)__call_on_stack(stack, (void *)(function), current_frame_address(), \
			       __ARGUMENTS_##count(arguments)))
#define __argument(type, value)                                                   \
	({                                                                        \
		typecheck(type, value);                                           \
		(unsigned long)(value);                                           \
	})
#define __ARGUMENTS_0() 0, 0, 0, 0, 0
#define __ARGUMENTS_1(t1, a1) __argument(t1, a1), 0, 0, 0, 0
#define __ARGUMENTS_2(t1, a1, t2, a2)                                             \
	__argument(t1, a1), __argument(t2, a2), 0, 0, 0
#define __ARGUMENTS_3(t1, a1, t2, a2, t3, a3)                                     \
	__argument(t1, a1), __argument(t2, a2), __argument(t3, a3), 0, 0
#define __ARGUMENTS_4(t1, a1, t2, a2, t3, a3, t4, a4)                             \
	__argument(t1, a1), __argument(t2, a2), __argument(t3, a3), \
	__argument(t4, a4), 0
#define __ARGUMENTS_5(t1, a1, t2, a2, t3, a3, t4, a4, t5, a5)                     \
	__argument(t1, a1), __argument(t2, a2), __argument(t3, a3), \
	__argument(t4, a4), __argument(t5, a5)

static __always_inline unsigned long __call_on_stack(unsigned long stack, void *function,
						     unsigned long frame, unsigned long first,
						     unsigned long second, unsigned long third,
						     unsigned long fourth, unsigned long fifth)
{
	register unsigned long r2 __asm__("2") = first;
	register unsigned long r3 __asm__("3") = second;
	register unsigned long r4 __asm__("4") = third;
	register unsigned long r5 __asm__("5") = fourth;
	register unsigned long r6 __asm__("6") = fifth;
	unsigned long before;

	__asm__ __volatile__("lgr %[before],%%r15\n"
			     "lgr %%r15,%[stack]\n"
			     "stg %[frame],0(%%r15)\n"
			     "basr %%r14,%[function]\n"
			     "lgr %%r15,%[before]\n"
			     : "+d"(r2), "+d"(r3), "+d"(r4), "+d"(r5), [before] "=&d"(before)
			     : [stack] "d"(stack), [frame] "d"(frame), [function] "a"(function),
			       "d"(r6)
			     : "0", "1", "14", "memory", "cc");
	return r2;
}

/* A stack of this CPU's that nothing else uses, while interruptions are off. */
extern unsigned long __spare_stack(void);
struct __stacks_of_cpu {
	unsigned long nodat_stack;
};
#define S390_lowcore ((struct __stacks_of_cpu){ __spare_stack() })

#endif
