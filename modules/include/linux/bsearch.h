/* A search in a sorted array: modules/lib/bsearch.c. */
#ifndef __LINUX_BSEARCH_H
#define __LINUX_BSEARCH_H

#include <linux/types.h>

/* The element that compares as 0 with the key, or NULL. */
static __always_inline void *__inline_bsearch(const void *key, const void *base, size_t count,
					      size_t bytes, cmp_func_t compare)
{
	const char *first = base;

	while (count) {
		const char *middle = first + count / 2 * bytes;
		int order = compare(key, middle);

		if (!order)
			return (void *)middle;
		if (order > 0) {
			first = middle + bytes;
			count--;
		}
		count /= 2;
	}
	return NULL;
}

extern void *bsearch(const void *key, const void *base, size_t count, size_t bytes,
		     cmp_func_t compare);

#endif
