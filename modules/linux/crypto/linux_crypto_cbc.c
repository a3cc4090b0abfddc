// SPDX-License-Identifier: MIT
/*
 * Cipher block chaining, which Linux has built in: a block is combined with the encrypted one
 * before it, and then encrypted.
 *
 *     iv ──►⊕◄── block 1      ┌──►⊕◄── block 2
 *           E                 │   E
 *           └── encrypted 1 ──┘   └── encrypted 2
 */
#include "crypto.h"
#include <linux/container_of.h>

struct skcipher_instance;

/* A step of a walk, as linux_crypto_skcipher.c lays it out. */
struct skcipher_walk {
	struct {
		void *page;
		u8 *address;
	} src, dst;
	struct scatter_walk in;
	unsigned int nbytes;
	u64 between[7];
	u8 *oiv;
	u8 *iv;
	u64 rest[3];
};
static_assert(sizeof(struct skcipher_walk) == 152);
static_assert(offsetof(struct skcipher_walk, iv) == 120);

extern int skcipher_walk_virt(struct skcipher_walk *walk, struct skcipher_request *request,
			      bool atomic);
extern int skcipher_walk_done(struct skcipher_walk *walk, int left);
extern struct skcipher_instance *skcipher_alloc_instance_simple(struct crypto_template *template,
								struct rtattr **words);
extern int skcipher_register_instance(struct crypto_template *template,
				      struct skcipher_instance *instance);
extern int crypto_register_template(struct crypto_template *template);
extern void crypto_unregister_template(struct crypto_template *template);

/* The longest block. */
#define BLOCK 16

static struct crypto_tfm *cipher_for(struct skcipher_request *request)
{
	return *(struct crypto_tfm **)request->base.tfm->context;
}

static void combine(u8 *block, const u8 *other, unsigned int bytes)
{
	while (bytes--)
		*block++ ^= *other++;
}

static int encrypt(struct skcipher_request *request)
{
	struct crypto_tfm *cipher = cipher_for(request);
	unsigned int bytes = cipher->algorithm->cra_blocksize;
	struct skcipher_walk walk;
	int error = skcipher_walk_virt(&walk, request, false);

	while (!error && walk.nbytes) {
		unsigned int left = walk.nbytes;
		u8 *in = walk.src.address, *out = walk.dst.address;

		for (; left >= bytes; left -= bytes, in += bytes, out += bytes) {
			combine(walk.iv, in, bytes);
			cipher->algorithm->cipher.encrypt(cipher, out, walk.iv);
			memcpy(walk.iv, out, bytes);
		}
		error = skcipher_walk_done(&walk, left);
	}
	return error;
}

static int decrypt(struct skcipher_request *request)
{
	struct crypto_tfm *cipher = cipher_for(request);
	unsigned int bytes = cipher->algorithm->cra_blocksize;
	struct skcipher_walk walk;
	int error = skcipher_walk_virt(&walk, request, false);

	while (!error && walk.nbytes) {
		unsigned int left = walk.nbytes;
		u8 *in = walk.src.address, *out = walk.dst.address;

		for (; left >= bytes; left -= bytes, in += bytes, out += bytes) {
			u8 encrypted[BLOCK];

			memcpy(encrypted, in, bytes);
			cipher->algorithm->cipher.decrypt(cipher, out, encrypted);
			combine(out, walk.iv, bytes);
			memcpy(walk.iv, encrypted, bytes);
		}
		error = skcipher_walk_done(&walk, left);
	}
	return error;
}

static int create(struct crypto_template *template, struct rtattr **words)
{
	struct skcipher_instance *instance = skcipher_alloc_instance_simple(template, words);
	void (**free)(struct skcipher_instance *instance) = (void *)instance;
	struct skcipher_alg *algorithm;
	int error;

	if (IS_ERR(instance))
		return PTR_ERR(instance);
	algorithm = (struct skcipher_alg *)(free + 1);
	algorithm->encrypt = encrypt;
	algorithm->decrypt = decrypt;
	error = algorithm->base.cra_blocksize > BLOCK ? -EINVAL :
		skcipher_register_instance(template, instance);
	if (error)
		(*free)(instance);
	return error;
}

static struct crypto_template cbc = { .name = "cbc", .create = create };

static int __init begin(void)
{
	return crypto_register_template(&cbc);
}
module_init(begin);

static void __exit end(void)
{
	crypto_unregister_template(&cbc);
}
module_exit(end);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers cipher block chaining by name");
