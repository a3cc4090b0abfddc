// SPDX-License-Identifier: MIT
/*
 * Searches in text that comes in blocks: algorithms by name. What is prepared holds the pattern,
 * in a form of the algorithm's own; a function of its user gives the next block.
 */
#include "../registry.h"
#include "../provider.h"
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

struct ts_state {
	unsigned int offset;
	u8 own[48] __attribute__((aligned(4)));
};

struct ts_config;
struct ts_ops {
	const char *name;
	struct ts_config *(*init)(const void *pattern, unsigned int bytes, gfp_t flags, int how);
	unsigned int (*find)(struct ts_config *config, struct ts_state *state);
	void (*destroy)(struct ts_config *config);
	void *(*get_pattern)(struct ts_config *config);
	unsigned int (*get_pattern_len)(struct ts_config *config);
	void *owner;
	struct list_head list;
};
static_assert(sizeof(struct ts_ops) == 72);

struct ts_config {
	struct ts_ops *ops;
	int flags;
	unsigned int (*next_block)(unsigned int consumed, const u8 **block,
				   struct ts_config *config, struct ts_state *state);
	void (*finish)(struct ts_config *config, struct ts_state *state);
};

REGISTRY(algorithms);

int textsearch_register(struct ts_ops *algorithm)
{
	if (!algorithm->name || !algorithm->find || !algorithm->init ||
	    !algorithm->get_pattern || !algorithm->get_pattern_len)
		return -EINVAL;
	return REGISTER(&algorithms, algorithm, list, other, !strcmp(other->name, algorithm->name));
}
OFFER(textsearch_register);

int textsearch_unregister(struct ts_ops *algorithm)
{
	return UNREGISTER(&algorithms, algorithm, list);
}
OFFER(textsearch_unregister);

struct ts_config *textsearch_prepare(const char *name, const void *pattern, unsigned int bytes,
				     gfp_t flags, int how)
{
	struct ts_config *config;
	struct ts_ops *found;

	if (!bytes)
		return ERR_PTR(-EINVAL);
	LOOK_UP(&algorithms, found, list, !strcmp(found->name, name));
	if (!found)
		return ERR_PTR(-ENOENT);
	config = found->init(pattern, bytes, flags, how);
	if (!IS_ERR(config))
		config->ops = found;
	return config;
}
OFFER(textsearch_prepare);

void textsearch_destroy(struct ts_config *config)
{
	if (config->ops && config->ops->destroy)
		config->ops->destroy(config);
	kfree(config);
}
OFFER(textsearch_destroy);

/* Text that lies in one place: a block, and then none. */
struct whole {
	unsigned int bytes;
	const u8 *text;
};

static unsigned int next_block(unsigned int consumed, const u8 **block, struct ts_config *config,
			       struct ts_state *state)
{
	const struct whole *whole = (const struct whole *)state->own;

	(void)config;
	if (consumed >= whole->bytes)
		return 0;
	*block = whole->text + consumed;
	return whole->bytes - consumed;
}

unsigned int textsearch_find_continuous(struct ts_config *config, struct ts_state *state,
					const void *text, unsigned int bytes)
{
	struct whole whole = { .bytes = bytes, .text = text };

	config->next_block = next_block;
	state->offset = 0;
	memcpy(state->own, &whole, sizeof(whole));
	return config->ops->find(config, state);
}
OFFER(textsearch_find_continuous);

/* What kinds a character is of: upper lower digit control punctuation space hex, and the blank. */
u8 _ctype[256];
OFFER_DATA(_ctype);

static int __init fill(void)
{
	for (int c = 0; c < 128; c++)
		_ctype[c] = (isupper(c) ? 1 : 0) | (islower(c) ? 2 : 0) | (isdigit(c) ? 4 : 0) |
			    (iscntrl(c) ? 8 : 0) | (ispunct(c) ? 16 : 0) | (isspace(c) ? 32 : 0) |
			    (isxdigit(c) && !isdigit(c) ? 64 : 0) | (c == ' ' ? 128 : 0);
	/* Latin 1. */
	_ctype[0xa0] = 32 | 128;
	for (int c = 0xa1; c < 256; c++)
		_ctype[c] = c < 0xc0 || c == 0xd7 || c == 0xf7 ? 16 : c < 0xdf ? 1 : 2;
	return 0;
}
module_init(fill);

static void __exit nothing(void)
{
}
module_exit(nothing);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers searches in text by name to Linux's modules");
