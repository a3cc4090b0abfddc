/* Functions that watch others being called: the structures alone. Code isn't changed here. */
#ifndef __LINUX_FTRACE_H
#define __LINUX_FTRACE_H

#include <asm/ptrace.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct ftrace_regs {
	struct pt_regs regs;
};

struct ftrace_ops;
typedef void (*ftrace_func_t)(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			      struct ftrace_regs *regs);

struct ftrace_ops {
	ftrace_func_t func;
	unsigned long flags;
};

enum {
	FTRACE_OPS_FL_ENABLED = 1 << 0,
	FTRACE_OPS_FL_DYNAMIC = 1 << 1,
	FTRACE_OPS_FL_SAVE_REGS = 1 << 2,
	FTRACE_OPS_FL_RECURSION = 1 << 4,
	FTRACE_OPS_FL_PERMANENT = 1 << 13,
};

#define register_ftrace_function(ops) ((int)__unsupported(register_ftrace_function))
#define unregister_ftrace_function(ops) ((int)__unsupported(unregister_ftrace_function))
#define ftrace_set_filter_ip(arguments...) ((int)__unsupported(ftrace_set_filter_ip))

#endif
