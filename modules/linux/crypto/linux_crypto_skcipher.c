// SPDX-License-Identifier: MIT
/*
 * Ciphers of more than a block (Linux: skcipher), from memory in pieces to memory in pieces. An
 * algorithm walks both, and is shown at each step bytes that lie together:
 *
 *     in   ████████░│░░░░░░░        a step ends where a piece or a page does; a block that
 *     out  ████░░░░░░░░│░░░░        doesn't lie in one is copied to a place of its own
 *          └ step ┘
 */
#include "skcipher.h"
#include <linux/container_of.h>

struct skcipher_walk;

static struct skcipher_alg *cipher_of(struct crypto_skcipher *tfm)
{
	return container_of(tfm->base.algorithm, struct skcipher_alg, base);
}

static void need_key(struct crypto_skcipher *tfm)
{
	if (cipher_of(tfm)->max_keysize)
		tfm->base.crt_flags |= NEEDS_KEY;
}

static void end(struct crypto_tfm *tfm)
{
	struct crypto_skcipher *cipher = container_of(tfm, struct crypto_skcipher, base);

	cipher_of(cipher)->exit(cipher);
}

static int begin(struct crypto_tfm *tfm)
{
	struct crypto_skcipher *cipher = container_of(tfm, struct crypto_skcipher, base);
	struct skcipher_alg *algorithm = cipher_of(cipher);

	need_key(cipher);
	if (algorithm->exit)
		tfm->exit = end;
	return algorithm->init ? algorithm->init(cipher) : 0;
}

static void free_instance(struct crypto_instance *common)
{
	struct skcipher_instance *instance =
		container_of(&common->alg, struct skcipher_instance, algorithm.base);

	instance->free(instance);
}

static const struct kind skcipher_kind = {
	.number = KIND_SKCIPHER,
	.mask = KIND_MASK,
	.front = offsetof(struct crypto_skcipher, base),
	.begin = begin,
	.free = free_instance,
};

static int prepare(struct skcipher_alg *algorithm)
{
	if (algorithm->ivsize > PAGE_BYTES / 8 || algorithm->chunksize > PAGE_BYTES / 8 ||
	    algorithm->walksize > PAGE_BYTES / 8)
		return -EINVAL;
	algorithm->chunksize = algorithm->chunksize ?: algorithm->base.cra_blocksize;
	algorithm->walksize = algorithm->walksize ?: algorithm->chunksize;
	return 0;
}

int crypto_register_skcipher(struct skcipher_alg *algorithm)
{
	return prepare(algorithm) ?:
	       add_algorithm(&algorithm->base, KIND_SKCIPHER, &skcipher_kind);
}
OFFER(crypto_register_skcipher);

void crypto_unregister_skcipher(struct skcipher_alg *algorithm)
{
	remove_algorithm(&algorithm->base);
}
OFFER(crypto_unregister_skcipher);

int crypto_register_skciphers(struct skcipher_alg *first, int count)
{
	return ADD_ALL(first, count, crypto_register_skcipher, crypto_unregister_skcipher);
}
OFFER(crypto_register_skciphers);

void crypto_unregister_skciphers(struct skcipher_alg *first, int count)
{
	REMOVE_ALL(first, count, crypto_unregister_skcipher);
}
OFFER(crypto_unregister_skciphers);

struct crypto_skcipher *crypto_alloc_skcipher(const char *name, u32 flags, u32 mask)
{
	return make_named(name, &skcipher_kind, flags, mask);
}
OFFER(crypto_alloc_skcipher);

int crypto_has_skcipher(const char *name, u32 flags, u32 mask)
{
	return !IS_ERR(find_algorithm(name, (flags & ~KIND_MASK) | KIND_SKCIPHER,
				      mask | KIND_MASK));
}
OFFER(crypto_has_skcipher);

int crypto_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int bytes)
{
	struct skcipher_alg *algorithm = cipher_of(tfm);
	bool fits = bytes >= algorithm->min_keysize && bytes <= algorithm->max_keysize;
	int error = fits ? algorithm->setkey(tfm, key, bytes) : -EINVAL;

	if (error)
		need_key(tfm);
	else
		tfm->base.crt_flags &= ~NEEDS_KEY;
	return error;
}
OFFER(crypto_skcipher_setkey);

static struct crypto_skcipher *cipher_for(struct skcipher_request *request)
{
	return container_of(request->base.tfm, struct crypto_skcipher, base);
}

int crypto_skcipher_encrypt(struct skcipher_request *request)
{
	struct crypto_skcipher *cipher = cipher_for(request);

	return cipher->base.crt_flags & NEEDS_KEY ? -ENOKEY : cipher_of(cipher)->encrypt(request);
}
OFFER(crypto_skcipher_encrypt);

