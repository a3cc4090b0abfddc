// SPDX-License-Identifier: MIT
/*
 * Cipher block chaining, which Linux has built in: a block is combined with the encrypted one
 * before it, and then encrypted.
 *
 *     iv ──►⊕◄── block 1      ┌──►⊕◄── block 2
 *           E                 │   E
 *           └── encrypted 1 ──┘   └── encrypted 2
 */
#include "skcipher.h"

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

static void encrypt_block(struct crypto_tfm *cipher, u8 *iv, u8 *out, const u8 *in)
{
	unsigned int bytes = cipher->algorithm->cra_blocksize;

	combine(iv, in, bytes);
	cipher->algorithm->cipher.encrypt(cipher, out, iv);
	memcpy(iv, out, bytes);
}

static void decrypt_block(struct crypto_tfm *cipher, u8 *iv, u8 *out, const u8 *in)
{
	unsigned int bytes = cipher->algorithm->cra_blocksize;
	u8 encrypted[BLOCK];

	memcpy(encrypted, in, bytes);
	cipher->algorithm->cipher.decrypt(cipher, out, encrypted);
	combine(out, iv, bytes);
	memcpy(iv, encrypted, bytes);
}

static int each_block(struct skcipher_request *request,
		      void (*block)(struct crypto_tfm *cipher, u8 *iv, u8 *out, const u8 *in))
{
	struct crypto_tfm *cipher = cipher_for(request);
	unsigned int bytes = cipher->algorithm->cra_blocksize;
	struct skcipher_walk walk;
	int error = skcipher_walk_virt(&walk, request, false);

	while (!error && walk.nbytes) {
		unsigned int left = walk.nbytes;
		u8 *in = walk.src.address, *out = walk.dst.address;

		for (; left >= bytes; left -= bytes, in += bytes, out += bytes)
			block(cipher, walk.iv, out, in);
		error = skcipher_walk_done(&walk, left);
	}
	return error;
}

static int encrypt(struct skcipher_request *request)
{
	return each_block(request, encrypt_block);
}

static int decrypt(struct skcipher_request *request)
{
	return each_block(request, decrypt_block);
}

static int create(struct crypto_template *template, struct rtattr **words)
{
	struct skcipher_instance *instance = skcipher_alloc_instance_simple(template, words);
	struct skcipher_alg *algorithm;
	int error;

	if (IS_ERR(instance))
		return PTR_ERR(instance);
	algorithm = &instance->algorithm;
	algorithm->encrypt = encrypt;
	algorithm->decrypt = decrypt;
	error = algorithm->base.cra_blocksize > BLOCK ? -EINVAL :
		skcipher_register_instance(template, instance);
	if (error)
		instance->free(instance);
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
