/* Functions that a probe may not be put in: here none is put anywhere. */
#ifndef __LINUX_KPROBES_H
#define __LINUX_KPROBES_H

#include <linux/compiler.h>

#define NOKPROBE_SYMBOL(function)
#define __kprobes

#define register_kprobe(probe) ((int)__unsupported(register_kprobe))
#define unregister_kprobe(probe) ((void)__unsupported(unregister_kprobe))

#endif
