// SPDX-License-Identifier: MIT
/* Charsets in which a character takes more than a byte, as Python's codecs have them. */
#include "answers.h"
#include <linux/string.h>
#include <linux/types.h>

/* The beginning of Linux's table of a charset. */
struct charset_table {
	const char *charset, *alias;
	int (*from_unicode)(unsigned short character, unsigned char *out, int room);
	int (*to_unicode)(const unsigned char *bytes, int count, unsigned short *character);
};
extern const struct charset_table *charset_named(const char *charset);

ANSWERS(nls_cp932, "Python's codecs, both ways");
ANSWERS(nls_cp936, "Python's codecs, both ways");
ANSWERS(nls_cp949, "Python's codecs, both ways");
ANSWERS(nls_cp950, "Python's codecs, both ways");
ANSWERS(nls_euc_jp, "Python's codecs, both ways");
ANSWERS(nls_koi8_ru, "KOI8-RU: U+040E is be, U+045E is ae, from Unicode");
ANSWERS(nls_utf8, "RFC 3629, both ways");

static const struct known {
	const char *charset, *bytes;
	unsigned short character;
} known[] = {
	{ "cp932", "\x82\xa0", 0x3042 },
	{ "cp932", "\x8a\xbf", 0x6f22 },
	{ "cp932", "\x8e\x9a", 0x5b57 },
	{ "cp936", "\xc4\xe3", 0x4f60 },
	{ "cp936", "\xba\xc3", 0x597d },
	{ "cp936", "\xd6\xd0", 0x4e2d },
	{ "cp949", "\xc7\xd1", 0xd55c },
	{ "cp949", "\xb1\xb9", 0xad6d },
	{ "cp949", "\xbe\xee", 0xc5b4 },
	{ "cp950", "\xa4\xa4", 0x4e2d },
	{ "cp950", "\xa4\xe5", 0x6587 },
	{ "cp950", "\xa6\x72", 0x5b57 },
	{ "euc-jp", "\xa4\xa2", 0x3042 },
	{ "euc-jp", "\xb4\xc1", 0x6f22 },
	{ "euc-jp", "\xbb\xfa", 0x5b57 },
	{ "utf8", "\xc3\xa9", 0x00e9 },
	{ "utf8", "\xe2\x82\xac", 0x20ac },
	{ "utf8", "\xe4\xbd\xa0", 0x4f60 },
};

/*
 * The other way this charset is wrong in Linux 6.1: it takes all characters but these two for
 * one of them.
 */
static void short_u(void)
{
	const struct charset_table *table = charset_named("koi8-ru");
	unsigned char byte = 0;

	ANSWER(!table, 0);
	if (!table)
		return;
	ANSWER(table->from_unicode(0x040e, &byte, 1), 1);
	ANSWER(byte, 0xbe);
	ANSWER(table->from_unicode(0x045e, &byte, 1), 1);
	ANSWER(byte, 0xae);
	ANSWER(table->from_unicode(0x0430, &byte, 1), 1);
	ANSWER(byte, 0xc1);
}

static void charsets(void)
{
	short_u();
	for (const struct known *it = known; it != known + ARRAY_SIZE(known); it++) {
		const struct charset_table *table = charset_named(it->charset);
		int count = strlen(it->bytes);
		unsigned short character = 0;
		unsigned char bytes[8];

		ANSWER(!table, 0);
		if (!table)
			continue;
		ANSWER(table->to_unicode((const unsigned char *)it->bytes, count, &character),
		       (unsigned long long)count);
		ANSWER(character, it->character);
		ANSWER(table->from_unicode(it->character, bytes, sizeof(bytes)),
		       (unsigned long long)count);
		ANSWER_BYTES(bytes, it->bytes, count);
	}
}
ASK(charsets);
