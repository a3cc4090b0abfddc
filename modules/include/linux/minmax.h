#ifndef __LINUX_MINMAX_H
#define __LINUX_MINMAX_H

#include <linux/compiler.h>

/* The comparison of the pointers is what warns of two different types. */
#define __typed_pick(x, y, unique_x, unique_y, operator)                          \
	({                                                                        \
		typeof(x) unique_x = (x);                                         \
		typeof(y) unique_y = (y);                                         \
		(void)(&unique_x == &unique_y);                                   \
		unique_x operator unique_y ? unique_x : unique_y;                 \
	})
#define min(x, y) __typed_pick(x, y, __UNIQUE_ID(__left), __UNIQUE_ID(__right), <)
#define max(x, y) __typed_pick(x, y, __UNIQUE_ID(__left), __UNIQUE_ID(__right), >)
#define min3(x, y, z) min((typeof(x))min(x, y), z)
#define max3(x, y, z) max((typeof(x))max(x, y), z)
#define min_t(type, x, y) min((type)(x), (type)(y))
#define max_t(type, x, y) max((type)(x), (type)(y))
#define clamp(value, low, high) min((typeof(value))max(value, low), high)
#define clamp_t(type, value, low, high) min_t(type, max_t(type, value, low), high)
#define clamp_val(value, low, high) clamp_t(typeof(value), value, low, high)
#define swap(a, b)                                                                \
	do {                                                                      \
		typeof(a) __local_swapped__ = (a);                                        \
		(a) = (b);                                                        \
		(b) = __local_swapped__;                                                  \
	} while (0)

#endif
