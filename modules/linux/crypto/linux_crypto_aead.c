// SPDX-License-Identifier: MIT
/*
 * Ciphers that authenticate (Linux: AEAD): of a request's memory the first `assoclen` bytes are
 * only authenticated, the next `cryptlen` are encrypted, and behind them comes the tag.
 *
 *     associated │ text   │ tag, written when encrypted, checked when decrypted: -EBADMSG
 */
#include "crypto.h"
#include <linux/container_of.h>
#include <linux/random.h>

struct crypto_aead {
	unsigned int authsize, reqsize;
	struct crypto_tfm base;
};

struct aead_alg {
	int (*setkey)(struct crypto_aead *tfm, const u8 *key, unsigned int bytes);
	int (*setauthsize)(struct crypto_aead *tfm, unsigned int bytes);
	int (*encrypt)(struct aead_request *request);
	int (*decrypt)(struct aead_request *request);
	int (*init)(struct crypto_aead *tfm);
	void (*exit)(struct crypto_aead *tfm);
	unsigned int ivsize, maxauthsize, chunksize;
	struct crypto_alg base;
};
static_assert(sizeof(struct aead_alg) == 448);

struct aead_instance {
	void (*free)(struct aead_instance *instance);
	struct aead_alg algorithm;
};

static struct aead_alg *aead_of(struct crypto_aead *tfm)
{
	return container_of(tfm->base.algorithm, struct aead_alg, base);
}

static void end(struct crypto_tfm *tfm)
{
	struct crypto_aead *aead = container_of(tfm, struct crypto_aead, base);

	aead_of(aead)->exit(aead);
}

static int begin(struct crypto_tfm *tfm)
{
	struct crypto_aead *aead = container_of(tfm, struct crypto_aead, base);
	struct aead_alg *algorithm = aead_of(aead);

	tfm->crt_flags |= NEEDS_KEY;
	aead->authsize = algorithm->maxauthsize;
	if (algorithm->exit)
		tfm->exit = end;
	return algorithm->init ? algorithm->init(aead) : 0;
}

static void free_instance(struct crypto_instance *common)
{
	struct aead_instance *instance =
		container_of(&common->alg, struct aead_instance, algorithm.base);

	instance->free(instance);
}

static const struct kind aead_kind = {
	.number = KIND_AEAD,
	.mask = KIND_MASK,
	.front = offsetof(struct crypto_aead, base),
	.begin = begin,
	.free = free_instance,
};

static int prepare(struct aead_alg *algorithm)
{
	if (algorithm->ivsize > PAGE_BYTES / 8 || algorithm->maxauthsize > PAGE_BYTES / 8 ||
	    algorithm->chunksize > PAGE_BYTES / 8)
		return -EINVAL;
	algorithm->chunksize = algorithm->chunksize ?: algorithm->base.cra_blocksize;
	return 0;
}

int crypto_register_aead(struct aead_alg *algorithm)
{
	return prepare(algorithm) ?: add_algorithm(&algorithm->base, KIND_AEAD, &aead_kind);
}
OFFER(crypto_register_aead);

void crypto_unregister_aead(struct aead_alg *algorithm)
{
	remove_algorithm(&algorithm->base);
}
OFFER(crypto_unregister_aead);

struct crypto_aead *crypto_alloc_aead(const char *name, u32 flags, u32 mask)
{
	return make_named(name, &aead_kind, flags, mask);
}
OFFER(crypto_alloc_aead);

int crypto_aead_setkey(struct crypto_aead *tfm, const u8 *key, unsigned int bytes)
{
	int error = aead_of(tfm)->setkey(tfm, key, bytes);

	if (error)
		tfm->base.crt_flags |= NEEDS_KEY;
	else
		tfm->base.crt_flags &= ~NEEDS_KEY;
	return error;
}
OFFER(crypto_aead_setkey);

int crypto_aead_setauthsize(struct crypto_aead *tfm, unsigned int bytes)
{
	struct aead_alg *algorithm = aead_of(tfm);
	int error = bytes > algorithm->maxauthsize || (!bytes && algorithm->maxauthsize) ? -EINVAL :
		    algorithm->setauthsize ? algorithm->setauthsize(tfm, bytes) : 0;

	if (!error)
		tfm->authsize = bytes;
	return error;
}
OFFER(crypto_aead_setauthsize);

static struct crypto_aead *made_for(struct aead_request *request)
{
	return container_of(request->base.tfm, struct crypto_aead, base);
}

int crypto_aead_encrypt(struct aead_request *request)
{
	struct crypto_aead *aead = made_for(request);

	return aead->base.crt_flags & NEEDS_KEY ? -ENOKEY : aead_of(aead)->encrypt(request);
}
OFFER(crypto_aead_encrypt);

int crypto_aead_decrypt(struct aead_request *request)
{
	struct crypto_aead *aead = made_for(request);

	if (aead->base.crt_flags & NEEDS_KEY)
		return -ENOKEY;
	return request->cryptlen < aead->authsize ? -EINVAL : aead_of(aead)->decrypt(request);
}
OFFER(crypto_aead_decrypt);

/* Instances. */

int crypto_grab_aead(struct crypto_spawn *spawn, struct crypto_instance *instance,
		     const char *name, u32 flags, u32 mask)
{
	return grab(spawn, instance, name, &aead_kind, flags, mask);
}
OFFER(crypto_grab_aead);

int aead_register_instance(struct crypto_template *template, struct aead_instance *instance)
{
	struct crypto_alg *algorithm = &instance->algorithm.base;

	return !instance->free ? -EINVAL :
	       prepare(&instance->algorithm) ?:
	       add_instance(template, (struct crypto_instance *)algorithm, KIND_AEAD, &aead_kind);
}
OFFER(aead_register_instance);

