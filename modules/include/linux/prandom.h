/*
 * Random numbers that a seed decides: four shift registers with feedback whose periods
 * have no common factor (P. L'Ecuyer, Tables of Maximally-Equidistributed Combined LFSR
 * Generators, LFSR113).
 */
#ifndef __LINUX_PRANDOM_H
#define __LINUX_PRANDOM_H

#include <linux/types.h>

struct rnd_state {
	u32 s1, s2, s3, s4;
};

static inline u32 __prandom_step(u32 state, int left, int right, u32 kept, int by)
{
	return (state & kept) << by ^ ((state << left) ^ state) >> right;
}

static inline u32 prandom_u32_state(struct rnd_state *state)
{
	state->s1 = __prandom_step(state->s1, 6, 13, ~1U, 18);
	state->s2 = __prandom_step(state->s2, 2, 27, ~7U, 2);
	state->s3 = __prandom_step(state->s3, 13, 21, ~15U, 7);
	state->s4 = __prandom_step(state->s4, 3, 12, ~127U, 13);
	return state->s1 ^ state->s2 ^ state->s3 ^ state->s4;
}

static inline void prandom_bytes_state(struct rnd_state *state, void *buffer, size_t bytes)
{
	u8 *at = buffer;

	while (bytes--)
		*at++ = prandom_u32_state(state);
}

/* Each register must begin above the bits that it drops. */
static inline void prandom_seed_state(struct rnd_state *state, u64 seed)
{
	u32 word = seed >> 32 ^ seed << 10 ^ seed;
	int i;

	state->s1 = word < 2 ? word + 2 : word;
	state->s2 = word < 8 ? word + 8 : word;
	state->s3 = word < 16 ? word + 16 : word;
	state->s4 = word < 128 ? word + 128 : word;
	for (i = 0; i < 10; i++)
		prandom_u32_state(state);
}

#define next_pseudo_random32(seed) ((seed) * 1664525 + 1013904223)

#endif
