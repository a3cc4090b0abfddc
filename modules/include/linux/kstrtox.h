/* Numbers from text: all of it, but for a newline at its end. */
#ifndef __LINUX_KSTRTOX_H
#define __LINUX_KSTRTOX_H

#include <linux/compiler.h>
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

#endif
