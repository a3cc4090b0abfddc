/* Masks of bits, counted from the right. */
#ifndef __LINUX_BITS_H
#define __LINUX_BITS_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/const.h>
#include <linux/types.h>

#define BITS_PER_LONG_LONG 64

#define BIT(bit) (UL(1) << (bit))
#define BIT_ULL(bit) (ULL(1) << (bit))
#define BIT_MASK(bit) (UL(1) << ((bit) % BITS_PER_LONG))
#define BIT_WORD(bit) ((bit) / BITS_PER_LONG)
#define BIT_ULL_MASK(bit) (ULL(1) << ((bit) % BITS_PER_LONG_LONG))
#define BIT_ULL_WORD(bit) ((bit) / BITS_PER_LONG_LONG)
#define BITS_PER_TYPE(type) (sizeof(type) * BITS_PER_BYTE)
#define BITS_TO_U64(bits) (((bits) + 63) / 64)
#define BITS_TO_U32(bits) (((bits) + 31) / 32)
#define BITS_TO_BYTES(bits) (((bits) + 7) / 8)

/* No program if both are constants the wrong way round. */
#define GENMASK_INPUT_CHECK(high, low)                                            \
	(BUILD_BUG_ON_ZERO(__builtin_choose_expr(__is_constexpr((low) > (high)),  \
						 (low) > (high), 0)))
#define __GENMASK(high, low)                                                      \
	((~UL(0) << (low)) & (~UL(0) >> (BITS_PER_LONG - 1 - (high))))
#define __GENMASK_ULL(high, low)                                                  \
	((~ULL(0) << (low)) & (~ULL(0) >> (BITS_PER_LONG_LONG - 1 - (high))))
/* Bits low to high, both included. */
#define GENMASK(high, low) (GENMASK_INPUT_CHECK(high, low) + __GENMASK(high, low))
#define GENMASK_ULL(high, low) (GENMASK_INPUT_CHECK(high, low) + __GENMASK_ULL(high, low))

#endif
