// SPDX-License-Identifier: MIT
/*
 * Digests and ciphers that are this module's own, on memory in pieces: the digest is the sum of
 * bytes, the cipher adds 1 to each.
 */
#include "algorithms.h"
#include "pieces.h"

ANSWERS_OF_OFFERS("sums of bytes, and bytes plus 1");

/* What is made of a digest or a cipher. */
struct made {
	unsigned int bytes;
	struct crypto_tfm base;
};

extern struct made *offered_crypto_alloc_shash(const char *name, u32 kind, u32 mask);
extern void offered_memcpy_sglist(struct scatterlist *to, struct scatterlist *from,
				  unsigned int bytes);

/* Digests. */

struct sum {
	struct made *tfm;
	u64 state[46];
};

struct digest {
	int (*init)(struct sum *sum);
	int (*update)(struct sum *sum, const u8 *bytes, unsigned int count);
	int (*final)(struct sum *sum, u8 *out);
	void *others[7];
	unsigned int state_bytes;
	unsigned int digest_bytes __aligned(8);
	unsigned int exported_bytes;
	struct algorithm base;
};
static_assert(sizeof(struct digest) == 480);

extern int offered_crypto_register_shash(struct digest *one);
extern void offered_crypto_unregister_shash(struct digest *one);
extern int offered_crypto_register_shashes(struct digest *first, int count);
extern void offered_crypto_unregister_shashes(struct digest *first, int count);
extern int offered_crypto_shash_update(struct sum *sum, const u8 *bytes, unsigned int count);
extern int offered_crypto_shash_final(struct sum *sum, u8 *out);

static int sum_init(struct sum *sum)
{
	sum->state[0] = 0;
	return 0;
}

static int sum_update(struct sum *sum, const u8 *bytes, unsigned int count)
{
	while (count--)
		sum->state[0] += *bytes++;
	return 0;
}

static int sum_final(struct sum *sum, u8 *out)
{
	memcpy(out, sum->state, 8);
	return 0;
}

#define SUM(text, bytes)                                                          \
	{                                                                         \
		.init = sum_init, .update = sum_update, .final = sum_final,               \
		.state_bytes = bytes, .digest_bytes = 8,                                  \
		.base = { NAMED(text, SHASH) },                                           \
	}
static struct digest digests[] = { SUM("own-sum-a", 8), SUM("own-sum-b", 369) };

/* Of an ahash's memory only this: the function that begins, and the one that goes on. */
struct ahash_request {
	struct request base;
	unsigned int bytes;
	struct scatterlist *from;
	u8 *result;
	void *own;
	struct sum sum;
};
struct ahash {
	int (*init)(struct ahash_request *request);
	int (*update)(struct ahash_request *request);
	void *others[6];
	unsigned int request_bytes;
	struct crypto_tfm base;
};
extern struct ahash *offered_crypto_alloc_ahash(const char *name, u32 kind, u32 mask);
extern int offered_crypto_has_ahash(const char *name, u32 kind, u32 mask);
extern int offered_crypto_ahash_final(struct ahash_request *request);

static void of_pieces(struct pieces *pieces)
{
	static struct ahash_request request;
	struct ahash *ahash = offered_crypto_alloc_ahash("own-sum-a", 0, 0);
	u64 out = 0;

	request.base.tfm = &ahash->base;
	request.bytes = 5;
	request.from = pieces->list;
	request.result = (u8 *)&out;
	ANSWER(ahash->init(&request), 0);
	ANSWER(ahash->update(&request), 0);
	ANSWER(offered_crypto_ahash_final(&request), 0);
	ANSWER(out, 15);
	crypto_destroy_tfm(ahash, &ahash->base);
}

/* That an instance uses an algorithm. */
struct spawn {
	u64 list[2];
	struct algorithm *algorithm;
	u64 others[3];
};

/* A digest made of something: its own functions, what all instances have, and one spawn. */
struct instance {
	void *free;
	struct digest digest;
	u64 common[7];
	struct spawn spawn;
};
extern int offered_crypto_grab_spawn(struct spawn *spawn, void *instance, const char *name,
				     u32 kind, u32 mask);
extern void offered_shash_free_singlespawn_instance(struct instance *instance);

