/*
 * Merge sort of a ring: stable, n log n comparisons. Runs of 1, 2, 4.. entries wait, each
 * for another of its length. Compiled into who uses it.
 */
#ifndef __LINUX_LIST_SORT_H
#define __LINUX_LIST_SORT_H

#include <linux/list.h>

typedef int (*list_cmp_func_t)(void *private, const struct list_head *a,
			       const struct list_head *b);

/* Runs are chains by `next`. Of equal entries a's come first. */
static inline struct list_head *__list_merge(void *private, list_cmp_func_t compare,
					     struct list_head *a, struct list_head *b)
{
	struct list_head *first = NULL, **end = &first;

	while (a && b) {
		struct list_head **from = compare(private, a, b) <= 0 ? &a : &b;

		*end = *from;
		end = &(*from)->next;
		*from = (*from)->next;
	}
	*end = a ? a : b;
	return first;
}

static inline void list_sort(void *private, struct list_head *head, list_cmp_func_t compare)
{
	struct list_head *runs[64] = { NULL }, *entry = head->next, *all = NULL, *last;
	int i;

	if (list_empty(head))
		return;
	head->prev->next = NULL;
	while (entry) {
		struct list_head *run = entry;

		entry = entry->next;
		run->next = NULL;
		for (i = 0; runs[i]; i++) {
			run = __list_merge(private, compare, runs[i], run);
			runs[i] = NULL;
		}
		runs[i] = run;
	}
	for (i = 0; i < 64; i++)
		if (runs[i])
			all = all ? __list_merge(private, compare, runs[i], all) : runs[i];
	for (last = head, entry = all; entry; entry = entry->next) {
		last->next = entry;
		entry->prev = last;
		last = entry;
	}
	last->next = head;
	head->prev = last;
}

#endif
