#ifndef __LINUX_MATH_H
#define __LINUX_MATH_H

#define __round_mask(x, y) ((typeof(x))((y)-1))
#define round_up(x, y) ((((x)-1) | __round_mask(x, y)) + 1)
#define round_down(x, y) ((x) & ~__round_mask(x, y))
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_UP((unsigned long long)(n), d)
#define roundup(x, y)                                                             \
	({                                                                        \
		typeof(y) __unit = (y);                                           \
		(((x) + (__unit - 1)) / __unit) * __unit;                         \
	})
#define rounddown(x, y)                                                           \
	({                                                                        \
		typeof(x) __value = (x);                                          \
		__value - (__value % (y));                                        \
	})
#define abs(x)                                                                    \
	({                                                                        \
		typeof(x) __value = (x);                                          \
		__value < 0 ? -__value : __value;                                 \
	})

#endif
