/* Numbers at any address: s390x loads and stores them there as everywhere. */
#ifndef _ASM_UNALIGNED_H
#define _ASM_UNALIGNED_H

#include <linux/types.h>

#define get_unaligned(pointer)                                                     \
	({                                                                        \
		const struct {                                                    \
			typeof(*(pointer)) __local_value__;                                 \
		} __packed *__local_at__ = (const void *)(pointer);                     \
		__local_at__->__local_value__;                                                    \
	})

#define put_unaligned(number, pointer)                                             \
	({                                                                        \
		struct {                                                          \
			typeof(*(pointer)) __local_value__;                                 \
		} __packed *__local_at__ = (void *)(pointer);                           \
		__local_at__->__local_value__ = (number);                                         \
	})

#define __UNALIGNED(bits)                                                          \
static inline u##bits get_unaligned_be##bits(const void *at)                      \
{                                                                                 \
	return get_unaligned((const u##bits *)at);                                \
}                                                                                 \
static inline void put_unaligned_be##bits(u##bits number, void *at)               \
{                                                                                 \
	put_unaligned(number, (u##bits *)at);                                     \
}                                                                                 \
static inline u##bits get_unaligned_le##bits(const void *at)                      \
{                                                                                 \
	return __builtin_bswap##bits(get_unaligned((const u##bits *)at));         \
}                                                                                 \
static inline void put_unaligned_le##bits(u##bits number, void *at)               \
{                                                                                 \
	put_unaligned(__builtin_bswap##bits(number), (u##bits *)at);              \
}

__UNALIGNED(16)
__UNALIGNED(32)
__UNALIGNED(64)
#undef __UNALIGNED

#endif
