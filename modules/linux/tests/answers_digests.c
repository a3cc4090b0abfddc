// SPDX-License-Identifier: MIT
/* Digests of short texts, from the standards that define them. */
#include "crypto_answers.h"

/* Bytes that a digest's algorithm has in front of what all algorithms have. */
#define FUNCTIONS 96

struct crypto_shash {
	unsigned int descsize;
	struct crypto_tfm base;
};
struct shash_desc {
	struct crypto_shash *tfm;
	u8 state[368];
};
extern struct crypto_shash *crypto_alloc_shash(const char *name, u32 kind, u32 mask);
extern int crypto_shash_setkey(struct crypto_shash *tfm, const u8 *key, unsigned int bytes);
extern int crypto_shash_update(struct shash_desc *sum, const u8 *bytes, unsigned int count);
extern int crypto_shash_final(struct shash_desc *sum, u8 *out);
extern int crypto_shash_digest(struct shash_desc *sum, const u8 *bytes, unsigned int count,
			       u8 *out);

ANSWERS(md4, "RFC 1320, A.5");
ANSWERS(rmd160, "ISO/IEC 10118-3, RIPEMD-160 of abc");
ANSWERS(wp512, "ISO/IEC 10118-3, Whirlpool of abc");
ANSWERS(sha512_generic, "FIPS 180-4, SHA-384 and SHA-512 of abc");
ANSWERS(sha512_s390, "FIPS 180-4, SHA-512 of abc");
ANSWERS(sha_common, "FIPS 180-4, by sha512_s390");
ANSWERS(sha3_generic, "FIPS 202, SHA3-224 to SHA3-512 of abc");
ANSWERS(blake2b_generic, "RFC 7693, A: BLAKE2b-512 of abc");
ANSWERS(streebog_generic, "RFC 6986, 10.1: M1, 256 and 512 bits");
ANSWERS(michael_mic, "IEEE 802.11i, test vectors of Michael");
ANSWERS(poly1305_generic, "RFC 8439, 2.5.2");
ANSWERS(libpoly1305, "RFC 8439, 2.5.2, by poly1305_generic");
ANSWERS(ghash_generic, "NIST, GCM test case 2");
ANSWERS(gf128mul, "NIST, GCM test case 2, by ghash_generic");
ANSWERS(crc32_generic, "catalogue of CRCs: CRC-32, not inverted");
ANSWERS(crc32c_generic, "catalogue of CRCs: CRC-32/ISCSI");
ANSWERS(crct10dif_generic, "catalogue of CRCs: CRC-16/T10-DIF");
ANSWERS(crc64_rocksoft_generic, "catalogue of CRCs: CRC-64/NVME");
ANSWERS(cmac, "RFC 4493, 4");
ANSWERS(xcbc, "RFC 3566, 4");
ANSWERS(vmac, "draft-krovetz-vmac-01, A");
ANSWERS(xxhash_generic, "xxHash, XXH64 of nothing");

static const struct known {
	const char *name, *key, *text, *digest;
} known[] = {
	{ "md4-generic", "", "abc", "a448017aaf21d8525fc10ae87aa6729d" },
	{ "rmd160-generic", "", "abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc" },
	{ "wp512-generic", "", "abc",
	  "4e2448a4c6f486bb16b6562c73b4020bf3043e3a731bce721ae1b303d97e6d4c"
	  "7181eebdb6c57e277d0e34957114cbd6c797fc9d95d8b582d225292076d4eef5" },
	{ "sha384-generic", "", "abc",
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	  "8086072ba1e7cc2358baeca134c825a7" },
	{ "sha512-generic", "", "abc",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ "sha512-s390", "", "abc",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ "sha3-224", "", "abc", "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf" },
	{ "sha3-256", "", "abc",
	  "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532" },
	{ "sha3-384", "", "abc",
	  "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b2"
	  "98d88cea927ac7f539f1edf228376d25" },
	{ "sha3-512", "", "abc",
	  "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
	  "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0" },
	{ "blake2b-512-generic", "", "abc",
	  "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
	  "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923" },
	{ "streebog256", "", "012345678901234567890123456789012345678901234567890123456789012",
	  "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500" },
	{ "streebog512", "", "012345678901234567890123456789012345678901234567890123456789012",
	  "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
	  "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48" },
	{ "michael_mic", "0000000000000000", "", "82925c1ca1d130b8" },
	{ "michael_mic", "82925c1ca1d130b8", "M", "434721ca40639b3f" },
	{ "michael_mic", "d55e100510128986", "Michael", "0a942b124ecaa546" },
	{ "crc32-generic", "ffffffff", "123456789", "d9c60b34" },
	{ "crc32c-generic", "", "123456789", "839206e3" },
	{ "crct10dif-generic", "", "123456789", "d0db" },
	{ "crc64-rocksoft-generic", "", "123456789", "8898790a86148bae" },
	{ "cmac(aes)", "2b7e151628aed2a6abf7158809cf4f3c", "", "bb1d6929e95937287fa37d129b756746" },
	{ "xcbc(aes)", "000102030405060708090a0b0c0d0e0f", "", "75f0251d528ac01c4573dfd584d79f29" },
	{ "xxhash64-generic", "", "", "99e9d85137db46ef" },
};

