/* CRC-7 of MMC and SD cards, in the upper 7 bits of a byte: modules/lib/crc7.c. */
#ifndef __LINUX_CRC7_H
#define __LINUX_CRC7_H

#include <linux/types.h>

extern const u8 crc7_be_syndrome_table[256];

static inline u8 crc7_be_byte(u8 crc, u8 byte)
{
	return crc7_be_syndrome_table[crc ^ byte];
}

extern u8 crc7_be(u8 crc, const u8 *buffer, size_t bytes);

#endif
