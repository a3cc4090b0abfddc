// SPDX-License-Identifier: MIT
/* What algorithms have in common: bytes that are combined, compared and counted; ChaCha's block. */
#include "../provider.h"
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

void __crypto_xor(u8 *out, const u8 *a, const u8 *b, unsigned int count)
{
	while (count--)
		*out++ = *a++ ^ *b++;
}
OFFER(__crypto_xor);

/* Adds 1 to a number whose highest byte comes first. */
void crypto_inc(u8 *number, unsigned int bytes)
{
	while (bytes-- && ++number[bytes] == 0)
		;
}
OFFER(crypto_inc);

/* Other than 0 if they differ; how long it takes says nothing of where. */
unsigned long __crypto_memneq(const void *a, const void *b, size_t count)
{
	const volatile u8 *left = a, *right = b;
	unsigned long difference = 0;

	while (count--)
		difference |= *left++ ^ *right++;
	return difference;
}
OFFER(__crypto_memneq);

/* Memory that held a key goes as zeros. */
void free_key(const void *memory)
{
	kfree_sensitive(memory);
}
OFFER_AS(kfree_sensitive, free_key);

/* FIPS 140 asks nothing of this kernel. */
int fips_enabled;
OFFER_DATA(fips_enabled);

/* ChaCha (RFC 8439): 16 words, four columns of four; Linux keeps each as this machine does. */

static u32 turned(u32 word, int bits)
{
	return word << bits | word >> (32 - bits);
}

static void quarter(u32 *state, int a, int b, int c, int d)
{
	state[a] += state[b];
	state[d] = turned(state[d] ^ state[a], 16);
	state[c] += state[d];
	state[b] = turned(state[b] ^ state[c], 12);
	state[a] += state[b];
	state[d] = turned(state[d] ^ state[a], 8);
	state[c] += state[d];
	state[b] = turned(state[b] ^ state[c], 7);
}

static void permute(u32 *state, int rounds)
{
	for (; rounds > 0; rounds -= 2) {
		for (int at = 0; at < 4; at++)
			quarter(state, at, at + 4, at + 8, at + 12);
		for (int at = 0; at < 4; at++)
			quarter(state, at, 4 + (at + 1) % 4, 8 + (at + 2) % 4, 12 + (at + 3) % 4);
	}
}

static void store(u32 word, u8 *bytes)
{
	for (int at = 0; at < 4; at++)
		bytes[at] = word >> 8 * at;
}

/* The next 64 bytes of the stream, and the block's number is one more. */
void chacha_block_generic(u32 *state, u8 *stream, int rounds)
{
	u32 work[16];

	memcpy(work, state, sizeof(work));
	permute(work, rounds);
	for (int at = 0; at < 16; at++)
		store(work[at] + state[at], stream + 4 * at);
	state[12]++;
}
OFFER(chacha_block_generic);

/* A key of a key and of 16 bytes. */
void hchacha_block_generic(const u32 *state, u32 *key, int rounds)
{
	u32 work[16];

	memcpy(work, state, sizeof(work));
	permute(work, rounds);
	memcpy(key, work, 16);
	memcpy(key + 4, work + 12, 16);
}
OFFER(hchacha_block_generic);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers what algorithms have in common to Linux's modules");
