/* CRC-16, reflected, of the polynomial 0x8005: modules/lib/crc16.c. */
#ifndef __LINUX_CRC16_H
#define __LINUX_CRC16_H

#include <linux/types.h>

extern const u16 crc16_table[256];

static inline u16 crc16_byte(u16 crc, const u8 byte)
{
	return crc >> 8 ^ crc16_table[(crc ^ byte) & 0xff];
}

extern u16 crc16(u16 crc, const u8 *buffer, size_t bytes);

#endif
