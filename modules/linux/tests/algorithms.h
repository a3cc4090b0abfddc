/* Algorithms of a test's own, as Linux 6.1 lays them out (crypto/algapi.h and its neighbours). */
#ifndef __LINUX_OWN_ALGORITHMS_H
#define __LINUX_OWN_ALGORITHMS_H

#include "crypto_answers.h"
#include <linux/build_bug.h>

/* Kinds, by their numbers in an algorithm's flags. */
#define CIPHER 0x1
#define AEAD 0x3
#define SKCIPHER 0x5
#define KPP 0x8
#define SCOMP 0xb
#define RNG 0xc
#define SHASH 0xe
#define KINDS 0xf

struct algorithm {
	u64 lists[4];
	u32 flags, block_bytes, context_bytes, alignment;
	int priority, references;
	char name[128], driver[128];
	const void *type;
	struct {
		u32 min_key, max_key;
		int (*setkey)(struct crypto_tfm *tfm, const u8 *key, unsigned int bytes);
		void (*encrypt)(struct crypto_tfm *tfm, u8 *out, const u8 *in);
		void (*decrypt)(struct crypto_tfm *tfm, u8 *out, const u8 *in);
	} cipher;
	void *init, *exit, *destroy, *module;
};
static_assert(sizeof(struct algorithm) == 384);

/* What it is called, and its driver. */
#define NAMED(text, kind)                                                         \
	.name = text, .driver = text "-driver", .flags = kind, .block_bytes = 1

struct template {
	u64 list[2], instances;
	void *module;
	int (*create)(struct template *template, void **words);
	char name[128];
};
static_assert(sizeof(struct template) == 168);

struct rng {
	void *generate;
	int (*seed)(void *tfm, const u8 *bytes, unsigned int count);
	void *set_ent;
	unsigned int seed_bytes;
	struct algorithm base;
};
static_assert(sizeof(struct rng) == 416);

struct scomp {
	void *functions[4];
	struct algorithm base;
};
static_assert(sizeof(struct scomp) == 416);

struct kpp {
	void *functions[4];
	int (*init)(void *tfm);
	void (*exit)(void *tfm);
	void *unused;
	struct algorithm base;
};
static_assert(sizeof(struct kpp) == 440);

/* What a request of each kind has. */
struct request {
	u64 list[2];
	void (*complete)(void *request, int error);
	void *data;
	struct crypto_tfm *tfm;
	u32 flags;
};

extern int offered_crypto_has_alg(const char *name, u32 kind, u32 mask);
#define IS_THERE(name, kind) offered_crypto_has_alg(name, kind, KINDS)

#endif
