/* Numbers from text: all of it, but for a newline at its end. */
#ifndef __LINUX_KSTRTOX_H
#define __LINUX_KSTRTOX_H

#include <linux/compiler.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/types.h>

extern int __must_check kstrtoull(const char *text, unsigned int base, unsigned long long *value);
extern int __must_check kstrtoll(const char *text, unsigned int base, long long *value);
extern int __must_check kstrtobool(const char *text, bool *value);

#define __define_kstrto(name, type, wide)                                         \
	static inline int __must_check kstrto##name(const char *text,             \
						    unsigned int base,            \
						    type *value)                  \
	{                                                                         \
		wide number;                                                      \
		int error = _Generic((wide)0,                                     \
				     unsigned long long: kstrtoull,               \
				     long long: kstrtoll)(text, base, (void *)&number); \
										  \
		if (error)                                                        \
			return error;                                             \
		if (number != (wide)(type)number)                                 \
			return -ERANGE;                                           \
		*value = (type)number;                                            \
		return 0;                                                         \
	}

__define_kstrto(ul, unsigned long, unsigned long long)
__define_kstrto(l, long, long long)
__define_kstrto(uint, unsigned int, unsigned long long)
__define_kstrto(int, int, long long)
__define_kstrto(u64, u64, unsigned long long)
__define_kstrto(s64, s64, long long)
__define_kstrto(u32, u32, unsigned long long)
__define_kstrto(s32, s32, long long)
__define_kstrto(u16, u16, unsigned long long)
__define_kstrto(s16, s16, long long)
__define_kstrto(u8, u8, unsigned long long)
__define_kstrto(s8, s8, long long)

/*
 * The number that a text begins with; what follows it is `end`. For old code: what is no
 * number is 0, and nobody says what overflows.
 */
static inline unsigned long long simple_strtoull(const char *text, char **end, unsigned int base)
{
	unsigned long long value = 0;
	const char *at = text;

	if ((base == 0 || base == 16) && at[0] == '0' && (at[1] | 0x20) == 'x' && isxdigit(at[2])) {
		base = 16;
		at += 2;
	} else if (base == 0) {
		base = at[0] == '0' ? 8 : 10;
	}
	for (;; at++) {
		unsigned int digit = isdigit(*at) ? *at - '0' :
				     isxdigit(*at) ? (*at | 0x20) - 'a' + 10 : 16;

		if (digit >= base)
			break;
		value = value * base + digit;
	}
	if (end)
		*end = (char *)at;
	return value;
}

static inline long long simple_strtoll(const char *text, char **end, unsigned int base)
{
	return *text == '-' ? -(long long)simple_strtoull(text + 1, end, base) :
			      (long long)simple_strtoull(text, end, base);
}

#define simple_strtoul(text, end, base) ((unsigned long)simple_strtoull(text, end, base))
#define simple_strtol(text, end, base) ((long)simple_strtoll(text, end, base))

#endif
