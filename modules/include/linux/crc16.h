/* x^16 + x^15 + x^2 + 1, the lowest bit first. Bit by bit, compiled into who uses it. */
#ifndef __LINUX_CRC16_H
#define __LINUX_CRC16_H

#include <linux/types.h>

static inline u16 crc16_byte(u16 crc, const u8 data)
{
	int bit;

	crc ^= data;
	for (bit = 0; bit < 8; bit++)
		crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
	return crc;
}

static inline u16 crc16(u16 crc, const u8 *buffer, size_t bytes)
{
	while (bytes--)
		crc = crc16_byte(crc, *buffer++);
	return crc;
}

#endif
