// SPDX-License-Identifier: MIT
/* Blocks, each encrypted and decrypted again, from the standards and papers that define them. */
#include "crypto_answers.h"

extern struct crypto_tfm *crypto_alloc_base(const char *name, u32 kind, u32 mask);
extern int crypto_cipher_setkey(struct crypto_tfm *tfm, const u8 *key, unsigned int bytes);
extern void crypto_cipher_encrypt_one(struct crypto_tfm *tfm, u8 *out, const u8 *in);
extern void crypto_cipher_decrypt_one(struct crypto_tfm *tfm, u8 *out, const u8 *in);

ANSWERS(aes_ti, "FIPS 197, C.1 to C.3");
ANSWERS(blowfish_generic, "Schneier's test vectors of Blowfish");
ANSWERS(blowfish_common, "Schneier's test vectors, by blowfish_generic");
ANSWERS(camellia_generic, "RFC 3713, A");
ANSWERS(cast5_generic, "RFC 2144, B.1");
ANSWERS(cast6_generic, "RFC 2612, A");
ANSWERS(cast_common, "RFC 2144 and RFC 2612, by cast5_generic and cast6_generic");
ANSWERS(des_generic, "NBS special publication 500-20");
ANSWERS(libdes, "NBS special publication 500-20, by des_generic");
ANSWERS(fcrypt, "OpenAFS, test vectors of fcrypt");
ANSWERS(serpent_generic, "NESSIE, Serpent, set 1");
ANSWERS(twofish_generic, "Twofish: A 128-Bit Block Cipher, B.2");
ANSWERS(twofish_common, "Twofish: A 128-Bit Block Cipher, by twofish_generic");

static const struct known {
	const char *name, *key, *plain, *secret;
} known[] = {
	{ "aes-fixed-time", "000102030405060708090a0b0c0d0e0f",
	  "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a" },
	{ "aes-fixed-time", "000102030405060708090a0b0c0d0e0f1011121314151617",
	  "00112233445566778899aabbccddeeff", "dda97ca4864cdfe06eaf70a0ec0d7191" },
	{ "aes-fixed-time", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "00112233445566778899aabbccddeeff", "8ea2b7ca516745bfeafc49904b496089" },
	{ "blowfish-generic", "0000000000000000", "0000000000000000", "4ef997456198dd78" },
	{ "blowfish-generic", "fedcba9876543210", "0123456789abcdef", "0aceab0fc6a0a28d" },
	{ "camellia-generic", "0123456789abcdeffedcba9876543210",
	  "0123456789abcdeffedcba9876543210", "67673138549669730857065648eabe43" },
	{ "camellia-generic", "0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff",
	  "0123456789abcdeffedcba9876543210", "9acc237dff16d76c20ef7c919e3a7509" },
	{ "cast5-generic", "0123456712345678234567893456789a", "0123456789abcdef",
	  "238b4fe5847e44b2" },
	{ "cast6-generic", "2342bb9efa38542c0af75647f29f615d",
	  "00000000000000000000000000000000", "c842a08972b43d20836c91d1b7530f6b" },
	{ "des-generic", "7ca110454a1a6e57", "01a1d6d039776742", "690f5b0d9a26939b" },
	{ "des-generic", "133457799bbcdff1", "0123456789abcdef", "85e813540f0ab405" },
	{ "fcrypt-generic", "0000000000000000", "0000000000000000", "0e0900c73ef7ed41" },
	{ "fcrypt-generic", "114477aadd003366", "123456789abcdef0", "d8ed787477ec0680" },
	{ "serpent-generic",
	  "8000000000000000000000000000000000000000000000000000000000000000",
	  "00000000000000000000000000000000", "a223aa1288463c0e2be38ebd825616c0" },
	{ "twofish-generic", "00000000000000000000000000000000",
	  "00000000000000000000000000000000", "9f589f5cf6122c32b6bfec2f2ae8c35a" },
};

static void blocks(void)
{
	for (const struct known *it = known; it != known + ARRAY_SIZE(known); it++) {
		struct crypto_tfm *tfm = crypto_alloc_base(it->name, 1, 0xf);
		u8 key[32], plain[16], out[16];
		unsigned int count = from_hex(key, it->key);
		int error;

		if (IS_ERR(tfm)) {
			failed(it->name, PTR_ERR(tfm));
			continue;
		}
		error = crypto_cipher_setkey(tfm, key, count);
		if (error) {
			failed(it->name, error);
		} else {
			from_hex(plain, it->plain);
			crypto_cipher_encrypt_one(tfm, out, plain);
			compare(it->name, out, it->secret);
			crypto_cipher_decrypt_one(tfm, out, out);
			compare(it->name, out, it->plain);
		}
		crypto_destroy_tfm(tfm, tfm);
	}
}
ASK(blocks);
