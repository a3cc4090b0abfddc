/*
 * Algorithms as Linux 6.1 lays them out. What is registered begins with what its kind has, and
 * holds a crypto_alg; what is made of it (Linux: a transform) begins with what users of its kind
 * look at, and holds a crypto_tfm, behind which the algorithm's own bytes are:
 *
 *     kind       registered                    made of it
 *     cipher     crypto_alg                                    crypto_tfm │ bytes
 *     shash      shash_alg ─┐ crypto_alg       crypto_shash ─┐ crypto_tfm │ bytes
 *     skcipher   skcipher_alg ┘                crypto_skcipher ┘
 *     aead       aead_alg                      crypto_aead
 *     ahash                                    crypto_ahash: of a shash, by lists of memory
 */
#ifndef __LINUX_CRYPTO_PROVIDERS_H
#define __LINUX_CRYPTO_PROVIDERS_H

#include "../provider.h"
#include "scatter.h"
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

#define ALGORITHM_NAME 128

/* Flags of an algorithm: its kind, and what it is like. */
#define KIND_MASK 0xf
#define KIND_CIPHER 0x1
#define KIND_AEAD 0x3
#define KIND_SKCIPHER 0x5
#define KIND_KPP 0x8
#define KIND_SCOMP 0xb
#define KIND_RNG 0xc
#define KIND_SHASH 0xe
#define KIND_AHASH 0xf
#define HASH_MASK 0xe
#define IS_INSTANCE 0x800
#define IS_ASYNCHRONOUS 0x80
#define HAS_OPTIONAL_KEY 0x4000
/* What an algorithm made of others has because one of them does. */
#define INHERITED (IS_ASYNCHRONOUS | 0x100 | 0x10000 | 0x20000)

/* A flag of what is made: it is useless before it has a key. */
#define NEEDS_KEY 1u
/* Flags that a caller passes on. */
#define REQUEST_MASK 0xfff00u

struct crypto_alg;
struct crypto_instance;
struct crypto_shash;
struct crypto_tfm;
struct shash_desc;

/* What is done for one kind; Linux has its own struct where an algorithm points to this. */
struct kind {
	unsigned int number;
	/* Which bits of the number must be an algorithm's. */
	unsigned int mask;
	/* Bytes in front of the crypto_tfm. */
	unsigned int front;
	unsigned int (*context)(const struct crypto_alg *algorithm);
	int (*begin)(struct crypto_tfm *tfm);
	void (*free)(struct crypto_instance *instance);
};

struct crypto_alg {
	struct list_head cra_list;
	/* The spawns that name it. */
	struct list_head cra_users;
	u32 cra_flags;
	unsigned int cra_blocksize, cra_ctxsize, cra_alignmask;
	int cra_priority;
	/* 1, and each that is made of it or about to be part of an instance. */
	atomic_t cra_refcnt;
	char cra_name[ALGORITHM_NAME], cra_driver_name[ALGORITHM_NAME];
	const struct kind *cra_type;
	struct {
		unsigned int min_key, max_key;
		int (*setkey)(struct crypto_tfm *tfm, const u8 *key, unsigned int bytes);
		void (*encrypt)(struct crypto_tfm *tfm, u8 *out, const u8 *in);
		void (*decrypt)(struct crypto_tfm *tfm, u8 *out, const u8 *in);
	} cipher;
	int (*cra_init)(struct crypto_tfm *tfm);
	void (*cra_exit)(struct crypto_tfm *tfm);
	void (*cra_destroy)(struct crypto_alg *algorithm);
	struct module *cra_module;
};
static_assert(sizeof(struct crypto_alg) == 384);

struct crypto_tfm {
	atomic_t refcnt;
	u32 crt_flags;
	int node;
	void (*exit)(struct crypto_tfm *tfm);
	struct crypto_alg *algorithm;
	u8 context[];
};
static_assert(sizeof(struct crypto_tfm) == 32);

struct shash_alg {
	int (*init)(struct shash_desc *sum);
	int (*update)(struct shash_desc *sum, const u8 *bytes, unsigned int count);
	int (*final)(struct shash_desc *sum, u8 *out);
	int (*finup)(struct shash_desc *sum, const u8 *bytes, unsigned int count, u8 *out);
	int (*digest)(struct shash_desc *sum, const u8 *bytes, unsigned int count, u8 *out);
	int (*export)(struct shash_desc *sum, void *out);
	int (*import)(struct shash_desc *sum, const void *in);
	int (*setkey)(struct crypto_shash *tfm, const u8 *key, unsigned int bytes);
	int (*init_tfm)(struct crypto_shash *tfm);
	void (*exit_tfm)(struct crypto_shash *tfm);
	unsigned int descsize;
	/* Where a hash_alg_common begins, which is all that is known of a kind of hash. */
	unsigned int digestsize __attribute__((aligned(8)));
	unsigned int statesize;
	struct crypto_alg base;
};
static_assert(sizeof(struct shash_alg) == 480);

