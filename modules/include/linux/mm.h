/* Pages, and memory by the page. */
#ifndef __LINUX_MM_H
#define __LINUX_MM_H

#include <asm/page.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

struct page;

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
