/* Division of 64-bit numbers: one instruction here, by whatever name. */
#ifndef __LINUX_MATH64_H
#define __LINUX_MATH64_H

#include <linux/math.h>
#include <linux/types.h>

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline s64 div_s64_rem(s64 dividend, s32 divisor, s32 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline s64 div_s64(s64 dividend, s32 divisor)
{
	return dividend / divisor;
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

static inline s64 div64_s64(s64 dividend, s64 divisor)
{
	return dividend / divisor;
}

static inline u64 mul_u32_u32(u32 a, u32 b)
{
	return (u64)a * b;
}

/* The sum of both must fit into 64 bits. */
#define DIV64_U64_ROUND_UP(dividend, divisor)                                     \
	({                                                                        \
		u64 __local_divisor__ = (divisor);                                        \
		div64_u64((dividend) + __local_divisor__ - 1, __local_divisor__);                 \
	})
#define DIV64_U64_ROUND_CLOSEST(dividend, divisor)                                \
	({                                                                        \
		u64 __local_divisor__ = (divisor);                                        \
		div64_u64((dividend) + __local_divisor__ / 2, __local_divisor__);                 \
	})

#endif
