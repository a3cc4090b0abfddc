// SPDX-License-Identifier: MIT
/*
 * Algorithms of each kind that are this module's own: registered, found by name, called, taken
 * away, and found no more. Of an array all are registered or none. offers_ciphers.c has the kinds
 * that work on memory in pieces.
 */
#include "algorithms.h"
#include <linux/notifier.h>

ANSWERS_OF_OFFERS("algorithms of the test's own, by name; errors by errno(3)");

extern int offered_crypto_register_alg(struct algorithm *one);
extern void offered_crypto_unregister_alg(struct algorithm *one);
extern int offered_crypto_register_algs(struct algorithm *first, int count);
extern void offered_crypto_unregister_algs(struct algorithm *first, int count);
extern int offered_crypto_register_notifier(struct notifier_block *block);
extern int offered_crypto_unregister_notifier(struct notifier_block *block);
extern int offered_crypto_register_template(struct template *one);
extern void offered_crypto_unregister_template(struct template *one);
extern int offered_crypto_register_templates(struct template *first, int count);
extern void offered_crypto_unregister_templates(struct template *first, int count);
extern struct crypto_tfm *offered_crypto_alloc_base(const char *name, u32 kind, u32 mask);
extern void offered_crypto_cipher_encrypt_one(struct crypto_tfm *tfm, u8 *out, const u8 *in);
extern void offered_crypto_req_done(struct request *request, int error);
extern void offered_wait_for_completion(void *completion);

static void complement(struct crypto_tfm *tfm, u8 *out, const u8 *in)
{
	(void)tfm;
	*out = ~*in;
}

static struct algorithm ciphers[] = {
	{ NAMED("own-a", CIPHER), .cipher = { .encrypt = complement } },
	{ NAMED("own-b", CIPHER), .cipher = { .encrypt = complement } },
};

/* The algorithm of the last notification. */
static struct algorithm *notified;

static int hear(struct notifier_block *block, unsigned long what, void *algorithm)
{
	(void)block;
	/* 1: registered. */
	ANSWER(what, 1);
	notified = algorithm;
	return 0;
}

static void cipher(void)
{
	struct notifier_block ear = { .notifier_call = hear };
	struct crypto_tfm *tfm;
	u8 byte = 0x0f;

	ANSWER(offered_crypto_register_notifier(&ear), 0);
	ANSWER(IS_THERE("own-a", CIPHER), 0);
	ANSWER(offered_crypto_register_alg(&ciphers[0]), 0);
	ANSWER((u64)notified, (u64)&ciphers[0]);
	ANSWER(offered_crypto_register_alg(&ciphers[0]), (u64)-EEXIST);
	ANSWER(IS_THERE("own-a", CIPHER), 1);
	ANSWER(IS_THERE("own-a", SHASH), 0);
	tfm = offered_crypto_alloc_base("own-a-driver", CIPHER, KINDS);
	offered_crypto_cipher_encrypt_one(tfm, &byte, &byte);
	ANSWER(byte, 0xf0);
	crypto_destroy_tfm(tfm, tfm);
	offered_crypto_unregister_alg(&ciphers[0]);
	ANSWER(IS_THERE("own-a", CIPHER), 0);
	ANSWER(offered_crypto_unregister_notifier(&ear), 0);
	notified = NULL;
	ANSWER(offered_crypto_register_alg(&ciphers[1]), 0);
	ANSWER((u64)notified, 0);
	/* The second is there already, so neither is registered. */
	ANSWER(offered_crypto_register_algs(ciphers, 2), (u64)-EEXIST);
	ANSWER(IS_THERE("own-a", CIPHER), 0);
	offered_crypto_unregister_alg(&ciphers[1]);
	ANSWER(offered_crypto_register_algs(ciphers, 2), 0);
	ANSWER(IS_THERE("own-a", CIPHER) + IS_THERE("own-b", CIPHER), 2);
	offered_crypto_unregister_algs(ciphers, 2);
	ANSWER(IS_THERE("own-a", CIPHER) + IS_THERE("own-b", CIPHER), 0);
}

/* How often a template was asked, and about what. */
static int created;

static int create(struct template *template, void **words)
{
	/* Behind a word's length and kind. */
	ANSWER(strcmp(words[1] + 4, "of this"), 0);
	ANSWER(template->name[0], 't');
	created++;
	return -ENOENT;
}

static struct template templates[] = {
	{ .create = create, .name = "template-a" },
	{ .create = create, .name = "template-b" },
};

static void template(void)
{
	ANSWER(IS_THERE("template-a(of this)", SHASH) | created, 0);
	ANSWER(offered_crypto_register_template(&templates[0]), 0);
	ANSWER(offered_crypto_register_template(&templates[0]), (u64)-EEXIST);
	ANSWER(IS_THERE("template-a(of this)", SHASH), 0);
	ANSWER(created, 1);
	offered_crypto_unregister_template(&templates[0]);
	ANSWER(IS_THERE("template-a(of this)", SHASH), 0);
	ANSWER(created, 1);
	ANSWER(offered_crypto_register_templates(templates, 2), 0);
	ANSWER(IS_THERE("template-a(of this)", SHASH) | IS_THERE("template-b(of this)", SHASH), 0);
	ANSWER(created, 3);
	offered_crypto_unregister_templates(templates, 2);
	ANSWER(IS_THERE("template-b(of this)", SHASH), 0);
	ANSWER(created, 3);
}

/* Sources of random numbers. */

