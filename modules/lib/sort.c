/*
 * Heapsort: in place, and never worse than n log n. An array is a heap if no element comes
 * before a child of its own; the first is the last then, and goes behind the rest.
 */
#include <linux/export.h>
#include <linux/module.h>
#include <linux/sort.h>

/* What is sorted, and how. */
struct work {
	char *base;
	size_t bytes;
	cmp_r_func_t compare;
	swap_r_func_t exchange;
	const void *context;
};

static void exchange(const struct work *work, size_t a, size_t b)
{
	char *left = work->base + a * work->bytes, *right = work->base + b * work->bytes;
	size_t at;

	if (work->exchange) {
		work->exchange(left, right, work->bytes, work->context);
		return;
	}
	for (at = 0; at < work->bytes; at++) {
		char byte = left[at];

		left[at] = right[at];
		right[at] = byte;
	}
}

static bool before(const struct work *work, size_t a, size_t b)
{
	return work->compare(work->base + a * work->bytes, work->base + b * work->bytes,
			     work->context) < 0;
}

/* Lets an element sink below all children that come after it. */
static void sink(const struct work *work, size_t at, size_t count)
{
	size_t child;

	while ((child = 2 * at + 1) < count) {
		if (child + 1 < count && before(work, child, child + 1))
			child++;
		if (!before(work, at, child))
			return;
		exchange(work, at, child);
		at = child;
	}
}

void sort_r(void *base, size_t count, size_t bytes, cmp_r_func_t compare, swap_r_func_t swap,
	    const void *context)
{
	struct work work = { base, bytes, compare, swap, context };
	size_t at;

	for (at = count / 2; at-- > 0;)
		sink(&work, at, count);
	while (count > 1) {
		exchange(&work, 0, --count);
		sink(&work, 0, count);
	}
}
EXPORT_SYMBOL(sort_r);

/* The functions of sort, which take no context. */
struct plain {
	cmp_func_t compare;
	swap_func_t exchange;
};

static int compare_plain(const void *a, const void *b, const void *context)
{
	return ((const struct plain *)context)->compare(a, b);
}

static void swap_plain(void *a, void *b, int bytes, const void *context)
{
	((const struct plain *)context)->exchange(a, b, bytes);
}

void sort(void *base, size_t count, size_t bytes, cmp_func_t compare, swap_func_t swap)
{
	struct plain plain = { compare, swap };

	sort_r(base, count, bytes, compare_plain, swap ? swap_plain : NULL, &plain);
}
EXPORT_SYMBOL(sort);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Heapsort");
