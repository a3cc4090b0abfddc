/* Whole pages, contiguous in virtual addresses only, where modules lie too. */
#ifndef __LINUX_VMALLOC_H
#define __LINUX_VMALLOC_H

#include <asm/page.h>
#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/types.h>

extern void *vmalloc(unsigned long bytes) __malloc __must_check;
extern void *vzalloc(unsigned long bytes) __malloc __must_check;
extern void vfree(const void *memory);
extern bool is_vmalloc_addr(const void *address);

#define __vmalloc(bytes, flags) ((flags) & __GFP_ZERO ? vzalloc(bytes) : vmalloc(bytes))
extern void *__vmalloc_node(unsigned long bytes, unsigned long align, gfp_t flags, int node,
			    const void *caller) __malloc __must_check;

#define vmalloc_node(bytes, node) ((void)(node), vmalloc(bytes))
#define vcalloc(count, bytes) vzalloc(size_mul(count, bytes))
#define vmalloc_array(count, bytes) vmalloc(size_mul(count, bytes))
#define vmap(arguments...) ((void *)__unsupported(vmap))

#endif
