/* Letters and digits of ASCII. */
#ifndef __LINUX_CTYPE_H
#define __LINUX_CTYPE_H

#include <linux/compiler.h>

static inline int isdigit(int c)
{
	return '0' <= c && c <= '9';
}

static inline int islower(int c)
{
	return 'a' <= c && c <= 'z';
}

static inline int isupper(int c)
{
	return 'A' <= c && c <= 'Z';
}

static inline int isalpha(int c)
{
	return islower(c) || isupper(c);
}

static inline int isalnum(int c)
{
	return isalpha(c) || isdigit(c);
}

static inline int isxdigit(int c)
{
	return isdigit(c) || ('a' <= (c | 0x20) && (c | 0x20) <= 'f');
}

static inline int isspace(int c)
{
	return c == ' ' || ('\t' <= c && c <= '\r') || c == 0xa0;
}

static inline int iscntrl(int c)
{
	return (0 <= c && c < ' ') || c == 0x7f;
}

static inline int isgraph(int c)
{
	return ' ' < c && c < 0x7f;
}

static inline int isprint(int c)
{
	return ' ' <= c && c < 0x7f;
}

static inline int ispunct(int c)
{
	return isgraph(c) && !isalnum(c);
}

static inline int isascii(int c)
{
	return 0 <= c && c < 0x80;
}

static inline int toascii(int c)
{
	return c & 0x7f;
}

static inline int tolower(int c)
{
	return isupper(c) ? c + 0x20 : c;
}

static inline int toupper(int c)
{
	return islower(c) ? c - 0x20 : c;
}

#endif