/* Walks. */

struct skcipher_walk;
extern int walk_aead(struct skcipher_walk *walk, struct aead_request *request, unsigned int bytes,
		     const unsigned int sizes[3]);

static int walk_text(struct skcipher_walk *walk, struct aead_request *request, unsigned int bytes)
{
	const struct aead_alg *algorithm = aead_of(made_for(request));
	const unsigned int sizes[3] = { algorithm->base.cra_blocksize, algorithm->chunksize,
					algorithm->ivsize };

	return walk_aead(walk, request, bytes, sizes);
}

int skcipher_walk_aead_encrypt(struct skcipher_walk *walk, struct aead_request *request,
			       bool atomic)
{
	(void)atomic;
	return walk_text(walk, request, request->cryptlen);
}
OFFER(skcipher_walk_aead_encrypt);

int skcipher_walk_aead_decrypt(struct skcipher_walk *walk, struct aead_request *request,
			       bool atomic)
{
	(void)atomic;
	return walk_text(walk, request, request->cryptlen - made_for(request)->authsize);
}
OFFER(skcipher_walk_aead_decrypt);

/*
 * What generates numbers that are used once, for another: an instance whose own bytes are one
 * spawn. What is made of it begins with a lock, the other, and a salt.
 */
struct generator {
	u32 lock;
	struct crypto_aead *child;
	struct crypto_skcipher *copy;
	u8 salt[] __attribute__((aligned(8)));
};
static_assert(sizeof(struct generator) == 24);

static struct crypto_spawn *spawn_of(struct aead_instance *instance)
{
	struct crypto_instance *common = (void *)&instance->algorithm.base;

	return (struct crypto_spawn *)common->context;
}

static struct crypto_aead *child_of(struct crypto_aead *tfm)
{
	return ((struct generator *)tfm->base.context)->child;
}

static int generator_setkey(struct crypto_aead *tfm, const u8 *key, unsigned int bytes)
{
	return crypto_aead_setkey(child_of(tfm), key, bytes);
}

static int generator_setauthsize(struct crypto_aead *tfm, unsigned int bytes)
{
	return crypto_aead_setauthsize(child_of(tfm), bytes);
}

static void generator_free(struct aead_instance *instance)
{
	crypto_drop_spawn(spawn_of(instance));
	kfree(instance);
}

extern int crypto_check_attr_type(struct rtattr **words, u32 kind, u32 *mask);
extern const char *crypto_attr_alg_name(struct rtattr *word);
extern int crypto_inst_setname(struct crypto_instance *instance, const char *name,
			       struct crypto_alg *algorithm);

struct aead_instance *aead_geniv_alloc(struct crypto_template *template, struct rtattr **words)
{
	struct aead_instance *instance;
	struct aead_alg *algorithm, *child;
	u32 mask;
	int error = crypto_check_attr_type(words, KIND_AEAD, &mask);

	if (error)
		return ERR_PTR(error);
	instance = kzalloc(sizeof(instance->free) + offsetof(struct aead_alg, base) +
			   sizeof(struct crypto_instance) + sizeof(struct crypto_spawn), GFP_KERNEL);
	if (!instance)
		return ERR_PTR(-ENOMEM);
	algorithm = &instance->algorithm;
	error = grab(spawn_of(instance), (struct crypto_instance *)&algorithm->base,
		     crypto_attr_alg_name(words[1]), &aead_kind, 0, mask);
	child = container_of(spawn_of(instance)->alg, struct aead_alg, base);
	if (!error && child->ivsize < sizeof(u64))
		error = -EINVAL;
	if (!error)
		error = crypto_inst_setname((struct crypto_instance *)&algorithm->base,
					    template->name, &child->base);
	if (error) {
		generator_free(instance);
		return ERR_PTR(error);
	}
	instance->free = generator_free;
	algorithm->base.cra_priority = child->base.cra_priority;
	algorithm->base.cra_blocksize = child->base.cra_blocksize;
	algorithm->base.cra_alignmask = child->base.cra_alignmask;
	algorithm->base.cra_ctxsize = sizeof(struct generator) + child->ivsize;
	algorithm->setkey = generator_setkey;
	algorithm->setauthsize = generator_setauthsize;
	algorithm->ivsize = child->ivsize;
	algorithm->maxauthsize = child->maxauthsize;
	return instance;
}
OFFER(aead_geniv_alloc);

extern struct crypto_skcipher *crypto_get_default_null_skcipher(void);
extern void crypto_put_default_null_skcipher(void);

int aead_init_geniv(struct crypto_aead *tfm)
{
	struct generator *own = (struct generator *)tfm->base.context;
	struct aead_instance *instance =
		container_of(aead_of(tfm), struct aead_instance, algorithm);

	own->copy = crypto_get_default_null_skcipher();
	if (IS_ERR(own->copy))
		return PTR_ERR(own->copy);
	own->child = make(spawn_of(instance)->alg, &aead_kind);
	if (IS_ERR(own->child)) {
		crypto_put_default_null_skcipher();
		return PTR_ERR(own->child);
	}
	get_random_bytes(own->salt, aead_of(tfm)->ivsize);
	tfm->reqsize = own->child->reqsize + sizeof(struct aead_request);
	return 0;
}
OFFER(aead_init_geniv);

void aead_exit_geniv(struct crypto_aead *tfm)
{
	crypto_destroy_tfm(child_of(tfm), &child_of(tfm)->base);
	crypto_put_default_null_skcipher();
}
OFFER(aead_exit_geniv);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers ciphers that authenticate to Linux's modules");
