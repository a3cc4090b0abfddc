// SPDX-License-Identifier: MIT
/*
 * Ciphers that authenticate: whole and in pieces, in both directions, and that a changed byte is
 * noticed. What generates its own numbers is asked to decrypt. Where no standard prints a
 * number, Python's cryptography has worked it out.
 */
#include "pieces.h"

struct crypto_aead {
	unsigned int authsize, reqsize;
	struct crypto_tfm base;
};
struct aead_request {
	struct {
		u64 list[2];
		void (*complete)(void *request, int error);
		void *data;
		struct crypto_tfm *tfm;
		u32 flags;
	} base;
	unsigned int assoclen, cryptlen;
	u8 *iv;
	struct scatterlist *src, *dst;
};
extern struct crypto_aead *crypto_alloc_aead(const char *name, u32 kind, u32 mask);
extern int crypto_aead_setkey(struct crypto_aead *tfm, const u8 *key, unsigned int bytes);
extern int crypto_aead_setauthsize(struct crypto_aead *tfm, unsigned int bytes);
extern int crypto_aead_encrypt(struct aead_request *request);
extern int crypto_aead_decrypt(struct aead_request *request);

ANSWERS(ccm, "NIST SP 800-38C, example 1");
ANSWERS(gcm, "NIST, GCM test case 4");
ANSWERS(chacha20poly1305, "RFC 8439, 2.8.2");
ANSWERS(aegis128, "AEGIS: A Fast Authenticated Encryption Algorithm, A");
ANSWERS(authenc, "AES-CTR and AES-CMAC of Python's cryptography");
ANSWERS(authencesn, "AES-CTR and AES-CMAC of Python's cryptography");
ANSWERS(seqiv, "ChaCha20-Poly1305 of Python's cryptography");
ANSWERS(echainiv, "AES-CBC and AES-CMAC of Python's cryptography");

static const struct known {
	const char *name, *key, *iv, *associated, *plain, *secret;
	/* Bytes of the tag, and of the number that it generates. */
	unsigned int tag, number;
} known[] = {
	{ "ccm(aes)",
	  "404142434445464748494a4b4c4d4e4f",
	  "07101112131415160000000000000000",
	  "0001020304050607",
	  "20212223",
	  "7162015b4dac255d", 4, 0 },
	{ "gcm(aes)",
	  "feffe9928665731c6d6a8f9467308308",
	  "cafebabefacedbaddecaf888",
	  "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95"
	  "956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b2"
	  "5466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95a"
	  "e7121a47", 16, 0 },
	{ "rfc7539(chacha20,poly1305)",
	  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
	  "070000004041424344454647",
	  "50515253c0c1c2c3c4c5c6c7",
	  "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66"
	  "202739393a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e6520"
	  "74697020666f7220746865206675747572652c2073756e73637265656e20776f756c6420"
	  "62652069742e",
	  "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e"
	  "8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c"
	  "9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d265"
	  "86cec64b61161ae10b594f09e26a7e902ecbd0600691", 16, 0 },
	{ "aegis128",
	  "00000000000000000000000000000000",
	  "00000000000000000000000000000000",
	  "",
	  "00000000000000000000000000000000",
	  "951b050fa72b1a2fc16d2e1f01b07d7ea7d2a99773249542f422217ee888d5f1", 16, 0 },
	{ "authenc(cmac(aes),ctr(aes))",
	  "0008000100000010000102030405060708090a0b0c0d0e0f101112131415161718191a1b"
	  "1c1d1e1f",
	  "202122232425262728292a2b2c2d2e2f",
	  "6173736f6369617465642064617461",
	  "4561636820697320656e637279707465642066697273742c20616e642061757468656e74"
	  "696361746564207468656e2e",
	  "967cb61642e85ffdcebfafd84537e3fef8713e953520780463348f35a0a07e874aacfee0"
	  "0eeaa3d7db91560448832b7a76b0ab38df319cc93971deb10702ddb8", 16, 0 },
	{ "authencesn(cmac(aes),ctr(aes))",
	  "0008000100000010000102030405060708090a0b0c0d0e0f101112131415161718191a1b"
	  "1c1d1e1f",
	  "202122232425262728292a2b2c2d2e2f",
	  "000000010000000200000003",
	  "4561636820697320656e637279707465642066697273742c20616e642061757468656e74"
	  "696361746564207468656e2e",
	  "967cb61642e85ffdcebfafd84537e3fef8713e953520780463348f35a0a07e874aacfee0"
	  "0eeaa3d7db91560448832b7aeb64a56dee8e485d2ee0b81f5df75d7d", 16, 0 },
	{ "seqiv(rfc7539esp(chacha20,poly1305))",
	  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3",
	  "",
	  "0000000500000009",
	  "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66"
	  "202739393a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e6520"
	  "74697020666f7220746865206675747572652c2073756e73637265656e20776f756c6420"
	  "62652069742e",
	  "0102030405060708d2f8da134104e3b4781569bd69f5e735cd95d1b8724e05f3216b52d7"
	  "04d8d0141eb6a227a4e7a78c4cb0f515d8bc74191feef88f2dc62adba5bdc8a1d4bdb2e4"
	  "af232174dad82849359af79fb66da447fe21dff94e11c2617aa1c0142a60ce12aabc39fa"
	  "0c33e4166a659f63f1661b3184de5858dc792b5b525b17b9f21d4a5d896e", 16, 8 },
	{ "echainiv(authenc(cmac(aes),cbc(aes)))",
	  "0008000100000010000102030405060708090a0b0c0d0e0f101112131415161718191a1b"
	  "1c1d1e1f",
	  "",
	  "6173736f63696174",
	  "5468697274792d74776f2062797465732c207768696368206172652074776f2e",
	  "202122232425262728292a2b2c2d2e2fc8c7a0f1db5ddc8d3beee9fc49e2352d34525db1"
	  "1bfe0b4d0c672e1cf8b47d895e3ac80b814fabc43f7528a6d6ea620d", 16, 16 },
};

