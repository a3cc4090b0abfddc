// SPDX-License-Identifier: MIT
/* Functions that modules export, each asked what a paper or standard says. */
#include "crypto_answers.h"

struct iq {
	s32 i, q;
};
extern void rational_best_approximation(unsigned long numerator, unsigned long denominator,
					unsigned long most_numerator,
					unsigned long most_denominator, unsigned long *n,
					unsigned long *d);
extern struct iq cordic_calc_iq(s32 angle);
extern void curve25519_generic(u8 *out, const u8 *secret, const u8 *point);
extern int vid_from_reg(int value, u8 vrm);
extern const char *scsi_device_type(unsigned int type);
extern int LZ4_compress_default(const char *in, char *out, int bytes, int room, void *memory);
extern int LZ4_compress_HC(const char *in, char *out, int bytes, int room, int level,
			   void *memory);
extern int cifs_arc4_setkey(void *context, const u8 *key, unsigned int bytes);
extern void cifs_arc4_crypt(void *context, u8 *out, const u8 *in, unsigned int bytes);
extern int cifs_md4_init(void *context);
extern int cifs_md4_update(void *context, const u8 *bytes, unsigned int count);
extern int cifs_md4_final(void *context, u8 *out);
extern u32 crc32c(u32 sum, const void *bytes, unsigned int count);

ANSWERS(rational, "355/113, the best of pi up to 1,000");
ANSWERS(cordic, "sine and cosine of 30 degrees, to 0.001");
ANSWERS(libcurve25519_generic, "RFC 7748, 5.2");
ANSWERS(hwmon_vid, "Intel VRM 9.0: 00000 is 1.850 V, 11110 is 1.100 V");
ANSWERS(scsi_common, "SPC-3, peripheral device type 5");
ANSWERS(lz4_compress, "LZ4 block format: 12 bytes are literals");
ANSWERS(lz4hc_compress, "LZ4 block format: 12 bytes are literals");
ANSWERS(cifs_arc4, "RC4 of Plaintext by Key, as of 1994");
ANSWERS(cifs_md4, "RFC 1320, A.5");
ANSWERS(libcrc32c, "catalogue of CRCs: CRC-32/ISCSI");

static bool is_near(s32 found, s32 known)
{
	return found - known < 66 && known - found < 66;
}

static void compressed(const char *name, int bytes, const char *out)
{
	/* A token: 12 literals, and no match. */
	if (bytes != 13 || memcmp(out, "\xc0twelve bytes", 13))
		failed(name, bytes);
}

static void numbers(void)
{
	unsigned long n, d;
	struct iq thirty;
	u8 secret[32], point[32], out[32];
	/* Of the most that one of them wants. */
	void *memory = kzalloc(262200, GFP_KERNEL);
	char block[64];

	rational_best_approximation(31415926, 10000000, 1000, 1000, &n, &d);
	ANSWER(n, 355);
	ANSWER(d, 113);
	thirty = cordic_calc_iq(30);
	ANSWER(is_near(thirty.i, 56756), 1);
	ANSWER(is_near(thirty.q, 32768), 1);
	from_hex(secret, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
	from_hex(point, "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
	curve25519_generic(out, secret, point);
	compare("curve25519_generic", out,
		"c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
	ANSWER(vid_from_reg(0x00, 90), 1850);
	ANSWER(vid_from_reg(0x1e, 90), 1100);
	ANSWER(strncmp(scsi_device_type(5), "CD-ROM", 6), 0);
	ANSWER(!memory, 0);
	if (memory) {
		compressed("LZ4_compress_default",
			   LZ4_compress_default("twelve bytes", block, 12, sizeof(block), memory),
			   block);
		compressed("LZ4_compress_HC",
			   LZ4_compress_HC("twelve bytes", block, 12, sizeof(block), 9, memory),
			   block);
		cifs_arc4_setkey(memory, (const u8 *)"Key", 3);
		cifs_arc4_crypt(memory, out, (const u8 *)"Plaintext", 9);
		compare("cifs_arc4_crypt", out, "bbf316e8d940af0ad3");
		cifs_md4_init(memory);
		cifs_md4_update(memory, (const u8 *)"abc", 3);
		cifs_md4_final(memory, out);
		compare("cifs_md4_final", out, "a448017aaf21d8525fc10ae87aa6729d");
	}
	kfree(memory);
	ANSWER(crc32c(~0u, "123456789", 9) ^ ~0u, 0xe3069283);
}
ASK(numbers);
