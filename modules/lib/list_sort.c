/*
 * Merge sort of a list, from the bottom: runs of 2^n elements, at most one for each n, as the
 * bits of the number of elements so far. It needs no memory but for those.
 */
#include <linux/export.h>
#include <linux/list.h>
#include <linux/list_sort.h>
#include <linux/module.h>

/* Merges two runs, which end in NULL; of equals, those of the first come first. */
static struct list_head *merge(void *context, list_cmp_func_t compare, struct list_head *a,
			       struct list_head *b)
{
	struct list_head *first = NULL, **end = &first;

	while (a && b) {
		struct list_head **from = compare(context, a, b) > 0 ? &b : &a;

		*end = *from;
		end = &(*from)->next;
		*from = *end;
	}
	*end = a ? a : b;
	return first;
}

void list_sort(void *context, struct list_head *head, list_cmp_func_t compare)
{
	struct list_head *runs[BITS_PER_LONG] = { NULL };
	struct list_head *list = head->next, *sorted = NULL, *before = head;
	int at;

	if (list_empty(head))
		return;
	head->prev->next = NULL;
	while (list) {
		struct list_head *run = list;

		list = list->next;
		run->next = NULL;
		/* Runs of equal length become one, as when 1 is added to a number. */
		for (at = 0; runs[at]; at++) {
			run = merge(context, compare, runs[at], run);
			runs[at] = NULL;
		}
		runs[at] = run;
	}
	/* A longer run has what came earlier. */
	for (at = 0; at < BITS_PER_LONG; at++)
		if (runs[at])
			sorted = merge(context, compare, runs[at], sorted);
	head->next = sorted;
	for (list = sorted; list; list = list->next) {
		list->prev = before;
		before = list;
	}
	before->next = head;
	head->prev = before;
}
EXPORT_SYMBOL(list_sort);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Merge sort of lists");
