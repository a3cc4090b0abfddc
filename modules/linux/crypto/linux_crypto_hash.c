// SPDX-License-Identifier: MIT
/*
 * Digests (Linux: shash): sums of bytes that come in pieces. A sum in the making is a
 * shash_desc, whose state has the algorithm's `descsize` bytes.
 */
#include "crypto.h"
#include <linux/container_of.h>

/* Linux's bound of a state, which its users keep on their stacks. */
#define STATE 368

static struct shash_alg *digest_of(struct crypto_shash *tfm)
{
	return container_of(tfm->base.algorithm, struct shash_alg, base);
}

static void need_key(struct crypto_shash *tfm)
{
	if (digest_of(tfm)->setkey && !(digest_of(tfm)->base.cra_flags & HAS_OPTIONAL_KEY))
		tfm->base.crt_flags |= NEEDS_KEY;
}

static void end(struct crypto_tfm *tfm)
{
	struct crypto_shash *digest = container_of(tfm, struct crypto_shash, base);

	digest_of(digest)->exit_tfm(digest);
}

static int begin(struct crypto_tfm *tfm)
{
	struct crypto_shash *digest = container_of(tfm, struct crypto_shash, base);
	struct shash_alg *algorithm = digest_of(digest);
	int error = 0;

	digest->descsize = algorithm->descsize;
	need_key(digest);
	if (algorithm->exit_tfm)
		tfm->exit = end;
	if (algorithm->init_tfm)
		error = algorithm->init_tfm(digest);
	return error ?: digest->descsize > STATE ? -EINVAL : 0;
}

static void free_instance(struct crypto_instance *instance)
{
	struct shash_alg *algorithm = container_of(&instance->alg, struct shash_alg, base);
	/* In front of the algorithm of an instance. */
	void (**free)(void *memory) = (void *)algorithm - sizeof(*free);

	(*free)(free);
}

const struct kind shash_kind = {
	.number = KIND_SHASH,
	.mask = KIND_MASK,
	.front = offsetof(struct crypto_shash, base),
	.begin = begin,
	.free = free_instance,
};
EXPORT_SYMBOL(shash_kind);

/* What an algorithm doesn't do itself. */

static int update_and_final(struct shash_desc *sum, const u8 *bytes, unsigned int count, u8 *out)
{
	struct shash_alg *algorithm = digest_of(sum->tfm);

	return algorithm->update(sum, bytes, count) ?: algorithm->final(sum, out);
}

static int all(struct shash_desc *sum, const u8 *bytes, unsigned int count, u8 *out)
{
	struct shash_alg *algorithm = digest_of(sum->tfm);

	return algorithm->init(sum) ?: algorithm->finup(sum, bytes, count, out);
}

static int copy_out(struct shash_desc *sum, void *out)
{
	memcpy(out, sum->state, digest_of(sum->tfm)->descsize);
	return 0;
}

static int copy_in(struct shash_desc *sum, const void *in)
{
	memcpy(sum->state, in, digest_of(sum->tfm)->descsize);
	return 0;
}

static int prepare(struct shash_alg *algorithm)
{
	if (algorithm->descsize > STATE || algorithm->digestsize > 64 || !algorithm->init ||
	    !algorithm->update || !algorithm->final ||
	    !algorithm->export != !algorithm->import)
		return -EINVAL;
	if (!algorithm->export) {
		algorithm->export = copy_out;
		algorithm->import = copy_in;
		algorithm->statesize = algorithm->descsize;
	}
	algorithm->finup = algorithm->finup ?: update_and_final;
	algorithm->digest = algorithm->digest ?: all;
	return 0;
}

int crypto_register_shash(struct shash_alg *algorithm)
{
	return prepare(algorithm) ?: add_algorithm(&algorithm->base, KIND_SHASH, &shash_kind);
}
OFFER(crypto_register_shash);

void crypto_unregister_shash(struct shash_alg *algorithm)
{
	remove_algorithm(&algorithm->base);
}
OFFER(crypto_unregister_shash);

int crypto_register_shashes(struct shash_alg *first, int count)
{
	return ADD_ALL(first, count, crypto_register_shash, crypto_unregister_shash);
}
OFFER(crypto_register_shashes);

void crypto_unregister_shashes(struct shash_alg *first, int count)
{
	REMOVE_ALL(first, count, crypto_unregister_shash);
}
OFFER(crypto_unregister_shashes);

struct crypto_shash *crypto_alloc_shash(const char *name, u32 flags, u32 mask)
{
	return make_named(name, &shash_kind, flags, mask);
}
OFFER(crypto_alloc_shash);

int crypto_shash_setkey(struct crypto_shash *tfm, const u8 *key, unsigned int bytes)
{
	struct shash_alg *algorithm = digest_of(tfm);
	int error = algorithm->setkey ? algorithm->setkey(tfm, key, bytes) : -ENOSYS;

	if (error)
		need_key(tfm);
	else
		tfm->base.crt_flags &= ~NEEDS_KEY;
	return error;
}
OFFER(crypto_shash_setkey);

int crypto_shash_update(struct shash_desc *sum, const u8 *bytes, unsigned int count)
{
	return digest_of(sum->tfm)->update(sum, bytes, count);
}
OFFER(crypto_shash_update);

int crypto_shash_final(struct shash_desc *sum, u8 *out)
{
	return digest_of(sum->tfm)->final(sum, out);
}
OFFER(crypto_shash_final);

int crypto_shash_digest(struct shash_desc *sum, const u8 *bytes, unsigned int count, u8 *out)
{
	if (sum->tfm->base.crt_flags & NEEDS_KEY)
		return -ENOKEY;
	return digest_of(sum->tfm)->digest(sum, bytes, count, out);
}
OFFER(crypto_shash_digest);

/* Instances: a digest made of something else. */

struct shash_instance {
	void (*free)(struct shash_instance *instance);
	struct shash_alg algorithm;
};

int shash_register_instance(struct crypto_template *template, struct shash_instance *instance)
{
	struct crypto_alg *algorithm = &instance->algorithm.base;

	return !instance->free ? -EINVAL :
	       prepare(&instance->algorithm) ?:
	       add_instance(template, (struct crypto_instance *)algorithm, KIND_SHASH, &shash_kind);
}
OFFER(shash_register_instance);

/* One whose bytes of its own are the one spawn that it has. */
void shash_free_singlespawn_instance(struct shash_instance *instance)
{
	struct crypto_instance *common = (void *)&instance->algorithm.base;

	crypto_drop_spawn((struct crypto_spawn *)common->context);
	kfree(instance);
}
OFFER(shash_free_singlespawn_instance);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers digests to Linux's modules");
