// SPDX-License-Identifier: MIT
/* Bits and bytes that are looked for, and messages that are counted. */
#include "../provider.h"
#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#define WORD_BITS 64

/* The first bit from `from` on that is on, bits counted from the lowest of the first word. */
unsigned long next_bit(const unsigned long *words, unsigned long count, unsigned long from)
{
	for (unsigned long at = from; at < count;) {
		unsigned long word = words[at / WORD_BITS] >> at % WORD_BITS;

		if (word)
			return min(at + __ffs(word), count);
		at = (at / WORD_BITS + 1) * WORD_BITS;
	}
	return count;
}
OFFER_AS(_find_next_bit, next_bit);

unsigned long first_bit(const unsigned long *words, unsigned long count)
{
	return next_bit(words, count, 0);
}
OFFER_AS(_find_first_bit, first_bit);

unsigned int bits_on(unsigned int word)
{
	return hweight32(word);
}
OFFER_AS(__sw_hweight32, bits_on);

/* The first byte that is another. */
void *other_byte(const void *memory, int byte, size_t bytes)
{
	for (const unsigned char *at = memory; bytes; at++, bytes--)
		if (*at != (unsigned char)byte)
			return (void *)at;
	return NULL;
}
OFFER_AS(memchr_inv, other_byte);

/* Adds what fits with the NUL; how long the text would be. */
size_t append(char *text, const char *more, size_t room)
{
	size_t before = strnlen(text, room), length = strlen(more);

	if (before < room) {
		size_t part = min(length, room - before - 1);

		memcpy(text + before, more, part);
		text[before + part] = 0;
	}
	return before + length;
}
OFFER_AS(strlcat, append);

/* Messages that are printed as many times as there are of a burst. */
struct limit {
	unsigned int lock;
	int interval, burst, printed;
};

int may_print_again(struct limit *limit, const char *function)
{
	(void)function;
	return limit->interval == 0 || __sync_fetch_and_add(&limit->printed, 1) < limit->burst;
}
OFFER_AS(___ratelimit, may_print_again);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers bits and bytes that are looked for to Linux's modules");
