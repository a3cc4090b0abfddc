// SPDX-License-Identifier: MIT
/*
 * What a template is passed: of `ccm(aes)` the kind that is asked for, and `aes`.
 *
 *     words[0]  a type and a mask     words[1]  a name     words[2]  ...     NULL
 */
#include "crypto.h"
#include <linux/sprintf.h>

/* Templates in templates: what is created of one, creates of the next. */
#define DEPTH 4

/* Splits `template(word,word)`. */
int split_words(const char *name, char *template, struct words *words)
{
	const char *open = strchr(name, '('), *word, *at;
	unsigned int count = 0, depth = 0;

	if (!open || open - name >= ALGORITHM_NAME)
		return -ENOENT;
	memcpy(template, name, open - name);
	template[open - name] = 0;
	for (word = at = open + 1; *at; at++) {
		bool ends = depth == 0 && (*at == ',' || *at == ')');

		depth += (*at == '(') - (*at == ')' && depth);
		if (depth > DEPTH)
			return -EINVAL;
		if (!ends)
			continue;
		if (count == ARRAY_SIZE(words->names) || at == word || at - word >= ALGORITHM_NAME)
			return -EINVAL;
		memcpy(words->names[count].name, word, at - word);
		words->names[count].head.length = sizeof(words->names[count]);
		words->names[count].head.kind = WORD_NAME;
		words->all[1 + count] = &words->names[count].head;
		count++;
		word = at + 1;
		if (*at == ')')
			return at[1] ? -EINVAL : 0;
	}
	return -EINVAL;
}
EXPORT_SYMBOL(split_words);

/* What a template asks of its words. */

int crypto_check_attr_type(struct rtattr **words, u32 kind, u32 *mask)
{
	const typeof(((struct words *)0)->type) *type = (const void *)words[0];

	if (!type || type->head.kind != WORD_TYPE)
		return -EINVAL;
	if ((type->kind ^ kind) & type->mask & ~(u32)INHERITED)
		return -EINVAL;
	*mask = ~type->kind & type->mask & INHERITED;
	return 0;
}
OFFER(crypto_check_attr_type);

const char *crypto_attr_alg_name(struct rtattr *word)
{
	if (!word)
		return ERR_PTR(-ENOENT);
	return word->kind == WORD_NAME ? (const char *)(word + 1) : ERR_PTR(-EINVAL);
}
OFFER(crypto_attr_alg_name);

int crypto_inst_setname(struct crypto_instance *instance, const char *name,
			struct crypto_alg *algorithm)
{
	struct crypto_alg *own = &instance->alg;
	int plain = snprintf(own->cra_name, ALGORITHM_NAME, "%s(%s)", name, algorithm->cra_name);
	int driver = snprintf(own->cra_driver_name, ALGORITHM_NAME, "%s(%s)", name,
			      algorithm->cra_driver_name);

	return plain < ALGORITHM_NAME && driver < ALGORITHM_NAME ? 0 : -ENAMETOOLONG;
}
OFFER(crypto_inst_setname);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers templates' parameters to Linux's modules");
