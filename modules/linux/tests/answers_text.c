// SPDX-License-Identifier: MIT
/* Searches: where a pattern is in a text, which is to be seen. */
#include "answers.h"
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/types.h>

struct ts_state {
	unsigned int offset;
	u8 own[48] __attribute__((aligned(4)));
};
struct ts_config;
extern struct ts_config *textsearch_prepare(const char *name, const void *pattern,
					    unsigned int bytes, gfp_t flags, int how);
extern unsigned int textsearch_find_continuous(struct ts_config *config, struct ts_state *state,
					       const void *text, unsigned int bytes);
extern void textsearch_destroy(struct ts_config *config);

ANSWERS(ts_kmp, "abcabcabd stands at 3 in abcabcabcabd");
ANSWERS(ts_bm, "abcabcabd stands at 3 in abcabcabcabd");
ANSWERS(ts_fsm, "a digit, which stands at 4 in word7");

#define IGNORES_CASE 2

static unsigned int place(const char *name, const void *pattern, unsigned int bytes, int how,
			  const char *text)
{
	struct ts_config *config = textsearch_prepare(name, pattern, bytes, GFP_KERNEL, how);
	struct ts_state state;
	unsigned int found;

	if (IS_ERR(config))
		return PTR_ERR(config);
	found = textsearch_find_continuous(config, &state, text, strlen(text));
	textsearch_destroy(config);
	return found;
}

/* A character of some kind, or this one. */
struct token {
	u16 kind;
	u8 recurs, value;
};
#define ANY 1
#define DIGIT 2
/* As many as there are before what is looked for. */
#define BEFORE 4

static void places(void)
{
	static const struct token digit[] = {
		{ .kind = ANY, .recurs = BEFORE }, { .kind = DIGIT }
	};

	ANSWER(place("kmp", "abcabcabd", 9, 0, "abcabcabcabd"), 3);
	ANSWER(place("kmp", "abd", 3, 0, "abcabc"), ~0u);
	ANSWER(place("kmp", "ABD", 3, IGNORES_CASE, "abcabd"), 3);
	ANSWER(place("bm", "abcabcabd", 9, 0, "abcabcabcabd"), 3);
	ANSWER(place("bm", "abd", 3, 0, "abcabc"), ~0u);
	ANSWER(place("fsm", digit, sizeof(digit), 0, "word7"), 4);
	ANSWER(place("none", "a", 1, 0, "a"), (unsigned int)-ENOENT);
}
ASK(places);
