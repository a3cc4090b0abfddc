#ifndef __LINUX_MATH_H
#define __LINUX_MATH_H

#define __round_mask(x, y) ((typeof(x))((y)-1))
#define round_up(x, y) ((((x)-1) | __round_mask(x, y)) + 1)
#define round_down(x, y) ((x) & ~__round_mask(x, y))
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_UP((unsigned long long)(n), d)
#define roundup(x, y)                                                             \
	({                                                                        \
		typeof(y) __local_unit__ = (y);                                           \
		(((x) + (__local_unit__ - 1)) / __local_unit__) * __local_unit__;                         \
	})
#define rounddown(x, y)                                                           \
	({                                                                        \
		typeof(x) __local_value__ = (x);                                          \
		__local_value__ - (__local_value__ % (y));                                        \
	})
#define abs(x)                                                                    \
	({                                                                        \
		typeof(x) __local_value__ = (x);                                          \
		__local_value__ < 0 ? -__local_value__ : __local_value__;                                 \
	})

/* Divides a number of 64 bits where it is, by one of 32; the remainder. */
#define do_div(number, by)                                                        \
	({                                                                        \
		unsigned int __local_by__ = (by);                                 \
		unsigned int __local_rest__ = (unsigned long long)(number) % __local_by__; \
										  \
		(number) = (unsigned long long)(number) / __local_by__;           \
		__local_rest__;                                                   \
	})

#endif
