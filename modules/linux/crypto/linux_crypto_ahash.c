// SPDX-License-Identifier: MIT
/*
 * Digests of memory in pieces (Linux: ahash). What is made of one has functions of its own in
 * front, and behind it the digest that it is made of:
 *
 *     crypto_ahash: init update final finup digest export import setkey reqsize │ crypto_tfm │ digest
 */
#include "crypto.h"
#include <linux/container_of.h>

struct ahash_request {
	struct crypto_async_request base;
	unsigned int nbytes;
	struct scatterlist *src;
	u8 *result;
	void *priv;
	struct shash_desc sum;
};

struct crypto_ahash {
	int (*init)(struct ahash_request *request);
	int (*update)(struct ahash_request *request);
	int (*final)(struct ahash_request *request);
	int (*finup)(struct ahash_request *request);
	int (*digest)(struct ahash_request *request);
	int (*export)(struct ahash_request *request, void *out);
	int (*import)(struct ahash_request *request, const void *in);
	int (*setkey)(struct crypto_ahash *tfm, const u8 *key, unsigned int bytes);
	unsigned int reqsize;
	struct crypto_tfm base;
};
static_assert(sizeof(struct crypto_ahash) == 104);

extern int crypto_shash_setkey(struct crypto_shash *tfm, const u8 *key, unsigned int bytes);

static struct crypto_shash **digest_of(struct crypto_tfm *tfm)
{
	return (struct crypto_shash **)tfm->context;
}

/* The algorithm, for a sum that a request is about. */
static struct shash_alg *algorithm_for(struct ahash_request *request)
{
	struct crypto_shash *digest = *digest_of(request->base.tfm);

	request->sum.tfm = digest;
	return container_of(digest->base.algorithm, struct shash_alg, base);
}

static int init(struct ahash_request *request)
{
	if (request->base.tfm->crt_flags & NEEDS_KEY)
		return -ENOKEY;
	return algorithm_for(request)->init(&request->sum);
}

static int update(struct ahash_request *request)
{
	struct shash_alg *algorithm = algorithm_for(request);
	unsigned int left = request->nbytes;
	struct scatter_walk at;
	int error = 0;

	walk_from(&at, request->src);
	while (left && !error) {
		unsigned int part = min(left, walk_span(&at));

		if (!part)
			return -EINVAL;
		error = algorithm->update(&request->sum, piece_address(at.sg, at.offset), part);
		at.offset += part;
		left -= part;
	}
	return error;
}

static int final(struct ahash_request *request)
{
	return algorithm_for(request)->final(&request->sum, request->result);
}

static int finup(struct ahash_request *request)
{
	return update(request) ?: final(request);
}

static int whole(struct ahash_request *request)
{
	return init(request) ?: finup(request);
}

static int export(struct ahash_request *request, void *out)
{
	return algorithm_for(request)->export(&request->sum, out);
}

static int import(struct ahash_request *request, const void *in)
{
	return algorithm_for(request)->import(&request->sum, in);
}

static int setkey(struct crypto_ahash *tfm, const u8 *key, unsigned int bytes)
{
	struct crypto_shash *digest = *digest_of(&tfm->base);
	int error = crypto_shash_setkey(digest, key, bytes);

	tfm->base.crt_flags = (tfm->base.crt_flags & ~NEEDS_KEY) |
			      (digest->base.crt_flags & NEEDS_KEY);
	return error;
}

static void end(struct crypto_tfm *tfm)
{
	crypto_destroy_tfm(*digest_of(tfm), &(*digest_of(tfm))->base);
}

static int begin(struct crypto_tfm *tfm)
{
	struct crypto_ahash *own = container_of(tfm, struct crypto_ahash, base);
	struct crypto_shash *digest = make(tfm->algorithm, &shash_kind);

	if (IS_ERR(digest))
		return PTR_ERR(digest);
	*digest_of(tfm) = digest;
	tfm->exit = end;
	tfm->crt_flags |= digest->base.crt_flags & NEEDS_KEY;
	own->init = init;
	own->update = update;
	own->final = final;
	own->finup = finup;
	own->digest = whole;
	own->export = export;
	own->import = import;
	own->setkey = setkey;
	own->reqsize = sizeof(struct shash_desc) + digest->descsize;
	return 0;
}

static unsigned int context(const struct crypto_alg *algorithm)
{
	(void)algorithm;
	return sizeof(struct crypto_shash *);
}

/* All that are registered are digests of bytes. */
static const struct kind ahash_kind = {
	.number = KIND_AHASH,
	.mask = HASH_MASK,
	.front = offsetof(struct crypto_ahash, base),
	.context = context,
	.begin = begin,
};

int crypto_grab_ahash(struct crypto_spawn *spawn, struct crypto_instance *instance,
		      const char *name, u32 flags, u32 mask)
{
	return grab(spawn, instance, name, &ahash_kind, flags, mask);
}
OFFER(crypto_grab_ahash);

struct crypto_ahash *crypto_alloc_ahash(const char *name, u32 flags, u32 mask)
{
	return make_named(name, &ahash_kind, flags, mask);
}
OFFER(crypto_alloc_ahash);

int crypto_has_ahash(const char *name, u32 flags, u32 mask)
{
	return !IS_ERR(find_algorithm(name, (flags & ~HASH_MASK) | KIND_AHASH, mask | HASH_MASK));
}
OFFER(crypto_has_ahash);

int crypto_ahash_setkey(struct crypto_ahash *tfm, const u8 *key, unsigned int bytes)
{
	return tfm->setkey(tfm, key, bytes);
}
OFFER(crypto_ahash_setkey);

static struct crypto_ahash *made_for(struct ahash_request *request)
{
	return container_of(request->base.tfm, struct crypto_ahash, base);
}

int crypto_ahash_final(struct ahash_request *request)
{
	return made_for(request)->final(request);
}
OFFER(crypto_ahash_final);

int crypto_ahash_finup(struct ahash_request *request)
{
	return made_for(request)->finup(request);
}
OFFER(crypto_ahash_finup);

int crypto_ahash_digest(struct ahash_request *request)
{
	return made_for(request)->digest(request);
}
OFFER(crypto_ahash_digest);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers digests of memory in pieces to Linux's modules");
