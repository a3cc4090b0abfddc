/* Numbers with their bytes in the other order. */
#ifndef __LINUX_SWAB_H
#define __LINUX_SWAB_H

#include <linux/types.h>

#define swab16(number) ((u16)__builtin_bswap16(number))
#define swab32(number) ((u32)__builtin_bswap32(number))
#define swab64(number) ((u64)__builtin_bswap64(number))
#define __swab16(number) swab16(number)
#define __swab32(number) swab32(number)
#define __swab64(number) swab64(number)

#define __SWAB_AT(bits)                                                           \
static inline u##bits swab##bits##p(const u##bits *at)                            \
{                                                                                 \
	return swab##bits(*at);                                                   \
}                                                                                 \
static inline void swab##bits##s(u##bits *at)                                     \
{                                                                                 \
	*at = swab##bits(*at);                                                    \
}

__SWAB_AT(16)
__SWAB_AT(32)
__SWAB_AT(64)
#undef __SWAB_AT

#endif
