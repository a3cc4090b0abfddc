// SPDX-License-Identifier: MIT
/* Compression by name (Linux: scomp); whoever has one calls the algorithm itself. */
#include "crypto.h"

struct crypto_scomp;

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
MODULE_DESCRIPTION("Offers compression by name to Linux's modules");
