// SPDX-License-Identifier: MIT
/* The cipher that copies. All who want it share one, which is made for the first of them. */
#include "crypto.h"
#include <linux/mutex.h>

extern void memcpy_sglist(struct scatterlist *to, struct scatterlist *from, unsigned int bytes);

static int copy(struct skcipher_request *request)
{
	memcpy_sglist(request->dst, request->src, request->cryptlen);
	return 0;
}

static int no_key(struct crypto_skcipher *tfm, const u8 *key, unsigned int bytes)
{
	(void)tfm, (void)key, (void)bytes;
	return 0;
}

static struct skcipher_alg null = {
	.setkey = no_key,
	.encrypt = copy,
	.decrypt = copy,
	.base = {
		.cra_name = "ecb(cipher_null)",
		.cra_driver_name = "ecb-cipher_null",
		.cra_priority = 100,
		.cra_blocksize = 1,
	},
};

extern int crypto_register_skcipher(struct skcipher_alg *algorithm);
extern void crypto_unregister_skcipher(struct skcipher_alg *algorithm);
extern struct crypto_skcipher *crypto_alloc_skcipher(const char *name, u32 flags, u32 mask);

static DEFINE_MUTEX(counting);
static struct crypto_skcipher *shared;
static unsigned int users;

struct crypto_skcipher *crypto_get_default_null_skcipher(void)
{
	struct crypto_skcipher *found;

	mutex_lock(&counting);
	if (!users)
		shared = crypto_alloc_skcipher("ecb(cipher_null)", 0, 0);
	found = shared;
	users += !IS_ERR(found);
	mutex_unlock(&counting);
	return found;
}
OFFER(crypto_get_default_null_skcipher);

void crypto_put_default_null_skcipher(void)
{
	mutex_lock(&counting);
	if (!--users)
		crypto_destroy_tfm(shared, &shared->base);
	mutex_unlock(&counting);
}
OFFER(crypto_put_default_null_skcipher);

static int __init begin(void)
{
	return crypto_register_skcipher(&null);
}
module_init(begin);

static void __exit end(void)
{
	crypto_unregister_skcipher(&null);
}
module_exit(end);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers the cipher that copies to Linux's modules");