int crypto_skcipher_decrypt(struct skcipher_request *request)
{
	struct crypto_skcipher *cipher = cipher_for(request);

	return cipher->base.crt_flags & NEEDS_KEY ? -ENOKEY : cipher_of(cipher)->decrypt(request);
}
OFFER(crypto_skcipher_decrypt);

/* Instances. */

int crypto_grab_skcipher(struct crypto_spawn *spawn, struct crypto_instance *instance,
			 const char *name, u32 flags, u32 mask)
{
	return grab(spawn, instance, name, &skcipher_kind, flags, mask);
}
OFFER(crypto_grab_skcipher);

int skcipher_register_instance(struct crypto_template *template,
			       struct skcipher_instance *instance)
{
	struct crypto_alg *algorithm = &instance->algorithm.base;

	return !instance->free ? -EINVAL :
	       prepare(&instance->algorithm) ?:
	       add_instance(template, (struct crypto_instance *)algorithm, KIND_SKCIPHER,
			    &skcipher_kind);
}
OFFER(skcipher_register_instance);

/* The simple ones: a way to apply one block cipher. What is made of one begins with a cipher. */

static struct crypto_spawn *spawn_of(struct skcipher_instance *instance)
{
	struct crypto_instance *common = (void *)&instance->algorithm.base;

	return (struct crypto_spawn *)common->context;
}

static void simple_free(struct skcipher_instance *instance)
{
	crypto_drop_spawn(spawn_of(instance));
	kfree(instance);
}

static struct crypto_tfm **simple_cipher(struct crypto_skcipher *tfm)
{
	return (struct crypto_tfm **)tfm->base.context;
}

static int simple_init(struct crypto_skcipher *tfm)
{
	struct skcipher_instance *instance =
		container_of(cipher_of(tfm), struct skcipher_instance, algorithm);
	struct crypto_tfm *cipher = make(spawn_of(instance)->alg, NULL);

	if (IS_ERR(cipher))
		return PTR_ERR(cipher);
	*simple_cipher(tfm) = cipher;
	return 0;
}

static void simple_exit(struct crypto_skcipher *tfm)
{
	crypto_destroy_tfm(*simple_cipher(tfm), *simple_cipher(tfm));
}

static int simple_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int bytes)
{
	struct crypto_tfm *cipher = *simple_cipher(tfm);

	cipher->crt_flags = (cipher->crt_flags & ~REQUEST_MASK) |
			    (tfm->base.crt_flags & REQUEST_MASK);
	return cipher->algorithm->cipher.setkey(cipher, key, bytes);
}

extern int crypto_check_attr_type(struct rtattr **words, u32 kind, u32 *mask);
extern const char *crypto_attr_alg_name(struct rtattr *word);
extern int crypto_inst_setname(struct crypto_instance *instance, const char *name,
			       struct crypto_alg *algorithm);

struct skcipher_instance *skcipher_alloc_instance_simple(struct crypto_template *template,
							 struct rtattr **words)
{
	struct skcipher_instance *instance;
	struct skcipher_alg *algorithm;
	struct crypto_alg *cipher;
	u32 mask;
	int error = crypto_check_attr_type(words, KIND_SKCIPHER, &mask);

	if (error)
		return ERR_PTR(error);
	instance = kzalloc(sizeof(instance->free) + offsetof(struct skcipher_alg, base) +
			   sizeof(struct crypto_instance) + sizeof(struct crypto_spawn), GFP_KERNEL);
	if (!instance)
		return ERR_PTR(-ENOMEM);
	algorithm = &instance->algorithm;
	error = grab(spawn_of(instance), (struct crypto_instance *)&algorithm->base,
		     crypto_attr_alg_name(words[1]), NULL, KIND_CIPHER, mask | KIND_MASK);
	cipher = spawn_of(instance)->alg;
	if (!error)
		error = crypto_inst_setname((struct crypto_instance *)&algorithm->base,
					    template->name, cipher);
	if (error) {
		simple_free(instance);
		return ERR_PTR(error);
	}
	instance->free = simple_free;
	algorithm->base.cra_blocksize = cipher->cra_blocksize;
	algorithm->base.cra_alignmask = cipher->cra_alignmask;
	algorithm->base.cra_priority = cipher->cra_priority;
	algorithm->base.cra_ctxsize = sizeof(cipher);
	algorithm->min_keysize = cipher->cipher.min_key;
	algorithm->max_keysize = cipher->cipher.max_key;
	algorithm->ivsize = cipher->cra_blocksize;
	algorithm->init = simple_init;
	algorithm->exit = simple_exit;
	algorithm->setkey = simple_setkey;
	return instance;
}
OFFER(skcipher_alloc_instance_simple);

