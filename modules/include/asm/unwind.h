/*
 * From callee to caller, frame by frame, through interruptions and from stack to stack. The
 * kernel walks: chains of frames that the compiler makes (-mbackchain).
 */
#ifndef _ASM_UNWIND_H
#define _ASM_UNWIND_H

#include <asm/ptrace.h>
#include <asm/stacktrace.h>
#include <linux/sched.h>

struct unwind_state {
	struct stack_info stack_info;
	unsigned long stack_mask;
	struct task_struct *task;
	struct pt_regs *regs;
	unsigned long sp, ip;
	int graph_idx;
	bool reliable, error;
};

extern void __unwind_start(struct unwind_state *state, unsigned long pointer,
			   unsigned long address, unsigned long first);
extern bool unwind_next_frame(struct unwind_state *state);
extern unsigned long unwind_get_return_address(struct unwind_state *state);
extern unsigned long __thread_stack_pointer(struct task_struct *thread);

/* From registers, or the running function, or a thread that has no turn. */
static __always_inline void unwind_start(struct unwind_state *state, struct task_struct *task,
					 struct pt_regs *regs, unsigned long first_frame)
{
	unsigned long pointer, address = 0;

	*state = (struct unwind_state){ .task = task ?: current };
	if (regs) {
		pointer = regs->gprs[15];
		address = regs->psw.addr;
	} else if (state->task == current) {
		pointer = current_frame_address();
	} else {
		pointer = __thread_stack_pointer(task);
	}
	__unwind_start(state, pointer, address, first_frame);
}

static inline bool unwind_done(struct unwind_state *state)
{
	return state->stack_info.type == STACK_TYPE_UNKNOWN;
}

static inline bool unwind_error(struct unwind_state *state)
{
	return state->error;
}

#define unwind_for_each_frame(state, task, regs, first_frame)                     \
	for (unwind_start(state, task, regs, first_frame); !unwind_done(state);   \
	     unwind_next_frame(state))

#endif
