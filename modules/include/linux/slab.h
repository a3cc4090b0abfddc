/* Objects of a few sizes, aligned as kmalloc's in Linux. */
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

typedef unsigned int slab_flags_t;

/* Objects begin at lines of the cache. The others mean nothing here. */
#define SLAB_HWCACHE_ALIGN ((slab_flags_t)0x2000)
#define SLAB_PANIC ((slab_flags_t)0x40000)
#define SLAB_RECLAIM_ACCOUNT ((slab_flags_t)0x20000)
#define SLAB_MEM_SPREAD ((slab_flags_t)0x100000)
#define SLAB_ACCOUNT ((slab_flags_t)0x4000000)

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
