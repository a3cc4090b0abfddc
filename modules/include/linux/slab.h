/* Memory from the kernel heap, aligned as kmalloc's in Linux. */
#ifndef __LINUX_SLAB_H
#define __LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/types.h>

extern void *__kmalloc(size_t bytes, gfp_t flags) __malloc __must_check;
extern void *krealloc(const void *memory, size_t bytes, gfp_t flags) __must_check;
extern void kfree(const void *memory);
extern size_t ksize(const void *memory);

#define ARCH_KMALLOC_MINALIGN 8

static inline void *__must_check kmalloc(size_t bytes, gfp_t flags)
{
	return __kmalloc(bytes, flags);
}

static inline void *__must_check kzalloc(size_t bytes, gfp_t flags)
{
	return kmalloc(bytes, flags | __GFP_ZERO);
}

/* NULL also if the product doesn't fit. */
static inline void *__must_check kmalloc_array(size_t count, size_t bytes, gfp_t flags)
{
	return kmalloc(size_mul(count, bytes), flags);
}

static inline void *__must_check kcalloc(size_t count, size_t bytes, gfp_t flags)
{
	return kmalloc_array(count, bytes, flags | __GFP_ZERO);
}

static inline void *__must_check kmalloc_node(size_t bytes, gfp_t flags, int node)
{
	(void)node;
	return kmalloc(bytes, flags);
}

struct kmem_cache;
#define kmem_cache_create(arguments...) ((struct kmem_cache *)__unsupported(kmem_cache_create))

#endif
