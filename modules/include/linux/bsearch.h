/* An element of a sorted array, by halves. Compiled into who uses it. */
#ifndef __LINUX_BSEARCH_H
#define __LINUX_BSEARCH_H

#include <linux/sort.h>

static inline void *bsearch(const void *key, const void *base, size_t count, size_t size,
			    cmp_func_t compare)
{
	while (count) {
		const char *middle = (const char *)base + count / 2 * size;
		int order = compare(key, middle);

		if (order == 0)
			return (void *)middle;
		if (order > 0) {
			base = middle + size;
			count--;
		}
		count /= 2;
	}
	return NULL;
}

#define __inline_bsearch(key, base, count, size, compare) bsearch(key, base, count, size, compare)

#endif
