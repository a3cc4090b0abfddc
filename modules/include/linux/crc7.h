/* x^7 + x^3 + 1, in the seven high bits. Bit by bit, compiled into who uses it. */
#ifndef __LINUX_CRC7_H
#define __LINUX_CRC7_H

#include <linux/types.h>

static inline u8 crc7_be_byte(u8 crc, u8 data)
{
	int bit;

	crc ^= data;
	for (bit = 0; bit < 8; bit++)
		crc = crc & 0x80 ? crc << 1 ^ 0x12 : crc << 1;
	return crc;
}

static inline u8 crc7_be(u8 crc, const u8 *buffer, size_t bytes)
{
	while (bytes--)
		crc = crc7_be_byte(crc, *buffer++);
	return crc;
}

#endif
