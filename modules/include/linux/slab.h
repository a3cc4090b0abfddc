/* Memory from the kernel heap, aligned as kmalloc's in Linux. */
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

/*
 * Objects of one size: blocks of kmalloc by a name. A constructor has made an object by
 * the time that it is handed out, each time anew.
 */
struct kmem_cache {
	const char *name;
	unsigned int size;
	unsigned int align;
	slab_flags_t flags;
	void (*constructor)(void *object);
};

static inline struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
						   unsigned int align, slab_flags_t flags,
						   void (*constructor)(void *))
{
	struct kmem_cache *cache;

	/* What kmalloc sees to: 16, and for powers of two up to a page their own. */
	if (flags & SLAB_HWCACHE_ALIGN && align < L1_CACHE_BYTES && size > L1_CACHE_BYTES / 2)
		align = L1_CACHE_BYTES;
	if (align & (align - 1) || align > 4096)
		return NULL;
	cache = kzalloc(sizeof(*cache), GFP_KERNEL);
	if (cache) {
		cache->name = name;
		cache->size = size;
		cache->align = align;
		cache->flags = flags;
		cache->constructor = constructor;
	}
	return cache;
}

static inline void kmem_cache_destroy(struct kmem_cache *cache)
{
	kfree(cache);
}

static inline unsigned int kmem_cache_size(struct kmem_cache *cache)
{
	return cache->size;
}

static inline void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t flags)
{
	unsigned int bytes = cache->size;
	void *object;

	/* A block of a power of two lies at a multiple of itself. */
	if (cache->align > 16)
		for (bytes = cache->align; bytes < cache->size; bytes *= 2)
			;
	object = kmalloc(bytes, flags);
	if (object && cache->constructor)
		cache->constructor(object);
	return object;
}

static inline void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t flags)
{
	return kmem_cache_alloc(cache, flags | __GFP_ZERO);
}

static inline void kmem_cache_free(struct kmem_cache *cache, void *object)
{
	(void)cache;
	kfree(object);
}

#define KMEM_CACHE(type, flags)                                                   \
	kmem_cache_create(#type, sizeof(struct type), __alignof__(struct type), flags, NULL)

#endif