static void digest(const char *name, const char *key, const u8 *bytes, unsigned int count,
		   const char *answer)
{
	struct crypto_shash *tfm = crypto_alloc_shash(name, 0, 0);
	struct shash_desc sum;
	u8 out[64], key_bytes[64];
	unsigned int key_count = from_hex(key_bytes, key);
	int error = 0;

	if (IS_ERR(tfm)) {
		failed(name, PTR_ERR(tfm));
		return;
	}
	sum.tfm = tfm;
	if (key_count)
		error = crypto_shash_setkey(tfm, key_bytes, key_count);
	if (!error)
		error = crypto_shash_digest(&sum, bytes, count, out);
	if (error)
		failed(name, error);
	else
		compare(name, out, answer);
	crypto_destroy_tfm(tfm, &tfm->base);
}

/* In two parts. Whoever begins calls the algorithm itself, whose first function does that. */
static void in_parts(const char *name, const char *text, unsigned int first, const char *answer)
{
	struct crypto_shash *tfm = crypto_alloc_shash(name, 0, 0);
	int (*const *begins)(struct shash_desc *sum);
	struct shash_desc sum;
	u8 out[64];

	if (IS_ERR(tfm)) {
		failed(name, PTR_ERR(tfm));
		return;
	}
	sum.tfm = tfm;
	begins = (void *)tfm->base.algorithm - FUNCTIONS;
	ANSWER((*begins)(&sum), 0);
	ANSWER(crypto_shash_update(&sum, (const u8 *)text, first), 0);
	ANSWER(crypto_shash_update(&sum, (const u8 *)text + first, strlen(text) - first), 0);
	ANSWER(crypto_shash_final(&sum, out), 0);
	compare(name, out, answer);
	crypto_destroy_tfm(tfm, &tfm->base);
}

static void digests(void)
{
	static u8 bytes[256];
	unsigned int count;

	for (const struct known *it = known; it != known + ARRAY_SIZE(known); it++)
		digest(it->name, it->key, (const u8 *)it->text, strlen(it->text), it->digest);
	for (const struct known *it = known; it != known + ARRAY_SIZE(known); it++)
		if (!strncmp(it->name, "sha", 3))
			in_parts(it->name, it->text, 1, it->digest);
	/* The key is the text's first 32 bytes. */
	count = from_hex(bytes, "85d6be7857556d337f4452fe42d506a8"
				"0103808afb0db2fd4abff6af4149f51b");
	memcpy(bytes + count, "Cryptographic Forum Research Group", 34);
	digest("poly1305-generic", "", bytes, count + 34, "a8061dc1305136c6c22b8baf0c0127a9");
	count = from_hex(bytes, "6bc1bee22e409f96e93d7e117393172a");
	digest("cmac(aes)", "2b7e151628aed2a6abf7158809cf4f3c", bytes, count,
	       "070a16b46b4d4144f79bdd9dd04a287c");
	count = from_hex(bytes, "000102");
	digest("xcbc(aes)", "000102030405060708090a0b0c0d0e0f", bytes, count,
	       "5b376580ae2f19afe7219ceef172756f");
	/* The text begins with the number that is used once. */
	count = from_hex(bytes, "00000000000000006263646566676869");
	digest("vmac64(aes)", "6162636465666768696a6b6c6d6e6f70", bytes, count, "2576be1c56d8b81b");
	count = from_hex(bytes, "0388dace60b6a392f328c2b971b2fe78"
				"00000000000000000000000000000080");
	digest("ghash-generic", "66e94bd4ef8a2c3b884cfa59ca342b2e", bytes, count,
	       "f38cbb1ad69223dcc3457ae5b6b0f885");
}
ASK(digests);
