/* Bits looked for in a map of so many; that many if there is none. */
#ifndef __LINUX_FIND_H
#define __LINUX_FIND_H

#include <linux/bits.h>
#include <linux/types.h>

/* From `start` on, in what the words of both maps are, and with `flip`. */
static inline unsigned long __find_bit(const unsigned long *map, const unsigned long *other,
				       unsigned long flip, unsigned long flip_other,
				       unsigned long bits, unsigned long start)
{
	unsigned long word, at;

	if (start >= bits)
		return bits;
	word = start / BITS_PER_LONG;
	at = (map[word] ^ flip) & (other ? other[word] ^ flip_other : ~0UL) &
	     (~0UL << (start % BITS_PER_LONG));
	while (!at) {
		if (++word * BITS_PER_LONG >= bits)
			return bits;
		at = (map[word] ^ flip) & (other ? other[word] ^ flip_other : ~0UL);
	}
	at = word * BITS_PER_LONG + __builtin_ctzl(at);
	return at < bits ? at : bits;
}

static inline unsigned long find_next_bit(const unsigned long *map, unsigned long bits,
					  unsigned long start)
{
	return __find_bit(map, NULL, 0, 0, bits, start);
}

static inline unsigned long find_next_zero_bit(const unsigned long *map, unsigned long bits,
					       unsigned long start)
{
	return __find_bit(map, NULL, ~0UL, 0, bits, start);
}

static inline unsigned long find_next_and_bit(const unsigned long *map,
					      const unsigned long *other, unsigned long bits,
					      unsigned long start)
{
	return __find_bit(map, other, 0, 0, bits, start);
}

static inline unsigned long find_next_andnot_bit(const unsigned long *map,
						 const unsigned long *other,
						 unsigned long bits, unsigned long start)
{
	return __find_bit(map, other, 0, ~0UL, bits, start);
}

#define find_first_bit(map, bits) find_next_bit(map, bits, 0)
#define find_first_zero_bit(map, bits) find_next_zero_bit(map, bits, 0)
#define find_first_and_bit(map, other, bits) find_next_and_bit(map, other, bits, 0)

static inline unsigned long find_last_bit(const unsigned long *map, unsigned long bits)
{
	unsigned long at = bits;

	while (at--)
		if (map[at / BITS_PER_LONG] >> (at % BITS_PER_LONG) & 1)
			return at;
	return bits;
}

/* The nth of those that are set, from 0 on. */
static inline unsigned long find_nth_bit(const unsigned long *map, unsigned long bits,
					 unsigned long nth)
{
	unsigned long at = find_first_bit(map, bits);

	while (at < bits && nth--)
		at = find_next_bit(map, bits, at + 1);
	return at;
}

#define for_each_set_bit(bit, map, bits)                                          \
	for ((bit) = find_first_bit((map), (bits)); (bit) < (bits);               \
	     (bit) = find_next_bit((map), (bits), (bit) + 1))
#define for_each_set_bit_from(bit, map, bits)                                     \
	for ((bit) = find_next_bit((map), (bits), (bit)); (bit) < (bits);         \
	     (bit) = find_next_bit((map), (bits), (bit) + 1))
#define for_each_clear_bit(bit, map, bits)                                        \
	for ((bit) = find_first_zero_bit((map), (bits)); (bit) < (bits);          \
	     (bit) = find_next_zero_bit((map), (bits), (bit) + 1))
#define for_each_clear_bit_from(bit, map, bits)                                   \
	for ((bit) = find_next_zero_bit((map), (bits), (bit)); (bit) < (bits);    \
	     (bit) = find_next_zero_bit((map), (bits), (bit) + 1))

#endif
