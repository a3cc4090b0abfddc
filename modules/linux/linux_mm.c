// SPDX-License-Identifier: MIT
/* Memory of a few sizes (Linux: kmalloc), and the records of pages, which have addresses only. */
#include "provider.h"
#include <linux/slab.h>
#include <linux/string.h>

OFFER(__kmalloc);
OFFER(kfree);
OFFER(kmemdup);

/* A cache for each size, by its kind; the size itself comes along. */
void *kmalloc_caches[4][15];
OFFER_DATA(kmalloc_caches);

void *kmalloc_trace(void *cache, gfp_t flags, size_t bytes)
{
	(void)cache;
	return __kmalloc(bytes, flags);
}
OFFER(kmalloc_trace);

/* Where the record of the page at address 0 would be. */
void *vmemmap = (void *)0x100000000000;
OFFER_DATA(vmemmap);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers memory to Linux's modules");
