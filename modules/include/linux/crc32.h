/* The polynomial of Ethernet, 0x04c11db7, either bit first. Bit by bit, compiled into who uses it. */
#ifndef __LINUX_CRC32_H
#define __LINUX_CRC32_H

#include <linux/types.h>

static inline u32 crc32_le(u32 crc, const unsigned char *buffer, size_t bytes)
{
	int bit;

	while (bytes--) {
		crc ^= *buffer++;
		for (bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
	}
	return crc;
}

static inline u32 crc32_be(u32 crc, const unsigned char *buffer, size_t bytes)
{
	int bit;

	while (bytes--) {
		crc ^= (u32)*buffer++ << 24;
		for (bit = 0; bit < 8; bit++)
			crc = crc & 0x80000000 ? crc << 1 ^ 0x04c11db7 : crc << 1;
	}
	return crc;
}

#define crc32(seed, buffer, bytes) crc32_le(seed, (const unsigned char *)(buffer), bytes)

#endif
