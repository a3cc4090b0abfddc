// SPDX-License-Identifier: MIT
/*
 * Charsets: bytes and the characters that they stand for, as Python's codecs have them. Linux's
 * cp1255 lacks two of these, the marks of direction, 0xfd and 0xfe.
 */
#include "answers.h"
#include <linux/types.h>

/* The beginning of Linux's table of a charset. */
struct charset_table {
	const char *charset, *alias;
	int (*from_unicode)(unsigned short character, unsigned char *out, int room);
	int (*to_unicode)(const unsigned char *bytes, int count, unsigned short *character);
};
extern const struct charset_table *charset_named(const char *charset);

ANSWERS(nls_ascii, "Python's codecs, both ways");
ANSWERS(nls_cp1250, "Python's codecs, both ways");
ANSWERS(nls_cp1251, "Python's codecs, both ways");
ANSWERS(nls_cp1255, "Python's codecs, both ways");
ANSWERS(nls_cp437, "Python's codecs, both ways");
ANSWERS(nls_cp737, "Python's codecs, both ways");
ANSWERS(nls_cp775, "Python's codecs, both ways");
ANSWERS(nls_cp850, "Python's codecs, both ways");
ANSWERS(nls_cp852, "Python's codecs, both ways");
ANSWERS(nls_cp855, "Python's codecs, both ways");
ANSWERS(nls_cp857, "Python's codecs, both ways");
ANSWERS(nls_cp860, "Python's codecs, both ways");
ANSWERS(nls_cp861, "Python's codecs, both ways");
ANSWERS(nls_cp862, "Python's codecs, both ways");
ANSWERS(nls_cp863, "Python's codecs, both ways");
ANSWERS(nls_cp864, "Python's codecs, both ways");
ANSWERS(nls_cp865, "Python's codecs, both ways");
ANSWERS(nls_cp866, "Python's codecs, both ways");
ANSWERS(nls_cp869, "Python's codecs, both ways");
ANSWERS(nls_cp874, "Python's codecs, both ways");
ANSWERS(nls_iso8859_1, "Python's codecs, both ways");
ANSWERS(nls_iso8859_13, "Python's codecs, both ways");
ANSWERS(nls_iso8859_14, "Python's codecs, both ways");
ANSWERS(nls_iso8859_15, "Python's codecs, both ways");
ANSWERS(nls_iso8859_2, "Python's codecs, both ways");
ANSWERS(nls_iso8859_3, "Python's codecs, both ways");
ANSWERS(nls_iso8859_4, "Python's codecs, both ways");
ANSWERS(nls_iso8859_5, "Python's codecs, both ways");
ANSWERS(nls_iso8859_6, "Python's codecs, both ways");
ANSWERS(nls_iso8859_7, "Python's codecs, both ways");
ANSWERS(nls_iso8859_9, "Python's codecs, both ways");
ANSWERS(nls_koi8_r, "Python's codecs, both ways");
ANSWERS(mac_roman, "Python's codecs, both ways");
ANSWERS(mac_centeuro, "Python's codecs, both ways");
ANSWERS(mac_croatian, "Python's codecs, both ways");
ANSWERS(mac_cyrillic, "Python's codecs, both ways");
ANSWERS(mac_greek, "Python's codecs, both ways");
ANSWERS(mac_iceland, "Python's codecs, both ways");
ANSWERS(mac_romanian, "Python's codecs, both ways");
ANSWERS(mac_turkish, "Python's codecs, both ways");
ANSWERS(nls_koi8_u, "Python's codecs, both ways");

