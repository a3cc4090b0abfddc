/* Heap sort: no memory, no recursion, n log n steps at worst. Compiled into who uses it. */
#ifndef __LINUX_SORT_H
#define __LINUX_SORT_H

#include <linux/types.h>

typedef int (*cmp_func_t)(const void *a, const void *b);
typedef int (*cmp_r_func_t)(const void *a, const void *b, const void *private);
typedef void (*swap_func_t)(void *a, void *b, int size);
typedef void (*swap_r_func_t)(void *a, void *b, int size, const void *private);

static inline void __sort_swap(char *a, char *b, size_t size, swap_r_func_t exchange,
			       const void *private)
{
	if (exchange) {
		exchange(a, b, (int)size, private);
		return;
	}
	while (size--) {
		char byte = a[size];

		a[size] = b[size];
		b[size] = byte;
	}
}

/* Lets the element at `at` sink to where none below it is greater. */
static inline void __sort_sink(char *base, size_t at, size_t count, size_t size,
			       cmp_r_func_t compare, swap_r_func_t exchange, const void *private)
{
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= count)
			return;
		if (child + 1 < count &&
		    compare(base + child * size, base + (child + 1) * size, private) < 0)
			child++;
		if (compare(base + at * size, base + child * size, private) >= 0)
			return;
		__sort_swap(base + at * size, base + child * size, size, exchange, private);
		at = child;
	}
}

static inline void sort_r(void *base, size_t count, size_t size, cmp_r_func_t compare,
			  swap_r_func_t exchange, const void *private)
{
	size_t at;

	for (at = count / 2; at--;)
		__sort_sink(base, at, count, size, compare, exchange, private);
	for (at = count; at-- > 1;) {
		__sort_swap(base, (char *)base + at * size, size, exchange, private);
		__sort_sink(base, 0, at, size, compare, exchange, private);
	}
}

struct __sort_functions {
	cmp_func_t compare;
	swap_func_t exchange;
};

static inline int __sort_compare(const void *a, const void *b, const void *private)
{
	return ((const struct __sort_functions *)private)->compare(a, b);
}

static inline void __sort_swap_by(void *a, void *b, int size, const void *private)
{
	((const struct __sort_functions *)private)->exchange(a, b, size);
}

static inline void sort(void *base, size_t count, size_t size, cmp_func_t compare,
			swap_func_t exchange)
{
	struct __sort_functions functions = { compare, exchange };

	sort_r(base, count, size, __sort_compare, exchange ? __sort_swap_by : NULL, &functions);
}

#endif
