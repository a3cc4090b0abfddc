// SPDX-License-Identifier: MIT
/* Parity of disks: blocks that are combined with each other, up to five at once. */
#include "../provider.h"
#include <linux/types.h>

static void combine(unsigned long bytes, u64 *to, const u64 *from)
{
	for (; bytes >= sizeof(*to); bytes -= sizeof(*to))
		*to++ ^= *from++;
}

static void of_2(unsigned long bytes, u64 *to, const u64 *a)
{
	combine(bytes, to, a);
}

static void of_3(unsigned long bytes, u64 *to, const u64 *a, const u64 *b)
{
	combine(bytes, to, a);
	combine(bytes, to, b);
}

static void of_4(unsigned long bytes, u64 *to, const u64 *a, const u64 *b, const u64 *c)
{
	of_3(bytes, to, a, b);
	combine(bytes, to, c);
}

static void of_5(unsigned long bytes, u64 *to, const u64 *a, const u64 *b, const u64 *c,
		 const u64 *d)
{
	of_3(bytes, to, a, b);
	of_3(bytes, to, c, d);
}

/* A way to do it, of which Linux measures some and takes the fastest. */
struct xor_block_template {
	struct xor_block_template *next;
	const char *name;
	int speed;
	void (*of_2)(unsigned long bytes, u64 *to, const u64 *a);
	void (*of_3)(unsigned long bytes, u64 *to, const u64 *a, const u64 *b);
	void (*of_4)(unsigned long bytes, u64 *to, const u64 *a, const u64 *b, const u64 *c);
	void (*of_5)(unsigned long bytes, u64 *to, const u64 *a, const u64 *b, const u64 *c,
		     const u64 *d);
};

struct xor_block_template xor_block_xc = {
	.name = "xc", .of_2 = of_2, .of_3 = of_3, .of_4 = of_4, .of_5 = of_5
};
OFFER_DATA(xor_block_xc);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers parity of blocks to Linux's modules");
