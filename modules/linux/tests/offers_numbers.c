// SPDX-License-Identifier: MIT
/* Numbers that are published, numbers that are random, and numbers that are parameters; facilities. */
#include "answers.h"
#include <linux/types.h>

ANSWERS_OF_OFFERS("draft-irtf-cfrg-xchacha, 2.2.1; xxHash's published digests; STORE FACILITY LIST EXTENDED; errno(3)");

extern void offered_hchacha_block_generic(const u32 *state, u32 *key, int rounds);

static void chacha(void)
{
	static const u32 state[16] = {
		0x61707865, 0x3320646e, 0x79622d32, 0x6b206574,
		0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
		0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c,
		0x09000000, 0x4a000000, 0x00000000, 0x27594131,
	};
	static const u32 known[8] = {
		0x423b4182, 0xfe7bb227, 0x50420ed3, 0x737d878a,
		0xd5e4f9a0, 0x53a8748a, 0x13c42ec1, 0xdcecd326,
	};
	u32 key[8];

	offered_hchacha_block_generic(state, key, 20);
	for (int at = 0; at < 8; at++)
		ANSWER(key[at], known[at]);
}

struct xxh64 {
	u64 all, sums[4], rest[4];
	u32 rest_bytes;
};
extern void offered_xxh64_reset(struct xxh64 *state, u64 seed);
extern int offered_xxh64_update(struct xxh64 *state, const void *bytes, size_t count);
extern u64 offered_xxh64_digest(const struct xxh64 *state);

/* In two parts. */
static u64 xxh64_of(const char *text, size_t first, u64 seed)
{
	struct xxh64 state;

	offered_xxh64_reset(&state, seed);
	ANSWER(offered_xxh64_update(&state, text, first), 0);
	ANSWER(offered_xxh64_update(&state, text + first, strlen(text) - first), 0);
	return offered_xxh64_digest(&state);
}

static void xxh64(void)
{
	struct xxh64 state;

	ANSWER(xxh64_of("", 0, 0), 0xef46db3751d8e999);
	ANSWER(xxh64_of("a", 0, 0), 0xd24ec4f1a98c6e5b);
	ANSWER(xxh64_of("abc", 1, 0), 0x44bc2cf5ad770999);
	ANSWER(xxh64_of("Nobody inspects the spammish repetition", 33, 0), 0xfbcea83c8a378bf1);
	ANSWER(xxh64_of("xxhash", 3, 20141025), 0xb559b98d844e0635);
	offered_xxh64_reset(&state, 0);
	ANSWER(offered_xxh64_update(&state, NULL, 1), (u64)-EINVAL);
}

extern u32 offered_get_random_u32(void);
extern void offered_get_random_bytes(void *bytes, size_t count);
extern int offered_wait_for_random_bytes(void);
extern bool offered_rng_is_initialized(void);

/* Those that are random have nothing that is known but that they differ: 2^-192 is never. */
static void random(void)
{
	u64 some[4] = {}, others[4] = {};
	u32 first = offered_get_random_u32(), differ = 0;

	ANSWER(offered_wait_for_random_bytes(), 0);
	ANSWER(offered_rng_is_initialized(), true);
	for (int at = 0; at < 6; at++)
		differ |= offered_get_random_u32() ^ first;
	ANSWER(differ != 0, 1);
	offered_get_random_bytes(some, 24);
	offered_get_random_bytes(others, 24);
	ANSWER(!memcmp(some, others, 24), 0);
	/* And that no byte behind them is touched. */
	ANSWER(some[3] | others[3], 0);
}

extern int offered_cpu_have_feature(unsigned int feature);

/* Linux's number 0 is the message security assist, the facility 17; 11 are vectors. */
static void features(void)
{
	register unsigned long count __asm__("0") = 0;
	u64 facilities;

	__asm__ volatile("stfle %1" : "+d"(count), "=S"(facilities) : : "cc");
	ANSWER(offered_cpu_have_feature(0), facilities >> (63 - 17) & 1);
	ANSWER(offered_cpu_have_feature(11), 0);
}

/* Linux's record of a parameter. */
struct parameter {
	const char *name;
	void *module;
	const void *operations;
	u16 visible;
	s8 level;
	u8 flags;
	void *variable;
};
extern int offered_param_set_uint_minmax(const char *text, const struct parameter *parameter,
					 unsigned int least, unsigned int most);
extern int offered_param_get_uint(char *text, const struct parameter *parameter);

static void parameters(void)
{
	static char text[4096];
	unsigned int variable = 7;
	struct parameter parameter = { .name = "variable", .variable = &variable };

	ANSWER(offered_param_set_uint_minmax("9", &parameter, 10, 20), (u64)-EINVAL);
	ANSWER(offered_param_set_uint_minmax("21", &parameter, 10, 20), (u64)-EINVAL);
	ANSWER(offered_param_set_uint_minmax("no", &parameter, 10, 20), (u64)-EINVAL);
	ANSWER(offered_param_set_uint_minmax(NULL, &parameter, 10, 20), (u64)-EINVAL);
	ANSWER(offered_param_set_uint_minmax("4294967296", &parameter, 10, 20), (u64)-ERANGE);
	ANSWER(variable, 7);
	ANSWER(offered_param_set_uint_minmax("0x14", &parameter, 10, 20), 0);
	ANSWER(variable, 20);
	ANSWER(offered_param_get_uint(text, &parameter), 3);
	ANSWER(strcmp(text, "20\n"), 0);
}

static void ask(void)
{
	chacha();
	xxh64();
	random();
	features();
	parameters();
}
ASK(ask);
