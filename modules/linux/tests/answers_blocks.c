// SPDX-License-Identifier: MIT
/* Blocks that are checked, mended and combined. */
#include "answers.h"
#include <linux/gfp.h>
#include <linux/types.h>

struct rs_control;
extern struct rs_control *init_rs_gfp(int bits, int polynomial, int first, int step, int roots,
				      gfp_t flags);
extern void free_rs(struct rs_control *control);
extern int decode_rs8(struct rs_control *control, u8 *data, u16 *parity, int bytes, u16 *syndromes,
		      int erased, int *erasures, u16 inverted, u16 *corrections);
extern void xor_blocks(unsigned int count, unsigned int bytes, void *to, void **from);
extern u16 crc_t10dif(const u8 *bytes, size_t count);
extern u64 crc64_rocksoft(const u8 *bytes, size_t count);

ANSWERS(reed_solomon, "ISO/IEC 18004, the QR code of HELLO WORLD, 1-M, with three errors");
ANSWERS(xor, "bits of A and B and C that are odd");
ANSWERS(crc_t10dif, "catalogue of CRCs: CRC-16/T10-DIF");
ANSWERS(crc64_rocksoft, "catalogue of CRCs: CRC-64/NVME");

static void mend(void)
{
	static const u8 known[16] = { 32, 91, 11, 120, 209, 114, 220, 77,
				      67, 64, 236, 17, 236, 17, 236, 17 };
	static u16 parity[10] = { 196, 35, 39, 119, 235, 215, 231, 226, 93, 23 };
	struct rs_control *control = init_rs_gfp(8, 0x11d, 0, 1, 10, GFP_KERNEL);
	u8 data[16];

	ANSWER(!control, 0);
	if (!control)
		return;
	memcpy(data, known, sizeof(data));
	ANSWER(decode_rs8(control, data, parity, sizeof(data), NULL, 0, NULL, 0, NULL), 0);
	data[0] ^= 0xff;
	data[7] = 0;
	data[15] ^= 1;
	ANSWER(decode_rs8(control, data, parity, sizeof(data), NULL, 0, NULL, 0, NULL), 3);
	ANSWER_BYTES(data, known, sizeof(data));
	free_rs(control);
}

static void combine(void)
{
	static u8 blocks[5][512];
	void *from[4] = { blocks[1], blocks[2], blocks[3], blocks[4] };

	for (unsigned int count = 1; count <= 4; count++) {
		u8 odd = 0xf0;

		memset(blocks[0], 0xf0, sizeof(blocks[0]));
		for (unsigned int at = 1; at <= count; at++) {
			memset(blocks[at], 0x11 * at, sizeof(blocks[at]));
			odd ^= 0x11 * at;
		}
		xor_blocks(count, sizeof(blocks[0]), blocks[0], from);
		ANSWER(blocks[0][0], odd);
		ANSWER_BYTES(blocks[0], blocks[0] + 1, sizeof(blocks[0]) - 1);
	}
}

static void blocks(void)
{
	mend();
	combine();
	ANSWER(crc_t10dif((const u8 *)"123456789", 9), 0xd0db);
	ANSWER(crc64_rocksoft((const u8 *)"123456789", 9), 0xae8b14860a799888);
}
ASK(blocks);