/* Of an instance nothing is left, and the algorithm has no user. */
static void instance(void)
{
	struct instance *one = kzalloc(sizeof(*one), GFP_KERNEL);
	const u64 *users = &digests[0].base.lists[2];

	ANSWER(!one, 0);
	if (!one)
		return;
	ANSWER(offered_crypto_grab_spawn(&one->spawn, &one->digest.base, "own-sum-a", SHASH,
					 KINDS), 0);
	ANSWER((u64)one->spawn.algorithm, (u64)&digests[0].base);
	ANSWER(*users, (u64)&one->spawn);
	offered_shash_free_singlespawn_instance(one);
	ANSWER(*users, (u64)users);
}

static void digest(struct pieces *pieces)
{
	static struct sum sum;
	struct made *made;
	u64 out = 0;

	ANSWER(offered_crypto_register_shash(&digests[1]), (u64)-EINVAL);
	ANSWER(offered_crypto_register_shashes(digests, 2), (u64)-EINVAL);
	ANSWER(IS_THERE("own-sum-a", SHASH), 0);
	ANSWER(offered_crypto_register_shash(&digests[0]), 0);
	ANSWER(offered_crypto_has_ahash("own-sum-a", 0, 0), 1);
	sum.tfm = made = offered_crypto_alloc_shash("own-sum-a", 0, 0);
	sum_init(&sum);
	ANSWER(offered_crypto_shash_update(&sum, (const u8 *)"\1\2", 2), 0);
	ANSWER(offered_crypto_shash_update(&sum, (const u8 *)"\3", 1), 0);
	ANSWER(offered_crypto_shash_final(&sum, (u8 *)&out), 0);
	ANSWER(out, 6);
	crypto_destroy_tfm(made, &made->base);
	of_pieces(pieces);
	instance();
	offered_crypto_unregister_shash(&digests[0]);
	ANSWER(offered_crypto_has_ahash("own-sum-a", 0, 0), 0);
	digests[1].state_bytes = 8;
	ANSWER(offered_crypto_register_shashes(digests, 2), 0);
	ANSWER(IS_THERE("own-sum-a", SHASH) + IS_THERE("own-sum-b", SHASH), 2);
	offered_crypto_unregister_shashes(digests, 2);
	ANSWER(IS_THERE("own-sum-a", SHASH) + IS_THERE("own-sum-b", SHASH), 0);
}

/* Ciphers. */

struct cipher_request {
	unsigned int bytes;
	u8 *iv;
	struct scatterlist *from, *to;
	struct request base;
};

struct cipher {
	void *setkey;
	int (*encrypt)(struct cipher_request *request);
	int (*decrypt)(struct cipher_request *request);
	void *init, *exit;
	unsigned int min_key, max_key, iv_bytes, chunk_bytes, step_bytes, unused;
	struct algorithm base;
};
static_assert(sizeof(struct cipher) == 448);

extern int offered_crypto_register_skcipher(struct cipher *one);
extern void offered_crypto_unregister_skcipher(struct cipher *one);
extern int offered_crypto_register_skciphers(struct cipher *first, int count);
extern void offered_crypto_unregister_skciphers(struct cipher *first, int count);
extern struct made *offered_crypto_alloc_skcipher(const char *name, u32 kind, u32 mask);
extern int offered_crypto_has_skcipher(const char *name, u32 kind, u32 mask);
extern int offered_crypto_skcipher_encrypt(struct cipher_request *request);
extern int offered_crypto_skcipher_decrypt(struct cipher_request *request);

static int add(struct cipher_request *request, int what)
{
	u8 bytes[8];

	sg_copy_to_buffer(request->from, MOST_PIECES, bytes, request->bytes);
	for (unsigned int at = 0; at < request->bytes; at++)
		bytes[at] += what;
	sg_copy_from_buffer(request->to, MOST_PIECES, bytes, request->bytes);
	return 0;
}

static int add_one(struct cipher_request *request)
{
	return add(request, 1);
}

static int take_one(struct cipher_request *request)
{
	return add(request, -1);
}