extern int offered_crypto_register_rng(struct rng *one);
extern void offered_crypto_unregister_rng(struct rng *one);
extern int offered_crypto_register_rngs(struct rng *first, int count);
extern void offered_crypto_unregister_rngs(struct rng *first, int count);
extern int offered_crypto_get_default_rng(void);
extern void offered_crypto_put_default_rng(void);
extern struct crypto_tfm *crypto_default_rng;

static int seeded;

static int seed(void *tfm, const u8 *bytes, unsigned int count)
{
	(void)tfm;
	ANSWER(!bytes, 0);
	ANSWER(count, 16);
	seeded++;
	return 0;
}

static struct rng rngs[] = {
	/* The best of all that go by the name. */
	{ .seed = seed, .seed_bytes = 16,
	  .base = { NAMED("stdrng", RNG), .priority = 1 << 30 } },
	{ .seed = seed, .seed_bytes = 4096 / 8 + 1, .base = { NAMED("own-rng", RNG) } },
};

static void random(void)
{
	/* Nobody shares one while tests ask. */
	ANSWER((u64)crypto_default_rng, 0);
	ANSWER(offered_crypto_register_rng(&rngs[1]), (u64)-EINVAL);
	ANSWER(offered_crypto_register_rngs(rngs, 2), (u64)-EINVAL);
	ANSWER(IS_THERE("stdrng-driver", RNG), 0);
	ANSWER(offered_crypto_register_rng(&rngs[0]), 0);
	ANSWER(offered_crypto_get_default_rng() | offered_crypto_get_default_rng(), 0);
	ANSWER((u64)crypto_default_rng->algorithm, (u64)&rngs[0].base);
	ANSWER(seeded, 1);
	offered_crypto_put_default_rng();
	ANSWER(!crypto_default_rng, 0);
	offered_crypto_put_default_rng();
	ANSWER((u64)crypto_default_rng, 0);
	offered_crypto_unregister_rng(&rngs[0]);
	ANSWER(IS_THERE("stdrng-driver", RNG), 0);
	rngs[1].seed_bytes = 0;
	ANSWER(offered_crypto_register_rngs(rngs, 2), 0);
	ANSWER(IS_THERE("stdrng-driver", RNG) + IS_THERE("own-rng", RNG), 2);
	offered_crypto_unregister_rngs(rngs, 2);
	ANSWER(IS_THERE("stdrng-driver", RNG) + IS_THERE("own-rng", RNG), 0);
}

/* Compression, and agreements on keys. */

extern int offered_crypto_register_scomp(struct scomp *one);
extern void offered_crypto_unregister_scomp(struct scomp *one);
extern int offered_crypto_register_scomps(struct scomp *first, int count);
extern void offered_crypto_unregister_scomps(struct scomp *first, int count);
extern int offered_crypto_register_kpp(struct kpp *one);
extern void offered_crypto_unregister_kpp(struct kpp *one);
extern struct crypto_tfm *offered_crypto_alloc_kpp(const char *name, u32 kind, u32 mask);

static struct scomp scomps[] = {
	{ .base = { NAMED("own-scomp-a", SCOMP) } },
	{ .base = { NAMED("own-scomp-b", SCOMP) } },
};

static int begun, ended;

static int begin(void *tfm)
{
	(void)tfm;
	begun++;
	return 0;
}

static void end(void *tfm)
{
	(void)tfm;
	ended++;
}

static struct kpp kpp = { .init = begin, .exit = end, .base = { NAMED("own-kpp", KPP) } };

static void others(void)
{
	struct crypto_tfm *tfm;

	ANSWER(offered_crypto_register_scomp(&scomps[1]), 0);
	ANSWER(IS_THERE("own-scomp-b", SCOMP), 1);
	ANSWER(offered_crypto_register_scomps(scomps, 2), (u64)-EEXIST);
	ANSWER(IS_THERE("own-scomp-a", SCOMP), 0);
	offered_crypto_unregister_scomp(&scomps[1]);
	ANSWER(IS_THERE("own-scomp-b", SCOMP), 0);
	ANSWER(offered_crypto_register_scomps(scomps, 2), 0);
	ANSWER(IS_THERE("own-scomp-a", SCOMP) + IS_THERE("own-scomp-b", SCOMP), 2);
	offered_crypto_unregister_scomps(scomps, 2);
	ANSWER(IS_THERE("own-scomp-a", SCOMP) + IS_THERE("own-scomp-b", SCOMP), 0);
	ANSWER(offered_crypto_register_kpp(&kpp), 0);
	tfm = offered_crypto_alloc_kpp("own-kpp", 0, 0);
	ANSWER(begun, 1);
	crypto_destroy_tfm(tfm, tfm);
	ANSWER(ended, 1);
	offered_crypto_unregister_kpp(&kpp);
	ANSWER(IS_THERE("own-kpp", KPP), 0);
}

/* A request that isn't done at once calls back twice. */
static void late(void)
{
	struct { u32 completion[8]; int error; } wait = { .error = 1 };
	struct request request = { .data = &wait };

	offered_crypto_req_done(&request, -EINPROGRESS);
	ANSWER(wait.completion[0], 0);
	ANSWER(wait.error, 1);
	offered_crypto_req_done(&request, -EBADMSG);
	ANSWER(wait.completion[0], 1);
	ANSWER(wait.error, (u64)-EBADMSG);
	offered_wait_for_completion(wait.completion);
	ANSWER(wait.completion[0], 0);
}

static void ask(void)
{
	cipher();
	template();
	random();
	others();
	late();
}
ASK(ask);
