/* Objects of a few sizes, aligned as kmalloc's in Linux. */
#ifndef __LINUX_SLAB_H
#define __LINUX_SLAB_H

#include <linux/cache.h>
#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/types.h>

extern void *__kmalloc(size_t bytes, gfp_t flags) __malloc __must_check;
extern void *krealloc(const void *memory, size_t bytes, gfp_t flags) __must_check;
extern void kfree(const void *memory);
extern size_t ksize(const void *memory);

/* A block of no bytes: neither NULL nor memory. */
#define ZERO_SIZE_PTR ((void *)16)
#define ZERO_OR_NULL_PTR(memory) ((unsigned long)(memory) <= (unsigned long)ZERO_SIZE_PTR)

#define ARCH_KMALLOC_MINALIGN 8

typedef unsigned int slab_flags_t;
#define SLAB_HWCACHE_ALIGN ((slab_flags_t)0x2000U)
#define SLAB_PANIC ((slab_flags_t)0x40000U)
#define SLAB_RECLAIM_ACCOUNT ((slab_flags_t)0x20000U)
#define SLAB_ACCOUNT ((slab_flags_t)0x4000000U)

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

static inline void kfree_sensitive(const void *memory)
{
	size_t bytes = ksize(memory);

	if (bytes)
		memzero_explicit((void *)memory, bytes);
	kfree(memory);
}

#define kzfree(memory) kfree_sensitive(memory)
#define kzalloc_node(bytes, flags, node) kmalloc_node(bytes, (flags) | __GFP_ZERO, node)
#define krealloc_array(memory, count, bytes, flags) krealloc(memory, size_mul(count, bytes), flags)

struct kmem_cache;

/* The constructor runs at each allocation. */
extern struct kmem_cache *kmem_cache_create(const char *name, unsigned int bytes,
					    unsigned int align, slab_flags_t flags,
					    void (*constructor)(void *object));
extern void kmem_cache_destroy(struct kmem_cache *cache);
extern void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t flags) __malloc;
extern void kmem_cache_free(struct kmem_cache *cache, void *object);
extern unsigned int kmem_cache_size(struct kmem_cache *cache);
extern int kmem_cache_shrink(struct kmem_cache *cache);

#define KMEM_CACHE(type, flags)                                                    \
	kmem_cache_create(#type, sizeof(struct type), __alignof__(struct type), flags, NULL)

static inline void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t flags)
{
	return kmem_cache_alloc(cache, flags | __GFP_ZERO);
}

static inline void *kmem_cache_alloc_node(struct kmem_cache *cache, gfp_t flags, int node)
{
	(void)node;
	return kmem_cache_alloc(cache, flags);
}

#endif
