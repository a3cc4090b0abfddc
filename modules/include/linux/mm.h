/* Pages, and memory by the page. */
#ifndef __LINUX_MM_H
#define __LINUX_MM_H

#include <asm/page.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/page-flags.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

struct page;

/* What a range of a process may be used for. There are no processes. */
#define VM_NONE 0x0
#define VM_READ 0x1
#define VM_WRITE 0x2
#define VM_EXEC 0x4
#define VM_SHARED 0x8
#define VM_MAYREAD 0x10
#define VM_MAYWRITE 0x20
#define VM_MAYEXEC 0x40
#define VM_MAYSHARE 0x80

/* A thread's stack. */
#define THREAD_SIZE (16 * PAGE_SIZE)
#define THREAD_ALIGN THREAD_SIZE

#define PAGE_ALIGN(address) ALIGN(address, PAGE_SIZE)
#define PAGE_ALIGN_DOWN(address) ALIGN_DOWN(address, PAGE_SIZE)
#define PAGE_ALIGNED(address) IS_ALIGNED((unsigned long)(address), PAGE_SIZE)
#define offset_in_page(address) ((unsigned long)(address) & ~PAGE_MASK)

/* A block of a page is one. */
#define __get_free_page(flags) ((unsigned long)kmalloc(PAGE_SIZE, flags))
#define get_zeroed_page(flags) __get_free_page((flags) | __GFP_ZERO)
#define free_page(address) kfree((const void *)(address))

/* Large blocks are of pages of their own. */
static inline void *__must_check kvmalloc(size_t bytes, gfp_t flags)
{
	if (bytes <= PAGE_SIZE)
		return kmalloc(bytes, flags);
	return flags & __GFP_ZERO ? vzalloc(bytes) : vmalloc(bytes);
}

static inline void kvfree(const void *memory)
{
	if (is_vmalloc_addr(memory))
		vfree(memory);
	else
		kfree(memory);
}

#define kvzalloc(bytes, flags) kvmalloc(bytes, (flags) | __GFP_ZERO)
#define kvmalloc_array(count, bytes, flags) kvmalloc(size_mul(count, bytes), flags)
#define kvcalloc(count, bytes, flags) kvmalloc_array(count, bytes, (flags) | __GFP_ZERO)

#endif