/* Walks. */

static int stop(struct skcipher_walk *walk, int error)
{
	kfree(walk->buffer);
	walk->buffer = NULL;
	walk->nbytes = 0;
	return error;
}

/* Shows the next bytes. */
static int step(struct skcipher_walk *walk)
{
	unsigned int least = min(walk->total, max(walk->blocksize, walk->stride)), lie_together;
	struct scatter_walk at;

	if (!walk->total)
		return stop(walk, 0);
	if (walk->total < walk->blocksize)
		return stop(walk, -EINVAL);
	lie_together = min(walk->total, min(walk_span(&walk->in), walk_span(&walk->out)));
	if (!walk->in.sg || !walk->out.sg)
		return stop(walk, -EINVAL);
	lie_together = min_t(unsigned long, lie_together,
			     PAGE_BYTES - walk->in.offset % PAGE_BYTES);
	lie_together = min_t(unsigned long, lie_together,
			     PAGE_BYTES - walk->out.offset % PAGE_BYTES);
	if (lie_together >= least) {
		walk->nbytes = lie_together;
		walk->src.address = piece_address(walk->in.sg, walk->in.offset);
		walk->dst.address = piece_address(walk->out.sg, walk->out.offset);
		return 0;
	}
	walk->buffer = kmalloc(least, GFP_ATOMIC);
	if (!walk->buffer)
		return stop(walk, -ENOMEM);
	at = walk->in;
	scatterwalk_copychunks(walk->buffer, &at, least, 0);
	walk->nbytes = least;
	walk->src.address = walk->dst.address = walk->buffer;
	return 0;
}

/* A step is done, but for so many of its bytes; or it has failed. */
int skcipher_walk_done(struct skcipher_walk *walk, int left)
{
	unsigned int done;

	if (left < 0)
		return stop(walk, left);
	done = walk->nbytes - left;
	if (walk->buffer) {
		struct scatter_walk at = walk->out;

		/* A block that is on its own is done as a whole. */
		if (left)
			return stop(walk, -EINVAL);
		scatterwalk_copychunks(walk->buffer, &at, done, 1);
		kfree(walk->buffer);
		walk->buffer = NULL;
	}
	scatterwalk_copychunks(NULL, &walk->in, done, 2);
	scatterwalk_copychunks(NULL, &walk->out, done, 2);
	walk->total -= done;
	return step(walk);
}
OFFER(skcipher_walk_done);

static int first(struct skcipher_walk *walk, struct scatterlist *in, struct scatterlist *out,
		 unsigned int total, u8 *iv)
{
	walk_from(&walk->in, in);
	walk_from(&walk->out, out);
	walk->total = total;
	walk->nbytes = 0;
	walk->buffer = walk->page = NULL;
	walk->iv = walk->oiv = iv;
	walk->flags = 0;
	return step(walk);
}

int skcipher_walk_virt(struct skcipher_walk *walk, struct skcipher_request *request, bool atomic)
{
	struct skcipher_alg *algorithm = cipher_of(cipher_for(request));

	(void)atomic;
	walk->blocksize = algorithm->base.cra_blocksize;
	walk->stride = algorithm->walksize;
	walk->ivsize = algorithm->ivsize;
	walk->alignmask = algorithm->base.cra_alignmask;
	return first(walk, request->src, request->dst, request->cryptlen, request->iv);
}
OFFER(skcipher_walk_virt);

/*
 * Of an AEAD's request: without what is only authenticated, which comes first. Of the algorithm
 * the block, the step and the iv, in bytes.
 */
int walk_aead(struct skcipher_walk *walk, struct aead_request *request, unsigned int bytes,
	      const unsigned int sizes[3])
{
	struct scatter_walk in, out;

	walk->blocksize = sizes[0];
	walk->stride = sizes[1];
	walk->ivsize = sizes[2];
	walk->alignmask = 0;
	first(walk, request->src, request->dst, 0, request->iv);
	walk_from(&in, request->src);
	scatterwalk_copychunks(NULL, &in, request->assoclen, 2);
	walk_from(&out, request->dst);
	scatterwalk_copychunks(NULL, &out, request->assoclen, 2);
	walk->in = in;
	walk->out = out;
	walk->total = bytes;
	return step(walk);
}
EXPORT_SYMBOL(walk_aead);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers ciphers of memory in pieces to Linux's modules");
