/* Hashes of numbers: a product by the golden ratio, whose highest bits are best. */
#ifndef __LINUX_HASH_H
#define __LINUX_HASH_H

#include <linux/types.h>

#define GOLDEN_RATIO_32 0x61C88647
#define GOLDEN_RATIO_64 0x61C8864680B583EBull
#define GOLDEN_RATIO_PRIME GOLDEN_RATIO_64

static inline u32 __hash_32(u32 value)
{
	return value * GOLDEN_RATIO_32;
}

static inline u32 hash_32(u32 value, unsigned int bits)
{
	return __hash_32(value) >> (32 - bits);
}

static inline u32 hash_64(u64 value, unsigned int bits)
{
	return value * GOLDEN_RATIO_64 >> (64 - bits);
}

#define __hash_32_generic(value) __hash_32(value)
#define hash_64_generic(value, bits) hash_64(value, bits)
#define hash_long(value, bits) hash_64(value, bits)

static inline u32 hash_ptr(const void *pointer, unsigned int bits)
{
	return hash_long((unsigned long)pointer, bits);
}

static inline u32 hash32_ptr(const void *pointer)
{
	unsigned long value = (unsigned long)pointer;

	return (u32)(value ^ value >> 32);
}

#endif
