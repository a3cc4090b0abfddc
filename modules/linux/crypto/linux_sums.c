// SPDX-License-Identifier: MIT
/*
 * Sums that Linux has built in: CRCs whose lowest bit is the first, and xxHash of 64 bits.
 */
#include "../provider.h"
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

static u32 crc(u32 sum, const u8 *bytes, size_t count, u32 polynomial)
{
	while (count--) {
		sum ^= *bytes++;
		for (int bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? polynomial : 0);
	}
	return sum;
}

u32 crc32_le_sum(u32 sum, const u8 *bytes, size_t count)
{
	return crc(sum, bytes, count, 0xedb88320);
}
OFFER_AS(crc32_le, crc32_le_sum);

u32 crc32c_le_sum(u32 sum, const u8 *bytes, size_t count)
{
	return crc(sum, bytes, count, 0x82f63b78);
}
OFFER_AS(__crc32c_le, crc32c_le_sum);

/*
 * xxHash: four sums of eight bytes each, side by side; what is left over comes behind.
 */
struct xxh64_state {
	u64 total;
	u64 lanes[4];
	u8 left[32];
	u32 left_count;
};

#define P1 0x9e3779b185ebca87ull
#define P2 0xc2b2ae3d27d4eb4full
#define P3 0x165667b19e3779f9ull
#define P4 0x85ebca77c2b2ae63ull
#define P5 0x27d4eb2f165667c5ull

static u64 turned(u64 word, int bits)
{
	return word << bits | word >> (64 - bits);
}

static u64 load(const u8 *bytes, int count)
{
	u64 word = 0;

	while (count--)
		word = word << 8 | bytes[count];
	return word;
}

static u64 lane(u64 sum, u64 word)
{
	return turned(sum + word * P2, 31) * P1;
}

static void block(struct xxh64_state *state, const u8 *bytes)
{
	for (int at = 0; at < 4; at++)
		state->lanes[at] = lane(state->lanes[at], load(bytes + 8 * at, 8));
}

void xxh64_reset(struct xxh64_state *state, u64 seed)
{
	memset(state, 0, sizeof(*state));
	state->lanes[0] = seed + P1 + P2;
	state->lanes[1] = seed + P2;
	state->lanes[2] = seed;
	state->lanes[3] = seed - P1;
}
OFFER(xxh64_reset);

int xxh64_update(struct xxh64_state *state, const void *input, size_t count)
{
	const u8 *bytes = input;

	if (!input)
		return -EINVAL;
	state->total += count;
	while (count) {
		size_t part = min_t(size_t, count, sizeof(state->left) - state->left_count);

		memcpy(state->left + state->left_count, bytes, part);
		state->left_count += part;
		bytes += part;
		count -= part;
		if (state->left_count == sizeof(state->left)) {
			block(state, state->left);
			state->left_count = 0;
		}
	}
	return 0;
}
OFFER(xxh64_update);

u64 xxh64_digest(const struct xxh64_state *state)
{
	const u8 *bytes = state->left, *end = bytes + state->left_count;
	/* Short input leaves the third as the seed made it. */
	u64 sum = state->lanes[2] + P5;

	if (state->total >= sizeof(state->left)) {
		static const int turns[4] = { 1, 7, 12, 18 };

		sum = 0;
		for (int at = 0; at < 4; at++)
			sum += turned(state->lanes[at], turns[at]);
		for (int at = 0; at < 4; at++)
			sum = (sum ^ lane(0, state->lanes[at])) * P1 + P4;
	}
	sum += state->total;
	for (; end - bytes >= 8; bytes += 8)
		sum = turned(sum ^ lane(0, load(bytes, 8)), 27) * P1 + P4;
	for (; end - bytes >= 4; bytes += 4)
		sum = turned(sum ^ load(bytes, 4) * P1, 23) * P2 + P3;
	for (; bytes < end; bytes++)
		sum = turned(sum ^ *bytes * P5, 11) * P1;
	sum = (sum ^ sum >> 33) * P2;
	sum = (sum ^ sum >> 29) * P3;
	return sum ^ sum >> 32;
}
OFFER(xxh64_digest);

u64 xxh64(const void *input, size_t count, u64 seed)
{
	struct xxh64_state state;

	xxh64_reset(&state, seed);
	xxh64_update(&state, input, count);
	return xxh64_digest(&state);
}
OFFER(xxh64);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers CRCs and xxHash to Linux's modules");