static u8 key[64], iv[32], skipped[512];
static char both_text[1024];

/* One direction: 0 encrypts, 1 decrypts, 2 decrypts what was changed. */
static void way(const struct known *it, struct crypto_aead *tfm, int direction, unsigned int piece)
{
	unsigned int room = sizeof(struct aead_request) + tfm->reqsize, associated, count;
	struct aead_request *request = kzalloc(room, GFP_KERNEL);
	struct pieces *pieces;
	int error;

	snprintf(both_text, sizeof(both_text), "%s%s", it->associated,
		 direction ? it->secret : it->plain);
	pieces = make_pieces(both_text, piece, direction ? 0 : it->tag);
	if (!request || !pieces) {
		failed(it->name, -ENOMEM);
		goto out;
	}
	if (direction == 2)
		pieces->bytes[pieces->count - 1] ^= 1;
	scatter(pieces);
	memset(iv, 0, sizeof(iv));
	from_hex(iv, it->iv);
	associated = from_hex(skipped, it->associated);
	request->base.tfm = &tfm->base;
	request->assoclen = associated;
	request->cryptlen = pieces->count - associated;
	request->iv = iv;
	request->src = request->dst = pieces->list;
	error = direction ? crypto_aead_decrypt(request) : crypto_aead_encrypt(request);
	if (direction == 2) {
		ANSWER(error, (unsigned long long)-EBADMSG);
		goto out;
	}
	count = gather(pieces);
	if (error || !count)
		failed(it->name, error);
	else
		compare(it->name, pieces->bytes + associated + (direction ? it->number : 0),
			direction ? it->plain : it->secret);
out:
	free_pieces(pieces);
	kfree(request);
}

static void aeads(void)
{
	for (const struct known *it = known; it != known + ARRAY_SIZE(known); it++) {
		struct crypto_aead *tfm = crypto_alloc_aead(it->name, 0, 0);
		int error;

		if (IS_ERR(tfm)) {
			failed(it->name, PTR_ERR(tfm));
			continue;
		}
		error = crypto_aead_setkey(tfm, key, from_hex(key, it->key)) ?:
			crypto_aead_setauthsize(tfm, it->tag);
		if (error)
			failed(it->name, error);
		for (int at = it->number ? 1 : 0; at < 3 && !error; at++) {
			way(it, tfm, at, 0);
			way(it, tfm, at, 7);
		}
		crypto_destroy_tfm(tfm, &tfm->base);
	}
}
ASK(aeads);
