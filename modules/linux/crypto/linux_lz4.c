// SPDX-License-Identifier: MIT
/*
 * LZ4's blocks (LZ4 block format), unpacked: sequences of literals, and of bytes that have been
 * there before.
 *
 *     token │ more of its length │ literals │ distance back, 2 bytes │ more of its length
 *     LLLL MMMM      lengths of 15 go on in the next byte, and as long as it is 255; of what is
 *                    copied 4 more than given; the last sequence has literals only
 */
#include "../provider.h"
#include <linux/string.h>
#include <linux/types.h>

#define LEAST_MATCH 4

struct input {
	const u8 *at, *end;
};

/* A length that a token begins; -1 if the input ends in it. */
static long length(struct input *in, unsigned int first)
{
	long sum = first;
	u8 more = first == 15 ? 255 : 0;

	while (more == 255) {
		if (in->at == in->end)
			return -1;
		more = *in->at++;
		sum += more;
	}
	return sum;
}

/* Bytes that came of it, or a number below 0 if it is none or they don't fit. */
int LZ4_decompress_safe(const char *from, char *to, int bytes, int room)
{
	struct input in = { (const u8 *)from, (const u8 *)from + bytes };
	u8 *start = (u8 *)to, *out = start, *end = start + room;

	while (in.at < in.end) {
		u8 token = *in.at++;
		long literals = length(&in, token >> 4), match;
		unsigned int distance;

		if (literals < 0 || literals > in.end - in.at || literals > end - out)
			return -1;
		memcpy(out, in.at, literals);
		out += literals;
		in.at += literals;
		if (in.at == in.end)
			return out - start;
		if (in.end - in.at < 2)
			return -1;
		distance = in.at[0] | in.at[1] << 8;
		in.at += 2;
		match = length(&in, token & 15);
		if (match < 0 || !distance || distance > out - start ||
		    match + LEAST_MATCH > end - out)
			return -1;
		/* It may reach into itself. */
		for (match += LEAST_MATCH; match; match--, out++)
			*out = out[-(long)distance];
	}
	return -1;
}
OFFER(LZ4_decompress_safe);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers LZ4's blocks, unpacked, to Linux's modules");
