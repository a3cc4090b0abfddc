/*
 * Questions to algorithms, which are found by their names: what is asked and what is known are
 * texts in hexadecimal, as the standards print them.
 */
#ifndef __LINUX_CRYPTO_ANSWERS_H
#define __LINUX_CRYPTO_ANSWERS_H

#include "answers.h"
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/types.h>

struct crypto_alg;
struct crypto_tfm {
	int count;
	unsigned int flags;
	int node;
	void *exit;
	struct crypto_alg *algorithm;
};
extern void crypto_destroy_tfm(void *memory, struct crypto_tfm *tfm);

/* Bytes of a text; how many. */
static __maybe_unused unsigned int from_hex(u8 *bytes, const char *text)
{
	unsigned int count = 0;

	for (; text[0] && text[1]; count++) {
		bytes[count] = 0;
		for (int digit = 0; digit < 2; digit++, text++)
			bytes[count] = bytes[count] << 4 |
				       (*text <= '9' ? *text - '0' : (*text & 7) + 9);
	}
	return count;
}

/* Prints a wrong answer. */
static __maybe_unused void compare(const char *name, const u8 *found, const char *known)
{
	u8 bytes[512];
	unsigned int count = from_hex(bytes, known);

	if (!count || memcmp(found, bytes, count)) {
		pr_err("%s gives %*phN, and known to be %s\n", name, (int)count, found, known);
		wrong_answers++;
	}
}

/* That something couldn't be asked, which is wrong, too. */
static __maybe_unused void failed(const char *name, int error)
{
	pr_err("%s fails with %d, and known to be 0\n", name, error);
	wrong_answers++;
}

#endif
