/* Probes: the structures alone, for none is put anywhere. Code isn't changed here. */
#ifndef __LINUX_KPROBES_H
#define __LINUX_KPROBES_H

#include <asm/ptrace.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define NOKPROBE_SYMBOL(function)
#define __kprobes

typedef u16 kprobe_opcode_t;
struct kprobe;
struct kretprobe_instance;
typedef int (*kprobe_pre_handler_t)(struct kprobe *probe, struct pt_regs *regs);
typedef void (*kprobe_post_handler_t)(struct kprobe *probe, struct pt_regs *regs,
				      unsigned long flags);
typedef int (*kretprobe_handler_t)(struct kretprobe_instance *instance, struct pt_regs *regs);

struct kprobe {
	kprobe_opcode_t *addr;
	const char *symbol_name;
	unsigned int offset;
	kprobe_pre_handler_t pre_handler;
	kprobe_post_handler_t post_handler;
};

struct kretprobe {
	struct kprobe kp;
	kretprobe_handler_t handler, entry_handler;
	int maxactive;
	size_t data_size;
};

#define register_kprobe(probe) ((int)__unsupported(register_kprobe))
#define unregister_kprobe(probe) ((void)__unsupported(unregister_kprobe))
#define register_kretprobe(probe) ((int)__unsupported(register_kretprobe))
#define unregister_kretprobe(probe) ((void)__unsupported(unregister_kretprobe))

#endif
