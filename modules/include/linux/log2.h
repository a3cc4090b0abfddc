/* Powers of two; constants of constants. */
#ifndef __LINUX_LOG2_H
#define __LINUX_LOG2_H

#include <linux/bitops.h>

#define ilog2(n) ((int)(63 - __builtin_clzll((unsigned long long)(n))))
#define const_ilog2(n) ilog2(n)
#define order_base_2(n)                                                           \
	((n) > 1 ? ilog2((unsigned long long)(n)-1) + 1 : 0)

static __always_inline bool is_power_of_2(unsigned long n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

#define __roundup_pow_of_two(n) (1UL << fls_long((n)-1))
#define __rounddown_pow_of_two(n) (1UL << (fls_long(n) - 1))
#define roundup_pow_of_two(n) ((n) == 1 ? 1UL : 1UL << (ilog2((n)-1) + 1))
#define rounddown_pow_of_two(n) (1UL << ilog2(n))

#endif
