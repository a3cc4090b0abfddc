// SPDX-License-Identifier: MIT
/*
 * Sums of nine digits, as the catalogue of CRC algorithms publishes them ("check").
 */
#include "answers.h"
#include <linux/types.h>

extern u16 crc_itu_t(u16 crc, const u8 *bytes, size_t length);
extern u16 crc16(u16 crc, const u8 *bytes, size_t length);
extern u8 crc7_be(u8 crc, const u8 *bytes, size_t length);
extern void crc8_populate_msb(u8 table[256], u8 polynomial);
extern void crc8_populate_lsb(u8 table[256], u8 polynomial);
extern u8 crc8(const u8 table[256], const u8 *bytes, size_t length, u8 crc);
extern u64 crc64_be(u64 crc, const void *bytes, size_t length);
extern u64 crc64_rocksoft_generic(u64 crc, const void *bytes, size_t length);
extern u16 crc_t10dif_generic(u16 crc, const u8 *bytes, size_t length);

ANSWERS(crc_itu_t, "catalogue of CRCs: CRC-16/XMODEM, CRC-16/IBM-3740");
ANSWERS(crc16, "catalogue of CRCs: CRC-16/ARC, CRC-16/MODBUS");
ANSWERS(crc7, "catalogue of CRCs: CRC-7/MMC");
ANSWERS(crc8, "catalogue of CRCs: CRC-8/SMBUS, CRC-8/MAXIM-DOW");
ANSWERS(crc64, "catalogue of CRCs: CRC-64/ECMA-182, CRC-64/NVME");
ANSWERS(crct10dif_common, "catalogue of CRCs: CRC-16/T10-DIF");

static const u8 digits[] = "123456789";

static void sums(void)
{
	static u8 table[256];

	ANSWER(crc_itu_t(0, digits, 9), 0x31c3);
	ANSWER(crc_itu_t(0xffff, digits, 9), 0x29b1);
	ANSWER(crc16(0, digits, 9), 0xbb3d);
	ANSWER(crc16(0xffff, digits, 9), 0x4b37);
	ANSWER(crc7_be(0, digits, 9) >> 1, 0x75);
	crc8_populate_msb(table, 0x07);
	ANSWER(crc8(table, digits, 9, 0), 0xf4);
	crc8_populate_lsb(table, 0x8c);
	ANSWER(crc8(table, digits, 9, 0), 0xa1);
	ANSWER(crc64_be(0, digits, 9), 0x6c40df5f0b497347);
	ANSWER(crc64_rocksoft_generic(0, digits, 9), 0xae8b14860a799888);
	ANSWER(crc_t10dif_generic(0, digits, 9), 0xd0db);
}
ASK(sums);
