/* Names of addresses: the kernel's and the modules'. */
#ifndef __LINUX_KALLSYMS_H
#define __LINUX_KALLSYMS_H

#include <linux/kernel.h>

#define KSYM_NAME_LEN 512
#define KSYM_SYMBOL_LEN 640

/* Into a buffer of KSYM_SYMBOL_LEN: `name+0x12/0x40 [module]`, or the number. Its length. */
extern int sprint_symbol(char *buffer, unsigned long address);
/* Without what is behind the +. */
extern int sprint_symbol_no_offset(char *buffer, unsigned long address);
#define sprint_backtrace(buffer, address) sprint_symbol(buffer, address)

#define kallsyms_lookup_name(name) __unsupported(kallsyms_lookup_name)

#endif
