// SPDX-License-Identifier: MIT
/*
 * Ways to encrypt more than a block: whole and in pieces, in both directions. Where no standard
 * prints a number, Python's cryptography has worked it out.
 */
#include "pieces.h"

struct crypto_skcipher {
	unsigned int reqsize;
	struct crypto_tfm base;
};
struct skcipher_request {
	unsigned int cryptlen;
	u8 *iv;
	struct scatterlist *src, *dst;
	struct {
		u64 list[2];
		void (*complete)(void *request, int error);
		void *data;
		struct crypto_tfm *tfm;
		u32 flags;
	} base;
};
extern struct crypto_skcipher *crypto_alloc_skcipher(const char *name, u32 kind, u32 mask);
extern int crypto_has_skcipher(const char *name, u32 kind, u32 mask);
extern int crypto_skcipher_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int bytes);
extern int crypto_skcipher_encrypt(struct skcipher_request *request);
extern int crypto_skcipher_decrypt(struct skcipher_request *request);

ANSWERS(ecb, "NIST SP 800-38A, F.1.1");
ANSWERS(cfb, "NIST SP 800-38A, F.3.13");
ANSWERS(ofb, "NIST SP 800-38A, F.4.1");
ANSWERS(ctr, "NIST SP 800-38A, F.5.1; RFC 3686, test vector 1");
ANSWERS(pcbc, "DES of Python's cryptography, chained as Kerberos 4 does");
ANSWERS(cts, "RFC 3962, B");
ANSWERS(xts, "IEEE 1619, B, vector 2");
ANSWERS(lrw, "IEEE 1619, draft of LRW-AES, vector 1");
ANSWERS(chacha_generic, "RFC 8439, 2.4.2");
ANSWERS(libchacha, "RFC 8439, 2.4.2, by chacha_generic");
ANSWERS(keywrap, "RFC 3394, 4.1");

static const struct known {
	const char *name, *key, *iv, *plain, *secret;
} known[] = {
	{ "ecb(aes)",
	  "2b7e151628aed2a6abf7158809cf4f3c",
	  "",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
	  "a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
	  "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf43b1cd7f"
	  "598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4" },
	{ "cfb(aes)",
	  "2b7e151628aed2a6abf7158809cf4f3c",
	  "000102030405060708090a0b0c0d0e0f",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
	  "a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
	  "3b3fd92eb72dad20333449f8e83cfb4ac8a64537a0b3a93fcde3cdad9f1ce58b26751f67"
	  "a3cbb140b1808cf187a4f4dfc04b05357c5d1c0eeac4c66f9ff7f2e6" },
	{ "ofb(aes)",
	  "2b7e151628aed2a6abf7158809cf4f3c",
	  "000102030405060708090a0b0c0d0e0f",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
	  "a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
	  "3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed8259740051e"
	  "9c5fecf64344f7a82260edcc304c6528f659c77866a510d9c1d6ae5e" },
	{ "ctr(aes)",
	  "2b7e151628aed2a6abf7158809cf4f3c",
	  "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46"
	  "a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
	  "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff5ae4df3e"
	  "dbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee" },
	{ "pcbc(des)",
	  "0123456789abcdef",
	  "1234567890abcdef",
	  "4e6f77206973207468652074696d6520666f7220616c6c20",
	  "e5c7cdde872bf27ccb70b78c59494228265f223fc0c655a5" },
	{ "cts(cbc(aes))",
	  "636869636b656e207465726979616b69",
	  "00000000000000000000000000000000",
	  "4920776f756c64206c696b65207468652047656e6572616c2047617527732043",
	  "39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584" },
	{ "cts(cbc(aes))",
	  "636869636b656e207465726979616b69",
	  "00000000000000000000000000000000",
	  "4920776f756c64206c696b652074686520",
	  "c6353568f2bf8cb4d8a580362da7ff7f97" },
	{ "cts(cbc(aes))",
	  "636869636b656e207465726979616b69",
	  "00000000000000000000000000000000",
	  "4920776f756c64206c696b65207468652047656e6572616c20476175277320",
	  "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5" },
	{ "xts(aes)",
	  "1111111111111111111111111111111122222222222222222222222222222222",
	  "33333333330000000000000000000000",
	  "4444444444444444444444444444444444444444444444444444444444444444",
	  "c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0" },
	{ "lrw(aes)",
	  "4562ac25f828176d4c268414b5680185258e2a05e73e9d03ee5a830ccc094c87",
	  "00000000000000000000000000000001",
	  "30313233343536373839414243444546",
	  "f1b273cd65a3df5fe95d489254634eb8" },
	{ "chacha20",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "01000000000000000000004a00000000",
	  "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66"
	  "202739393a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e6520"
	  "74697020666f7220746865206675747572652c2073756e73637265656e20776f756c6420"
	  "62652069742e",
	  "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5"
	  "524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d807ca0dbf500d6a61"
	  "56a38e088a22b65e52bc514d16ccf806818ce91ab77937365af90bbf74a35be6b40b8eed"
	  "f2785e42874d" },
	{ "rfc3686(ctr(aes))",
	  "ae6852f8121067cc4bf7a5765577f39e00000030",
	  "0000000000000000",
	  "53696e676c6520626c6f636b206d7367",
	  "e4095d4fb7a7b3792d6175a3261311b8" },
};

