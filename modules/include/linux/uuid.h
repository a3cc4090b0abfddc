#ifndef __LINUX_UUID_H
#define __LINUX_UUID_H

#include <linux/random.h>
#include <linux/string.h>

#define UUID_SIZE 16
#define UUID_STRING_LEN 36

typedef struct {
	__u8 b[UUID_SIZE];
} uuid_t;

typedef uuid_t guid_t;

static inline bool uuid_equal(const uuid_t *a, const uuid_t *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static inline void uuid_copy(uuid_t *to, const uuid_t *from)
{
	*to = *from;
}

/* A random one: version 4, variant 1. */
static inline void uuid_gen(uuid_t *uuid)
{
	get_random_bytes(uuid->b, UUID_SIZE);
	uuid->b[6] = (uuid->b[6] & 0x0f) | 0x40;
	uuid->b[8] = (uuid->b[8] & 0x3f) | 0x80;
}

#endif
