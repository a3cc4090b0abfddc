// SPDX-License-Identifier: MIT
/*
 * AES, as FIPS 197 has it: a state of 16 bytes, four columns of four; a key that is expanded to
 * four columns for each round. Linux keeps a column as a number whose lowest byte is the first.
 *
 *     bytes 0 4 8 12     round: each byte by the S-box; row r turned left by r;
 *           1 5 9 13            each column times 3x³ + x² + x + 2; plus the round's key
 *           2 6 10 14
 *           3 7 11 15
 */
#include "../provider.h"
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#define COLUMNS 60

struct crypto_aes_ctx {
	u32 key_enc[COLUMNS], key_dec[COLUMNS];
	u32 key_length;
};

static u8 box[256], inverse[256];
/* What a byte at the end of a column makes of the column, in a round: used as it is by others. */
u32 crypto_ft_tab[4][256];
OFFER_DATA(crypto_ft_tab);

/* Times x, modulo x⁸ + x⁴ + x³ + x + 1. */
static u8 doubled(u8 byte)
{
	return byte << 1 ^ (byte & 0x80 ? 0x1b : 0);
}

static u8 times(u8 a, u8 b)
{
	u8 product = 0;

	for (; b; b >>= 1, a = doubled(a))
		product ^= b & 1 ? a : 0;
	return product;
}

static u32 turned(u32 column, int bits)
{
	return bits ? column << bits | column >> (32 - bits) : column;
}

/* The S-box, of inverses: 3 makes all bytes but 0, and 0xf6 the inverses. */
static int __init make_tables(void)
{
	u8 power = 1, inverse_power = 1;

	do {
		u8 byte = inverse_power;

		power ^= doubled(power);
		inverse_power = times(inverse_power, 0xf6);
		byte = inverse_power;
		byte ^= byte << 1 ^ byte << 2 ^ byte << 3 ^ byte << 4 ^ byte >> 7 ^ byte >> 6 ^
			byte >> 5 ^ byte >> 4;
		box[power] = byte ^ 0x63;
	} while (power != 1);
	box[0] = 0x63;
	for (int byte = 0; byte < 256; byte++) {
		u8 s = box[byte];
		u32 column = doubled(s) | s << 8 | s << 16 | (u32)(u8)(doubled(s) ^ s) << 24;

		inverse[s] = byte;
		for (int row = 0; row < 4; row++)
			crypto_ft_tab[row][byte] = turned(column, 8 * row);
	}
	return 0;
}
module_init(make_tables);

static void __exit nothing(void)
{
}
module_exit(nothing);

static u8 byte_of(u32 column, int row)
{
	return column >> 8 * row;
}

static u32 boxed(u32 column)
{
	u32 result = 0;

	for (int row = 0; row < 4; row++)
		result |= (u32)box[byte_of(column, row)] << 8 * row;
	return result;
}

static u32 load(const u8 *bytes)
{
	return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (u32)bytes[3] << 24;
}

static void store(u32 column, u8 *bytes)
{
	for (int row = 0; row < 4; row++)
		bytes[row] = byte_of(column, row);
}

/* The inverse of a round's product. */
static u32 unmixed(u32 column)
{
	static const u8 factors[4] = { 14, 9, 13, 11 };
	u32 result = 0;

	for (int row = 0; row < 4; row++)
		for (int to = 0; to < 4; to++)
			result ^= (u32)times(byte_of(column, row), factors[(to - row) & 3])
				  << 8 * to;
	return result;
}

static int rounds_of(const struct crypto_aes_ctx *key)
{
	return 6 + key->key_length / 4;
}

int aes_expandkey(struct crypto_aes_ctx *key, const u8 *bytes, unsigned int count)
{
	int words = count / 4, columns;
	u8 constant = 1;

	if (count != 16 && count != 24 && count != 32)
		return -EINVAL;
	key->key_length = count;
	columns = 4 * (rounds_of(key) + 1);
	for (int at = 0; at < columns; at++) {
		u32 column;

		if (at < words) {
			key->key_enc[at] = load(bytes + 4 * at);
			continue;
		}
		column = key->key_enc[at - 1];
		if (at % words == 0) {
			column = boxed(turned(column, 24)) ^ constant;
			constant = doubled(constant);
		} else if (words == 8 && at % words == 4) {
			column = boxed(column);
		}
		key->key_enc[at] = key->key_enc[at - words] ^ column;
	}
	for (int at = 0; at < columns; at++) {
		u32 column = key->key_enc[columns - 4 - at / 4 * 4 + at % 4];

		key->key_dec[at] = at < 4 || at >= columns - 4 ? column : unmixed(column);
	}
	return 0;
}
OFFER(aes_expandkey);

void aes_encrypt(const struct crypto_aes_ctx *key, u8 *out, const u8 *in)
{
	int rounds = rounds_of(key);
	u32 state[4], next[4];

	for (int at = 0; at < 4; at++)
		state[at] = load(in + 4 * at) ^ key->key_enc[at];
	for (int round = 1; round <= rounds; round++) {
		for (int at = 0; at < 4; at++) {
			next[at] = key->key_enc[4 * round + at];
			for (int row = 0; row < 4; row++) {
				u8 byte = byte_of(state[(at + row) & 3], row);

				next[at] ^= round < rounds ? crypto_ft_tab[row][byte] :
							     (u32)box[byte] << 8 * row;
			}
		}
		memcpy(state, next, sizeof(state));
	}
	for (int at = 0; at < 4; at++)
		store(state[at], out + 4 * at);
}
OFFER(aes_encrypt);

void aes_decrypt(const struct crypto_aes_ctx *key, u8 *out, const u8 *in)
{
	int rounds = rounds_of(key);
	u32 state[4], next[4];

	for (int at = 0; at < 4; at++)
		state[at] = load(in + 4 * at) ^ key->key_dec[at];
	for (int round = 1; round <= rounds; round++) {
		for (int at = 0; at < 4; at++) {
			u32 column = 0;

			for (int row = 0; row < 4; row++)
				column |= (u32)inverse[byte_of(state[(at - row) & 3], row)]
					  << 8 * row;
			if (round < rounds)
				column = unmixed(column);
			next[at] = column ^ key->key_dec[4 * round + at];
		}
		memcpy(state, next, sizeof(state));
	}
	for (int at = 0; at < 4; at++)
		store(state[at], out + 4 * at);
}
OFFER(aes_decrypt);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers AES to Linux's modules");
