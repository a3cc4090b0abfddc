// SPDX-License-Identifier: MIT
/*
 * Memory by the byte: kmalloc and its kin, vmalloc, caches of objects. The kernel's own
 * functions; flags have Linux's numbers here as there.
 */
#include "../provider.h"
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

OFFER(__kmalloc);
OFFER(krealloc);
OFFER(kfree);
OFFER(ksize);
OFFER(kmemdup);
OFFER(kstrdup);
OFFER(vmalloc);
OFFER(vzalloc);
OFFER(vfree);
OFFER(kmem_cache_create);
OFFER(kmem_cache_destroy);
OFFER(kmem_cache_alloc);
OFFER(kmem_cache_free);
OFFER(kmem_cache_size);

/*
 * The caches that code which knows its size at compile time names: four kinds, up to 8 KiB.
 * kmalloc_trace is passed the size, too, so what stands here isn't looked at.
 */
struct kmem_cache *kmalloc_caches[4][14];
OFFER_DATA(kmalloc_caches);

void *kmalloc_trace(struct kmem_cache *cache, gfp_t flags, size_t bytes)
{
	(void)cache;
	return __kmalloc(bytes, flags);
}
OFFER(kmalloc_trace);

void *kvmalloc_on_node(size_t bytes, gfp_t flags, int node)
{
	(void)node;
	return kvmalloc(bytes, flags);
}
OFFER_AS(kvmalloc_node, kvmalloc_on_node);

void *vmalloc_with(unsigned long bytes, gfp_t flags)
{
	return __vmalloc(bytes, flags);
}
#undef __vmalloc
OFFER_AS(__vmalloc, vmalloc_with);

void *vmalloc_on_node(unsigned long bytes, int node)
{
	return vmalloc_node(bytes, node);
}
#undef vmalloc_node
OFFER_AS(vmalloc_node, vmalloc_on_node);

void kvfree_any(const void *memory)
{
	kvfree(memory);
}
OFFER_AS(kvfree, kvfree_any);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers memory by the byte to Linux's modules");
