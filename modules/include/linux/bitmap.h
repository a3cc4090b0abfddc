/* Maps of bits as a whole. Bits beyond the last one may be anything, and are left out. */
#ifndef __LINUX_BITMAP_H
#define __LINUX_BITMAP_H

#include <linux/bitops.h>
#include <linux/slab.h>
#include <linux/string.h>

#define BITMAP_FIRST_WORD_MASK(start) (~0UL << ((start) & (BITS_PER_LONG - 1)))
#define BITMAP_LAST_WORD_MASK(bits) (~0UL >> (-(bits) & (BITS_PER_LONG - 1)))

static inline void bitmap_zero(unsigned long *to, unsigned int bits)
{
	memset(to, 0, BITS_TO_LONGS(bits) * sizeof(*to));
}

static inline void bitmap_fill(unsigned long *to, unsigned int bits)
{
	memset(to, 0xff, BITS_TO_LONGS(bits) * sizeof(*to));
}

static inline void bitmap_copy(unsigned long *to, const unsigned long *from, unsigned int bits)
{
	memmove(to, from, BITS_TO_LONGS(bits) * sizeof(*to));
}

#define __define_bitmap_operation(name, expression)                               \
	static inline bool bitmap_##name(unsigned long *to, const unsigned long *a, \
					 const unsigned long *b, unsigned int bits) \
	{                                                                         \
		unsigned int word, words = BITS_TO_LONGS(bits);                   \
		unsigned long any = 0;                                            \
										  \
		for (word = 0; word < words; word++) {                            \
			to[word] = expression;                                    \
			any |= word + 1 == words ? to[word] & BITMAP_LAST_WORD_MASK(bits) : \
						   to[word];                      \
		}                                                                 \
		return any != 0;                                                  \
	}
__define_bitmap_operation(and, a[word] & b[word])
__define_bitmap_operation(or, a[word] | b[word])
__define_bitmap_operation(xor, a[word] ^ b[word])
__define_bitmap_operation(andnot, a[word] & ~b[word])

static inline void bitmap_complement(unsigned long *to, const unsigned long *from,
				     unsigned int bits)
{
	unsigned int word;

	for (word = 0; word < BITS_TO_LONGS(bits); word++)
		to[word] = ~from[word];
}

static inline bool bitmap_empty(const unsigned long *map, unsigned int bits)
{
	return find_first_bit(map, bits) == bits;
}

static inline bool bitmap_full(const unsigned long *map, unsigned int bits)
{
	return find_first_zero_bit(map, bits) == bits;
}

static inline unsigned int bitmap_weight(const unsigned long *map, unsigned int bits)
{
	return hweight_of(map, bits);
}

static inline bool bitmap_subset(const unsigned long *part, const unsigned long *whole,
				 unsigned int bits)
{
	return find_next_andnot_bit(part, whole, bits, 0) == bits;
}

static inline bool bitmap_intersects(const unsigned long *a, const unsigned long *b,
				     unsigned int bits)
{
	return find_first_and_bit(a, b, bits) != bits;
}

static inline bool bitmap_equal(const unsigned long *a, const unsigned long *b,
				unsigned int bits)
{
	return bitmap_subset(a, b, bits) && bitmap_subset(b, a, bits);
}

static inline void bitmap_set(unsigned long *map, unsigned int start, unsigned int count)
{
	while (count--)
		__set_bit(start++, map);
}

static inline void bitmap_clear(unsigned long *map, unsigned int start, unsigned int count)
{
	while (count--)
		__clear_bit(start++, map);
}

/* Start of the first so many zeros at a multiple of mask + 1; beyond `size` if none. */
static inline unsigned long bitmap_find_next_zero_area(unsigned long *map, unsigned long size,
						       unsigned long start, unsigned int count,
						       unsigned long mask)
{
	for (;;) {
		unsigned long end, used;

		start = (find_next_zero_bit(map, size, start) + mask) & ~mask;
		end = start + count;
		if (end > size)
			return end;
		used = find_next_bit(map, end, start);
		if (used >= end)
			return start;
		start = used + 1;
	}
}

static inline unsigned long *bitmap_alloc(unsigned int bits, gfp_t flags)
{
	return kmalloc_array(BITS_TO_LONGS(bits), sizeof(unsigned long), flags);
}

static inline unsigned long *bitmap_zalloc(unsigned int bits, gfp_t flags)
{
	return bitmap_alloc(bits, flags | __GFP_ZERO);
}

static inline void bitmap_free(const unsigned long *map)
{
	kfree(map);
}

#endif