struct crypto_shash {
	unsigned int descsize;
	struct crypto_tfm base;
};

struct shash_desc {
	struct crypto_shash *tfm;
	u8 state[];
};

struct rtattr {
	u16 length, kind;
};

struct crypto_template {
	struct list_head list;
	struct hlist_head instances;
	struct module *module;
	int (*create)(struct crypto_template *template, struct rtattr **words);
	char name[ALGORITHM_NAME];
};
static_assert(sizeof(struct crypto_template) == 168);

struct crypto_instance {
	struct crypto_alg alg;
	struct crypto_template *tmpl;
	union {
		struct hlist_node list;
		/* Before it is registered. */
		struct crypto_spawn *spawns;
	};
	u64 free_work[4];
	u8 context[];
};
static_assert(sizeof(struct crypto_instance) == 440);

/* That an instance uses an algorithm. */
struct crypto_spawn {
	struct list_head list;
	struct crypto_alg *alg;
	union {
		struct crypto_instance *inst;
		/* Before the instance is registered. */
		struct crypto_spawn *next;
	};
	const struct kind *frontend;
	u32 mask;
	bool dead, registered;
};
static_assert(sizeof(struct crypto_spawn) == 48);

struct crypto_async_request {
	struct list_head list;
	void (*complete)(struct crypto_async_request *request, int error);
	void *data;
	struct crypto_tfm *tfm;
	u32 flags;
};

struct crypto_skcipher {
	unsigned int reqsize;
	struct crypto_tfm base;
};

struct skcipher_request {
	unsigned int cryptlen;
	u8 *iv;
	struct scatterlist *src, *dst;
	struct crypto_async_request base;
};
static_assert(sizeof(struct skcipher_request) == 80);

struct skcipher_alg {
	int (*setkey)(struct crypto_skcipher *tfm, const u8 *key, unsigned int bytes);
	int (*encrypt)(struct skcipher_request *request);
	int (*decrypt)(struct skcipher_request *request);
	int (*init)(struct crypto_skcipher *tfm);
	void (*exit)(struct crypto_skcipher *tfm);
	unsigned int min_keysize, max_keysize, ivsize, chunksize, walksize;
	struct crypto_alg base;
};
static_assert(sizeof(struct skcipher_alg) == 448);

struct aead_request {
	struct crypto_async_request base;
	unsigned int assoclen, cryptlen;
	u8 *iv;
	struct scatterlist *src, *dst;
};
static_assert(sizeof(struct aead_request) == 80);

/* What a template is passed: first which kind is asked for, then the words in the parentheses. */
struct words {
	struct {
		struct rtattr head;
		u32 kind, mask;
	} type;
	struct {
		struct rtattr head;
		char name[ALGORITHM_NAME];
	} names[4];
	struct rtattr *all[6];
};
#define WORD_NAME 1
#define WORD_TYPE 2

/* Between the providers. */
extern int split_words(const char *name, char *template, struct words *words);
extern int add_algorithm(struct crypto_alg *algorithm, unsigned int number,
			 const struct kind *kind);
extern void remove_algorithm(struct crypto_alg *algorithm);
extern int add_instance(struct crypto_template *template, struct crypto_instance *instance,
			unsigned int number, const struct kind *kind);
extern struct crypto_alg *find_algorithm(const char *name, u32 kind, u32 mask);
extern void *make(struct crypto_alg *algorithm, const struct kind *kind);
extern void *make_named(const char *name, const struct kind *kind, u32 flags, u32 mask);
extern int grab(struct crypto_spawn *spawn, struct crypto_instance *instance, const char *name,
		const struct kind *kind, u32 flags, u32 mask);

extern void crypto_destroy_tfm(void *memory, struct crypto_tfm *tfm);
extern void crypto_drop_spawn(struct crypto_spawn *spawn);
extern const struct kind shash_kind;

/* Registers each of an array, or none. */
#define ADD_ALL(algorithms, count, add, remove)                                   \
	({                                                                        \
		int __local_done__ = 0, __local_error__ = 0;                              \
									          \
		while (__local_done__ < (count) && !__local_error__) {                    \
			__local_error__ = add(&(algorithms)[__local_done__]);             \
			__local_done__ += !__local_error__;                               \
		}                                                                 \
		while (__local_error__ && __local_done__ > 0)                             \
			remove(&(algorithms)[--__local_done__]);                          \
		__local_error__;                                                          \
	})
#define REMOVE_ALL(algorithms, count, remove)                                     \
	do {                                                                      \
		for (int __local_left__ = (count); __local_left__ > 0;)                   \
			remove(&(algorithms)[--__local_left__]);                          \
	} while (0)

#endif
