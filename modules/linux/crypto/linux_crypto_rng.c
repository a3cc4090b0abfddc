// SPDX-License-Identifier: MIT
/* Sources of random numbers by name, and the best of them, which its users share. */
#include "crypto.h"
#include <linux/container_of.h>
#include <linux/mutex.h>
#include <linux/random.h>

struct crypto_rng;

struct rng_alg {
	int (*generate)(struct crypto_rng *tfm, const u8 *source, unsigned int count, u8 *out,
			unsigned int bytes);
	int (*seed)(struct crypto_rng *tfm, const u8 *seed, unsigned int bytes);
	void (*set_ent)(struct crypto_rng *tfm, const u8 *bytes, unsigned int count);
	unsigned int seedsize;
	struct crypto_alg base;
};
static_assert(sizeof(struct rng_alg) == 416);

struct crypto_rng {
	struct crypto_tfm base;
};

static const struct kind rng_kind = { .number = KIND_RNG, .mask = KIND_MASK };

static struct rng_alg *rng_of(struct crypto_rng *tfm)
{
	return container_of(tfm->base.algorithm, struct rng_alg, base);
}

int crypto_register_rng(struct rng_alg *algorithm)
{
	return algorithm->seedsize > 4096 / 8 ? -EINVAL :
	       add_algorithm(&algorithm->base, KIND_RNG, &rng_kind);
}
OFFER(crypto_register_rng);

void crypto_unregister_rng(struct rng_alg *algorithm)
{
	remove_algorithm(&algorithm->base);
}
OFFER(crypto_unregister_rng);

int crypto_register_rngs(struct rng_alg *first, int count)
{
	return ADD_ALL(first, count, crypto_register_rng, crypto_unregister_rng);
}
OFFER(crypto_register_rngs);

void crypto_unregister_rngs(struct rng_alg *first, int count)
{
	REMOVE_ALL(first, count, crypto_unregister_rng);
}
OFFER(crypto_unregister_rngs);

struct crypto_rng *crypto_alloc_rng(const char *name, u32 flags, u32 mask)
{
	return make_named(name, &rng_kind, flags, mask);
}
OFFER(crypto_alloc_rng);

/* Seeds it; with no seed given, by random bytes. */
int crypto_rng_reset(struct crypto_rng *tfm, const u8 *seed, unsigned int bytes)
{
	u8 *own = NULL;
	int error;

	if (!seed && bytes) {
		own = kmalloc(bytes, GFP_KERNEL);
		if (!own)
			return -ENOMEM;
		get_random_bytes(own, bytes);
		seed = own;
	}
	error = rng_of(tfm)->seed(tfm, seed, bytes);
	kfree_sensitive(own);
	return error;
}
OFFER(crypto_rng_reset);

/* Seeded for the first of its users. */
static DEFINE_MUTEX(counting);
static unsigned int users;
struct crypto_rng *crypto_default_rng;
OFFER_DATA(crypto_default_rng);

int crypto_get_default_rng(void)
{
	struct crypto_rng *rng;
	int error = 0;

	mutex_lock(&counting);
	if (!users) {
		rng = crypto_alloc_rng("stdrng", 0, 0);
		error = IS_ERR(rng) ? PTR_ERR(rng) :
				      crypto_rng_reset(rng, NULL, rng_of(rng)->seedsize);
		if (!error)
			crypto_default_rng = rng;
		else if (!IS_ERR(rng))
			crypto_destroy_tfm(rng, &rng->base);
	}
	users += !error;
	mutex_unlock(&counting);
	return error;
}
OFFER(crypto_get_default_rng);

void crypto_put_default_rng(void)
{
	mutex_lock(&counting);
	if (!--users) {
		crypto_destroy_tfm(crypto_default_rng, &crypto_default_rng->base);
		crypto_default_rng = NULL;
	}
	mutex_unlock(&counting);
}
OFFER(crypto_put_default_rng);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers random numbers by name to Linux's modules");