static const struct known {
	const char *charset;
	unsigned char byte;
	unsigned short character;
} known[] = {
	{ "ascii", 0x41, 0x0041 },
	{ "ascii", 0x7a, 0x007a },
	{ "cp1250", 0x41, 0x0041 },
	{ "cp1250", 0xff, 0x02d9 },
	{ "cp1250", 0xfe, 0x0163 },
	{ "cp1250", 0xfb, 0x0171 },
	{ "cp1251", 0x41, 0x0041 },
	{ "cp1251", 0xff, 0x044f },
	{ "cp1251", 0xfe, 0x044e },
	{ "cp1251", 0xfd, 0x044d },
	{ "cp1255", 0x41, 0x0041 },
	{ "cp1255", 0xfa, 0x05ea },
	{ "cp437", 0x41, 0x0041 },
	{ "cp437", 0xff, 0x00a0 },
	{ "cp437", 0xfe, 0x25a0 },
	{ "cp437", 0xfd, 0x00b2 },
	{ "cp737", 0x41, 0x0041 },
	{ "cp737", 0xff, 0x00a0 },
	{ "cp737", 0xfe, 0x25a0 },
	{ "cp737", 0xfd, 0x00b2 },
	{ "cp775", 0x41, 0x0041 },
	{ "cp775", 0xff, 0x00a0 },
	{ "cp775", 0xfe, 0x25a0 },
	{ "cp775", 0xfd, 0x00b2 },
	{ "cp850", 0x41, 0x0041 },
	{ "cp850", 0xff, 0x00a0 },
	{ "cp850", 0xfe, 0x25a0 },
	{ "cp850", 0xfd, 0x00b2 },
	{ "cp852", 0x41, 0x0041 },
	{ "cp852", 0xff, 0x00a0 },
	{ "cp852", 0xfe, 0x25a0 },
	{ "cp852", 0xfd, 0x0159 },
	{ "cp855", 0x41, 0x0041 },
	{ "cp855", 0xff, 0x00a0 },
	{ "cp855", 0xfe, 0x25a0 },
	{ "cp855", 0xfd, 0x00a7 },
	{ "cp857", 0x41, 0x0041 },
	{ "cp857", 0xff, 0x00a0 },
	{ "cp857", 0xfe, 0x25a0 },
	{ "cp857", 0xfd, 0x00b2 },
	{ "cp860", 0x41, 0x0041 },
	{ "cp860", 0xff, 0x00a0 },
	{ "cp860", 0xfe, 0x25a0 },
	{ "cp860", 0xfd, 0x00b2 },
	{ "cp861", 0x41, 0x0041 },
	{ "cp861", 0xff, 0x00a0 },
	{ "cp861", 0xfe, 0x25a0 },
	{ "cp861", 0xfd, 0x00b2 },
	{ "cp862", 0x41, 0x0041 },
	{ "cp862", 0xff, 0x00a0 },
	{ "cp862", 0xfe, 0x25a0 },
	{ "cp862", 0xfd, 0x00b2 },
	{ "cp863", 0x41, 0x0041 },
	{ "cp863", 0xff, 0x00a0 },
	{ "cp863", 0xfe, 0x25a0 },
	{ "cp863", 0xfd, 0x00b2 },
	{ "cp864", 0x41, 0x0041 },
	{ "cp864", 0xfe, 0x25a0 },
	{ "cp864", 0xfd, 0xfef1 },
	{ "cp864", 0xfc, 0xfed9 },
	{ "cp865", 0x41, 0x0041 },
	{ "cp865", 0xff, 0x00a0 },
	{ "cp865", 0xfe, 0x25a0 },
	{ "cp865", 0xfd, 0x00b2 },
	{ "cp866", 0x41, 0x0041 },
	{ "cp866", 0xff, 0x00a0 },
	{ "cp866", 0xfe, 0x25a0 },
	{ "cp866", 0xfd, 0x00a4 },
	{ "cp869", 0x41, 0x0041 },
	{ "cp869", 0xff, 0x00a0 },
	{ "cp869", 0xfe, 0x25a0 },
	{ "cp869", 0xfd, 0x03ce },
	{ "cp874", 0x41, 0x0041 },
	{ "cp874", 0xfb, 0x0e5b },
	{ "cp874", 0xfa, 0x0e5a },
	{ "cp874", 0xf9, 0x0e59 },
	{ "iso8859-1", 0x41, 0x0041 },
	{ "iso8859-1", 0xff, 0x00ff },
	{ "iso8859-1", 0xfe, 0x00fe },
	{ "iso8859-1", 0xfd, 0x00fd },
	{ "iso8859-13", 0x41, 0x0041 },
	{ "iso8859-13", 0xff, 0x2019 },
	{ "iso8859-13", 0xfe, 0x017e },
	{ "iso8859-13", 0xfd, 0x017c },
	{ "iso8859-14", 0x41, 0x0041 },
	{ "iso8859-14", 0xfe, 0x0177 },
	{ "iso8859-14", 0xf7, 0x1e6b },
	{ "iso8859-14", 0xf0, 0x0175 },
	{ "iso8859-15", 0x41, 0x0041 },
	{ "iso8859-15", 0xbe, 0x0178 },
	{ "iso8859-15", 0xbd, 0x0153 },
	{ "iso8859-15", 0xbc, 0x0152 },
	{ "iso8859-2", 0x41, 0x0041 },
	{ "iso8859-2", 0xff, 0x02d9 },
	{ "iso8859-2", 0xfe, 0x0163 },
	{ "iso8859-2", 0xfb, 0x0171 },
	{ "iso8859-3", 0x41, 0x0041 },
	{ "iso8859-3", 0xff, 0x02d9 },
	{ "iso8859-3", 0xfe, 0x015d },
	{ "iso8859-3", 0xfd, 0x016d },
	{ "iso8859-4", 0x41, 0x0041 },
	{ "iso8859-4", 0xff, 0x02d9 },
	{ "iso8859-4", 0xfe, 0x016b },
	{ "iso8859-4", 0xfd, 0x0169 },
	{ "iso8859-5", 0x41, 0x0041 },
	{ "iso8859-5", 0xff, 0x045f },
	{ "iso8859-5", 0xfe, 0x045e },
	{ "iso8859-5", 0xfd, 0x00a7 },
	{ "iso8859-6", 0x41, 0x0041 },
	{ "iso8859-6", 0xf2, 0x0652 },
	{ "iso8859-6", 0xf1, 0x0651 },
	{ "iso8859-6", 0xf0, 0x0650 },
	{ "iso8859-7", 0x41, 0x0041 },
	{ "iso8859-7", 0xfe, 0x03ce },
	{ "iso8859-7", 0xfd, 0x03cd },
	{ "iso8859-7", 0xfc, 0x03cc },
	{ "iso8859-9", 0x41, 0x0041 },
	{ "iso8859-9", 0xfe, 0x015f },
	{ "iso8859-9", 0xfd, 0x0131 },
	{ "iso8859-9", 0xf0, 0x011f },
	{ "koi8-r", 0x41, 0x0041 },
	{ "koi8-r", 0xff, 0x042a },
	{ "koi8-r", 0xfe, 0x0427 },
	{ "koi8-r", 0xfd, 0x0429 },
	{ "koi8-u", 0x41, 0x0041 },
	{ "koi8-u", 0xff, 0x042a },
	{ "koi8-u", 0xfe, 0x0427 },
	{ "koi8-u", 0xfd, 0x0429 },
	{ "macroman", 0x41, 0x0041 },
	{ "macroman", 0xff, 0x02c7 },
	{ "macroman", 0xfe, 0x02db },
	{ "macroman", 0xfd, 0x02dd },
	{ "maccenteuro", 0x41, 0x0041 },
	{ "maccenteuro", 0xff, 0x02c7 },
	{ "maccenteuro", 0xfe, 0x0122 },
	{ "maccenteuro", 0xfd, 0x017c },
	{ "maccroatian", 0x41, 0x0041 },
	{ "maccroatian", 0xff, 0x02c7 },
	{ "maccroatian", 0xfe, 0x00e6 },
	{ "maccroatian", 0xfd, 0x00ca },
	{ "maccyrillic", 0x41, 0x0041 },
	{ "maccyrillic", 0xff, 0x20ac },
	{ "maccyrillic", 0xfe, 0x044e },
	{ "maccyrillic", 0xfd, 0x044d },
	{ "macgreek", 0x41, 0x0041 },
	{ "macgreek", 0xff, 0x00ad },
	{ "macgreek", 0xfe, 0x03b0 },
	{ "macgreek", 0xfd, 0x0390 },
	{ "maciceland", 0x41, 0x0041 },
	{ "maciceland", 0xff, 0x02c7 },
	{ "maciceland", 0xfe, 0x02db },
	{ "maciceland", 0xfd, 0x02dd },
	{ "macromanian", 0x41, 0x0041 },
	{ "macromanian", 0xff, 0x02c7 },
	{ "macromanian", 0xfe, 0x02db },
	{ "macromanian", 0xfd, 0x02dd },
	{ "macturkish", 0x41, 0x0041 },
	{ "macturkish", 0xff, 0x02c7 },
	{ "macturkish", 0xfe, 0x02db },
	{ "macturkish", 0xfd, 0x02dd },
};

static void charsets(void)
{
	for (unsigned int at = 0; at < ARRAY_SIZE(known); at++) {
		const struct charset_table *table = charset_named(known[at].charset);
		unsigned short character = 0;
		unsigned char byte = 0;

		ANSWER(!table, 0);
		if (!table)
			continue;
		ANSWER(table->to_unicode(&known[at].byte, 1, &character), 1);
		ANSWER(character, known[at].character);
		ANSWER(table->from_unicode(known[at].character, &byte, 1), 1);
		ANSWER(byte, known[at].byte);
	}
}
ASK(charsets);
