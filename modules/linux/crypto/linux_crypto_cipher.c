// SPDX-License-Identifier: MIT
/* Ciphers of one block, and what a request calls that isn't done at once. */
#include "crypto.h"

struct crypto_wait {
	u64 completion[4];
	int error;
};
extern void complete(void *completion);

/* What a request that isn't done at once calls: first when it has begun, then in the end. */
void crypto_req_done(struct crypto_async_request *request, int error)
{
	struct crypto_wait *wait = request->data;

	if (error == -EINPROGRESS)
		return;
	wait->error = error;
	complete(wait->completion);
}
OFFER(crypto_req_done);

/* One block. */

int crypto_cipher_setkey(struct crypto_tfm *tfm, const u8 *key, unsigned int bytes)
{
	struct crypto_alg *algorithm = tfm->algorithm;

	if (bytes < algorithm->cipher.min_key || bytes > algorithm->cipher.max_key)
		return -EINVAL;
	return algorithm->cipher.setkey(tfm, key, bytes);
}
OFFER(crypto_cipher_setkey);

void crypto_cipher_encrypt_one(struct crypto_tfm *tfm, u8 *out, const u8 *in)
{
	tfm->algorithm->cipher.encrypt(tfm, out, in);
}
OFFER(crypto_cipher_encrypt_one);

void crypto_cipher_decrypt_one(struct crypto_tfm *tfm, u8 *out, const u8 *in)
{
	tfm->algorithm->cipher.decrypt(tfm, out, in);
}
OFFER(crypto_cipher_decrypt_one);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers ciphers of one block to Linux's modules");
