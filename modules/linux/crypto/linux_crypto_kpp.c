// SPDX-License-Identifier: MIT
/* Agreements on keys by name (Linux: kpp); whoever has one calls the algorithm itself. */
#include "crypto.h"
#include <linux/container_of.h>

struct crypto_kpp;
struct kpp_request;

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

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers agreements on keys by name to Linux's modules");