static struct {
	u8 key[64], iv[32], wrapped[8];
} own;

/* One direction: what comes of `in` must be `out`. */
static void way(const struct known *it, struct crypto_skcipher *tfm, bool decrypts,
		unsigned int piece)
{
	unsigned int room = sizeof(struct skcipher_request) + tfm->reqsize, count;
	struct skcipher_request *request = kzalloc(room, GFP_KERNEL);
	struct pieces *pieces = make_pieces(decrypts ? it->secret : it->plain, piece, 0);
	int error;

	if (!request || !pieces) {
		failed(it->name, -ENOMEM);
		goto out;
	}
	from_hex(own.iv, it->iv);
	request->base.tfm = &tfm->base;
	request->cryptlen = pieces->count;
	request->iv = own.iv;
	request->src = request->dst = pieces->list;
	error = decrypts ? crypto_skcipher_decrypt(request) : crypto_skcipher_encrypt(request);
	count = gather(pieces);
	if (error || !count)
		failed(it->name, error);
	else
		compare(it->name, pieces->bytes, decrypts ? it->plain : it->secret);
out:
	free_pieces(pieces);
	kfree(request);
}

/* A key that is wrapped by another: its first eight bytes come and go as what iv is elsewhere. */
static void wrap(void)
{
	static const struct known half = {
		"kw(aes)", "000102030405060708090a0b0c0d0e0f", "",
		"00112233445566778899aabbccddeeff", "aef34bd8fb5a7b829d3e862371d2cfe5"
	};
	struct crypto_skcipher *tfm = crypto_alloc_skcipher("kw(aes)", 0, 0);

	if (IS_ERR(tfm)) {
		failed("kw(aes)", PTR_ERR(tfm));
		return;
	}
	if (crypto_skcipher_setkey(tfm, own.key, from_hex(own.key, half.key)))
		failed("kw(aes)", -EINVAL);
	way(&half, tfm, false, 0);
	compare("kw(aes)", own.iv, "1fa68b0a8112b447");
	/* It is still there. */
	way(&half, tfm, true, 0);
	crypto_destroy_tfm(tfm, &tfm->base);
}

static void modes(void)
{
	for (const struct known *it = known; it != known + ARRAY_SIZE(known); it++) {
		struct crypto_skcipher *tfm = crypto_alloc_skcipher(it->name, 0, 0);
		int error;

		if (IS_ERR(tfm)) {
			failed(it->name, PTR_ERR(tfm));
			continue;
		}
		error = crypto_skcipher_setkey(tfm, own.key, from_hex(own.key, it->key));
		if (error)
			failed(it->name, error);
		for (int at = 0; at < 4 && !error; at++)
			way(it, tfm, at & 1, at & 2 ? 7 : 0);
		crypto_destroy_tfm(tfm, &tfm->base);
	}
	wrap();
	ANSWER(crypto_has_skcipher("ecb(aes)", 0, 0), 1);
	ANSWER(crypto_has_skcipher("md4", 0, 0), 0);
}
ASK(modes);
