// SPDX-License-Identifier: MIT
/*
 * Algorithms of kinds that are registered and found, and used by their functions: sources of
 * random numbers, agreements on keys, and compression.
 */
#include "crypto.h"
#include <linux/container_of.h>
#include <linux/mutex.h>
#include <linux/random.h>

struct crypto_kpp;
struct crypto_rng;
struct crypto_scomp;
struct kpp_request;

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

/* The best one, which its users share; seeded for the first of them. */
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

/* Agreements on keys. */
struct kpp_alg {
	int (*set_secret)(struct crypto_kpp *tfm, const void *secret, unsigned int bytes);
	int (*generate_public_key)(struct kpp_request *request);
	int (*compute_shared_secret)(struct kpp_request *request);
	unsigned int (*max_size)(struct crypto_kpp *tfm);
	int (*init)(struct crypto_kpp *tfm);
	void (*exit)(struct crypto_kpp *tfm);
	void *unused;
	struct crypto_alg base;
};
static_assert(sizeof(struct kpp_alg) == 440);

struct crypto_kpp {
	struct crypto_tfm base;
};

static void kpp_end(struct crypto_tfm *tfm)
{
	container_of(tfm->algorithm, struct kpp_alg, base)
		->exit(container_of(tfm, struct crypto_kpp, base));
}

static int kpp_begin(struct crypto_tfm *tfm)
{
	struct kpp_alg *algorithm = container_of(tfm->algorithm, struct kpp_alg, base);

	if (algorithm->exit)
		tfm->exit = kpp_end;
	return algorithm->init ? algorithm->init(container_of(tfm, struct crypto_kpp, base)) : 0;
}

static const struct kind kpp_kind = {
	.number = KIND_KPP, .mask = KIND_MASK, .begin = kpp_begin
};

int crypto_register_kpp(struct kpp_alg *algorithm)
{
	return add_algorithm(&algorithm->base, KIND_KPP, &kpp_kind);
}
OFFER(crypto_register_kpp);

void crypto_unregister_kpp(struct kpp_alg *algorithm)
{
	remove_algorithm(&algorithm->base);
}
OFFER(crypto_unregister_kpp);

struct crypto_kpp *crypto_alloc_kpp(const char *name, u32 flags, u32 mask)
{
	return make_named(name, &kpp_kind, flags, mask);
}
OFFER(crypto_alloc_kpp);

/* Compression. */
struct scomp_alg {
	void *(*alloc_ctx)(struct crypto_scomp *tfm);
	void (*free_ctx)(struct crypto_scomp *tfm, void *own);
	int (*compress)(struct crypto_scomp *tfm, const u8 *in, unsigned int count, u8 *out,
			unsigned int *room, void *own);
	int (*decompress)(struct crypto_scomp *tfm, const u8 *in, unsigned int count, u8 *out,
			  unsigned int *room, void *own);
	struct crypto_alg base;
};
static_assert(sizeof(struct scomp_alg) == 416);

static const struct kind scomp_kind = { .number = KIND_SCOMP, .mask = KIND_MASK };

int crypto_register_scomp(struct scomp_alg *algorithm)
{
	return add_algorithm(&algorithm->base, KIND_SCOMP, &scomp_kind);
}
OFFER(crypto_register_scomp);

void crypto_unregister_scomp(struct scomp_alg *algorithm)
{
	remove_algorithm(&algorithm->base);
}
OFFER(crypto_unregister_scomp);

int crypto_register_scomps(struct scomp_alg *first, int count)
{
	return ADD_ALL(first, count, crypto_register_scomp, crypto_unregister_scomp);
}
OFFER(crypto_register_scomps);

void crypto_unregister_scomps(struct scomp_alg *first, int count)
{
	REMOVE_ALL(first, count, crypto_unregister_scomp);
}
OFFER(crypto_unregister_scomps);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers random numbers, agreements on keys and compression by name");
