/* Hashes of names, with their lengths. */
#ifndef __LINUX_STRINGHASH_H
#define __LINUX_STRINGHASH_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/types.h>

#define init_name_hash(salt) ((unsigned long)(salt))

static inline unsigned long partial_name_hash(unsigned long byte, unsigned long before)
{
	return (before + (byte << 4) + (byte >> 4)) * 11;
}

static inline unsigned int end_name_hash(unsigned long hash)
{
	return hash_long(hash, 32);
}

static inline unsigned int full_name_hash(const void *salt, const char *name, unsigned int length)
{
	unsigned long hash = init_name_hash(salt);

	while (length--)
		hash = partial_name_hash((unsigned char)*name++, hash);
	return end_name_hash(hash);
}

/* A length in the upper half, a hash in the lower. */
#define hashlen_hash(hashlen) ((u32)(hashlen))
#define hashlen_len(hashlen) ((u32)((hashlen) >> 32))
#define hashlen_create(hash, length) ((u64)(length) << 32 | (u32)(hash))

static inline u64 hashlen_string(const void *salt, const char *name)
{
	unsigned int length = 0;

	while (name[length])
		length++;
	return hashlen_create(full_name_hash(salt, name, length), length);
}

#endif
