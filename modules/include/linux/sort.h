/* Sorting an array where it lies: modules/lib/sort.c. */
#ifndef __LINUX_SORT_H
#define __LINUX_SORT_H

#include <linux/types.h>

/*
 * Below 0, 0 or above 0, as a comes before b, or is as good, or comes after it. Without
 * swap, elements are exchanged byte by byte.
 */
extern void sort(void *base, size_t count, size_t bytes, cmp_func_t compare, swap_func_t swap);
extern void sort_r(void *base, size_t count, size_t bytes, cmp_r_func_t compare,
		   swap_r_func_t swap, const void *context);

#endif
