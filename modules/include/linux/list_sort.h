/* Sorting a list: modules/lib/list_sort.c. */
#ifndef __LINUX_LIST_SORT_H
#define __LINUX_LIST_SORT_H

#include <linux/types.h>

/* Above 0 if a comes after b. */
typedef int __attribute__((nonnull(2, 3))) (*list_cmp_func_t)(void *context,
							      const struct list_head *a,
							      const struct list_head *b);

/* Elements that are as good as each other keep their order. */
extern void list_sort(void *context, struct list_head *head, list_cmp_func_t compare)
	__attribute__((nonnull(2, 3)));

#endif
