/* Hashes of numbers: by a multiplication, whose upper bits depend on all of the number. */
#ifndef __LINUX_HASH_H
#define __LINUX_HASH_H

#include <linux/compiler.h>
#include <linux/types.h>

/* 2^32 and 2^64 divided by the golden ratio, negative. */
#define GOLDEN_RATIO_32 0x61C88647
#define GOLDEN_RATIO_64 0x61C8864680B583EBull

static inline u32 __hash_32_generic(u32 value)
{
	return value * GOLDEN_RATIO_32;
}

static inline u32 hash_32(u32 value, unsigned int bits)
{
	return __hash_32_generic(value) >> (32 - bits);
}

static __always_inline u32 hash_64_generic(u64 value, unsigned int bits)
{
	return value * GOLDEN_RATIO_64 >> (64 - bits);
}

static inline u32 hash_ptr(const void *pointer, unsigned int bits)
{
	return hash_64_generic((unsigned long)pointer, bits);
}

static inline u32 hash32_ptr(const void *pointer)
{
	unsigned long value = (unsigned long)pointer;

	return value ^ value >> 32;
}

#define __hash_32 __hash_32_generic
#define hash_64 hash_64_generic
#define hash_long(value, bits) hash_64(value, bits)

#endif
