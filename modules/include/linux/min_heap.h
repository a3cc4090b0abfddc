/*
 * A heap in an array: no element comes before its parent, so the first is the least.
 *
 *             0
 *          1     2         the children of n are 2n + 1 and 2n + 2
 *         3 4   5 6
 */
#ifndef __LINUX_MIN_HEAP_H
#define __LINUX_MIN_HEAP_H

#include <linux/bug.h>
#include <linux/string.h>
#include <linux/types.h>

struct min_heap {
	void *data;
	int nr;
	int size;
};

struct min_heap_callbacks {
	int elem_size;
	bool (*less)(const void *left, const void *right);
	void (*swp)(void *left, void *right);
};

static __always_inline void *__min_heap_element(struct min_heap *heap, int at,
						const struct min_heap_callbacks *func)
{
	return (char *)heap->data + (long)at * func->elem_size;
}

/* Lets an element sink to where neither child is less. */
static __always_inline void min_heapify(struct min_heap *heap, int at,
					const struct min_heap_callbacks *func)
{
	for (;;) {
		int least = at, child;

		for (child = 2 * at + 1; child <= 2 * at + 2 && child < heap->nr; child++)
			if (func->less(__min_heap_element(heap, child, func),
				       __min_heap_element(heap, least, func)))
				least = child;
		if (least == at)
			return;
		func->swp(__min_heap_element(heap, at, func),
			  __min_heap_element(heap, least, func));
		at = least;
	}
}

/* Makes a heap of an array in any order. */
static __always_inline void min_heapify_all(struct min_heap *heap,
					    const struct min_heap_callbacks *func)
{
	int at;

	for (at = heap->nr / 2 - 1; at >= 0; at--)
		min_heapify(heap, at, func);
}

static __always_inline void min_heap_pop(struct min_heap *heap,
					 const struct min_heap_callbacks *func)
{
	if (WARN_ONCE(heap->nr <= 0, "min_heap_pop: the heap is empty"))
		return;
	heap->nr--;
	memcpy(heap->data, __min_heap_element(heap, heap->nr, func), func->elem_size);
	min_heapify(heap, 0, func);
}

/* Puts an element in the place of the least. */
static __always_inline void min_heap_pop_push(struct min_heap *heap, const void *element,
					      const struct min_heap_callbacks *func)
{
	memcpy(heap->data, element, func->elem_size);
	min_heapify(heap, 0, func);
}

static __always_inline void min_heap_push(struct min_heap *heap, const void *element,
					  const struct min_heap_callbacks *func)
{
	int at = heap->nr, parent;

	if (WARN_ONCE(heap->nr >= heap->size, "min_heap_push: the heap is full"))
		return;
	heap->nr++;
	memcpy(__min_heap_element(heap, at, func), element, func->elem_size);
	for (; at > 0; at = parent) {
		parent = (at - 1) / 2;
		if (!func->less(__min_heap_element(heap, at, func),
				__min_heap_element(heap, parent, func)))
			return;
		func->swp(__min_heap_element(heap, at, func),
			  __min_heap_element(heap, parent, func));
	}
}

#endif
