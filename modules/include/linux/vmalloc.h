/* Whole pages, contiguous in virtual addresses only, where modules lie too. */
#ifndef __LINUX_VMALLOC_H
#define __LINUX_VMALLOC_H

#include <linux/types.h>

extern void *vmalloc(unsigned long bytes) __malloc __must_check;
extern void *vzalloc(unsigned long bytes) __malloc __must_check;
extern void vfree(const void *memory);
extern bool is_vmalloc_addr(const void *address);

#define vmap(arguments...) ((void *)__unsupported(vmap))

#endif