static struct cipher ciphers[] = {
	{ .encrypt = add_one, .decrypt = take_one, .base = { NAMED("own-plus-a", SKCIPHER) } },
	{ .encrypt = add_one, .decrypt = take_one, .base = { NAMED("own-plus-b", SKCIPHER) },
	  .iv_bytes = 4096 / 8 + 1 },
};

static void cipher(struct pieces *pieces, struct pieces *others)
{
	struct cipher_request request = { .bytes = 5, .from = pieces->list, .to = others->list };
	struct made *made;

	ANSWER(offered_crypto_register_skciphers(ciphers, 2), (u64)-EINVAL);
	ANSWER(offered_crypto_has_skcipher("own-plus-a", 0, 0), 0);
	ANSWER(offered_crypto_register_skcipher(&ciphers[0]), 0);
	ANSWER(offered_crypto_has_skcipher("own-plus-a", 0, 0), 1);
	made = offered_crypto_alloc_skcipher("own-plus-a", 0, 0);
	request.base.tfm = &made->base;
	ANSWER(offered_crypto_skcipher_encrypt(&request), 0);
	ANSWER(gather(others), 5);
	ANSWER_BYTES(others->bytes, "\2\3\4\5\6", 5);
	request.from = others->list;
	ANSWER(offered_crypto_skcipher_decrypt(&request), 0);
	gather(others);
	ANSWER_BYTES(others->bytes, "\1\2\3\4\5", 5);
	crypto_destroy_tfm(made, &made->base);
	offered_crypto_unregister_skcipher(&ciphers[0]);
	ANSWER(offered_crypto_has_skcipher("own-plus-a", 0, 0), 0);
	ciphers[1].iv_bytes = 0;
	ANSWER(offered_crypto_register_skciphers(ciphers, 2), 0);
	offered_crypto_unregister_skciphers(ciphers, 2);
	ANSWER(offered_crypto_has_skcipher("own-plus-b", 0, 0), 0);
}

/* One that authenticates; and that an instance is about to use it. */

struct aead {
	int (*setkey)(void *tfm, const u8 *key, unsigned int bytes);
	void *functions[5];
	unsigned int iv_bytes, tag_bytes, chunk_bytes, unused;
	struct algorithm base;
};
static_assert(sizeof(struct aead) == 448);

extern int offered_crypto_register_aead(struct aead *one);
extern void offered_crypto_unregister_aead(struct aead *one);
extern int offered_crypto_grab_aead(struct spawn *spawn, void *instance, const char *name, u32 kind,
				    u32 mask);
extern void offered_crypto_drop_spawn(struct spawn *spawn);

static void aead(void)
{
	static struct aead one = { .base = { NAMED("own-aead", AEAD) } };
	static struct { struct algorithm base; u64 others[7]; } instance;
	struct spawn spawn = {};

	ANSWER(offered_crypto_grab_aead(&spawn, &instance, "own-aead", 0, 0), (u64)-ENOENT);
	one.tag_bytes = 4096 / 8 + 1;
	ANSWER(offered_crypto_register_aead(&one), (u64)-EINVAL);
	one.tag_bytes = 16;
	ANSWER(offered_crypto_register_aead(&one), 0);
	ANSWER(IS_THERE("own-aead", AEAD), 1);
	ANSWER(offered_crypto_grab_aead(&spawn, &instance, "own-aead", 0, 0), 0);
	ANSWER((u64)spawn.algorithm, (u64)&one.base);
	offered_crypto_drop_spawn(&spawn);
	ANSWER((u64)spawn.algorithm, 0);
	/* An instance that used it would have to go first. */
	offered_crypto_unregister_aead(&one);
	ANSWER(IS_THERE("own-aead", AEAD), 0);
}

static void ask(void)
{
	/* Pieces end at other places in the one than in the other. */
	struct pieces *pieces = make_pieces("0102030405", 2, 0);
	struct pieces *others = make_pieces("0000000000", 3, 0);

	if (pieces && others) {
		offered_memcpy_sglist(others->list, pieces->list, 4);
		gather(others);
		ANSWER_BYTES(others->bytes, "\1\2\3\4\0", 5);
		digest(pieces);
		cipher(pieces, others);
		aead();
	}
	ANSWER(pieces && others, 1);
	free_pieces(pieces);
	free_pieces(others);
}
ASK(ask);
