/* Bytes as pairs of hexadecimal digits. */
#ifndef __LINUX_HEX_H
#define __LINUX_HEX_H

#include <linux/errno.h>
#include <linux/types.h>

static const char hex_asc[] __maybe_unused = "0123456789abcdef";
static const char hex_asc_upper[] __maybe_unused = "0123456789ABCDEF";

#define hex_asc_lo(byte) hex_asc[(byte) & 0x0f]
#define hex_asc_hi(byte) hex_asc[((byte) & 0xf0) >> 4]
#define hex_asc_upper_lo(byte) hex_asc_upper[(byte) & 0x0f]
#define hex_asc_upper_hi(byte) hex_asc_upper[((byte) & 0xf0) >> 4]

static inline char *hex_byte_pack(char *to, u8 byte)
{
	*to++ = hex_asc_hi(byte);
	*to++ = hex_asc_lo(byte);
	return to;
}

/* Value of a digit; -1 of what is none. */
static inline int hex_to_bin(unsigned char digit)
{
	if ('0' <= digit && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return 'a' <= digit && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static inline int __must_check hex2bin(u8 *to, const char *from, size_t bytes)
{
	for (; bytes--; from += 2) {
		int high = hex_to_bin(from[0]), low = high < 0 ? -1 : hex_to_bin(from[1]);

		if (low < 0)
			return -EINVAL;
		*to++ = high << 4 | low;
	}
	return 0;
}

static inline char *bin2hex(char *to, const void *from, size_t bytes)
{
	const u8 *at = from;

	while (bytes--)
		to = hex_byte_pack(to, *at++);
	return to;
}

#endif
