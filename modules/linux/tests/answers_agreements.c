// SPDX-License-Identifier: MIT
/*
 * Keys that two agree on, numbers that a seed makes, and what is packed: by algorithms' own
 * functions, which are found by name.
 */
#include "pieces.h"

ANSWERS(ecdh_generic, "RFC 5903, 8.1");
ANSWERS(ecc, "RFC 5903, 8.1, by ecdh_generic");
ANSWERS(curve25519_generic, "RFC 7748, 5.2");
ANSWERS(ansi_cprng, "NIST RNGVS, ANSI X9.31 with AES-128, VST");
ANSWERS(lz4, "LZ4 block format: 24 times the same");
ANSWERS(lz4hc, "LZ4 block format: 24 times the same");

/* Of an algorithm the functions that stand before it, and of one that compresses those in it. */
struct kpp_request {
	struct {
		u64 list[2];
		void (*complete)(void *request, int error);
		void *data;
		struct crypto_tfm *tfm;
		u32 flags;
	} base;
	struct scatterlist *src, *dst;
	unsigned int src_len, dst_len;
	u8 own[256];
};
struct kpp_functions {
	int (*set_secret)(struct crypto_tfm *tfm, const void *secret, unsigned int bytes);
	int (*generate_public_key)(struct kpp_request *request);
	int (*compute_shared_secret)(struct kpp_request *request);
	void *others[4];
};
struct rng_functions {
	int (*generate)(struct crypto_tfm *tfm, const u8 *source, unsigned int count, u8 *out,
			unsigned int bytes);
	void *others[3];
};
struct crypto_alg {
	u8 before[320];
	int (*compress)(struct crypto_tfm *tfm, const u8 *in, unsigned int count, u8 *out,
			unsigned int *room);
	int (*decompress)(struct crypto_tfm *tfm, const u8 *in, unsigned int count, u8 *out,
			  unsigned int *room);
};
extern struct crypto_tfm *crypto_alloc_kpp(const char *name, u32 kind, u32 mask);
extern struct crypto_tfm *crypto_alloc_rng(const char *name, u32 kind, u32 mask);
extern struct crypto_tfm *crypto_alloc_base(const char *name, u32 kind, u32 mask);
extern int crypto_rng_reset(struct crypto_tfm *tfm, const u8 *seed, unsigned int bytes);
#define FUNCTIONS(type, tfm) ((const struct type *)(tfm)->algorithm - 1)

static u8 secret[128];

/* What comes of a secret: with the other's point, or of itself. */
static void agree(const char *name, unsigned int bytes, const char *point, const char *known)
{
	struct crypto_tfm *tfm = crypto_alloc_kpp(name, 0, 0);
	struct kpp_request *request = kzalloc(sizeof(*request), GFP_KERNEL);
	struct pieces *in = make_pieces(point, 0, 0), *out = make_pieces("", 0, 64);
	int error = IS_ERR(tfm) ? PTR_ERR(tfm) : 0;

	if (error || !request || !in || !out) {
		failed(name, error);
		goto out;
	}
	request->base.tfm = tfm;
	request->src = in->count ? in->list : NULL;
	request->src_len = in->count;
	request->dst = out->list;
	request->dst_len = out->room;
	error = FUNCTIONS(kpp_functions, tfm)->set_secret(tfm, secret, bytes);
	if (!error)
		error = in->count ? FUNCTIONS(kpp_functions, tfm)->compute_shared_secret(request) :
				    FUNCTIONS(kpp_functions, tfm)->generate_public_key(request);
	if (error || !gather(out))
		failed(name, error);
	else
		compare(name, out->bytes, known);
out:
	free_pieces(in);
	free_pieces(out);
	kfree(request);
	if (!IS_ERR(tfm))
		crypto_destroy_tfm(tfm, tfm);
}

static void seed(void)
{
	struct crypto_tfm *tfm = crypto_alloc_rng("ansi_cprng", 0, 0);
	u8 bytes[64], out[32];
	int error;

	if (IS_ERR(tfm)) {
		failed("ansi_cprng", PTR_ERR(tfm));
		return;
	}
	/* The vector, the key, the time. */
	error = crypto_rng_reset(tfm, bytes, from_hex(bytes, "80000000000000000000000000000000"
							     "f3b1666d13607242ed061cabb8d46202"
							     "e6b3be782a23fa62d71d4afbb0e922f9"));
	if (!error)
		error = FUNCTIONS(rng_functions, tfm)->generate(tfm, NULL, 0, out, 16);
	if (error)
		failed("ansi_cprng", error);
	else
		compare("ansi_cprng", out, "59531ed13bb0c05584796685c12f7641");
	crypto_destroy_tfm(tfm, tfm);
}

/* A literal, it again from one before, 18 times, and the five literals at the end. */
static const char packed[] = "1e610100" "506161616161";

static void unpack(const char *name)
{
	struct crypto_tfm *tfm = crypto_alloc_base(name, 2, 0xf);
	u8 in[64], out[64];
	unsigned int room = sizeof(out), bytes = from_hex(in, packed);
	int error;

	if (IS_ERR(tfm)) {
		failed(name, PTR_ERR(tfm));
		return;
	}
	error = tfm->algorithm->decompress(tfm, in, bytes, out, &room);
	ANSWER(error, 0);
	ANSWER(room, 24);
	ANSWER_BYTES(out, "aaaaaaaaaaaaaaaaaaaaaaaa", 24);
	room = sizeof(in);
	error = tfm->algorithm->compress(tfm, out, 24, in, &room);
	ANSWER(error, 0);
	ANSWER(room, bytes);
	compare(name, in, packed);
	crypto_destroy_tfm(tfm, tfm);
}

static void agreements(void)
{
	static const struct {
		u16 kind, bytes, key_bytes;
	} header = { .kind = 2, .bytes = 38, .key_bytes = 32 };

	memcpy(secret, &header, sizeof(header));
	from_hex(secret + sizeof(header),
		 "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433");
	agree("ecdh-nist-p256", 38, "",
	      "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
	      "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3");
	from_hex(secret, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
	agree("curve25519", 32,
	      "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
	      "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
	seed();
	unpack("lz4");
	unpack("lz4hc");
}
ASK(agreements);
