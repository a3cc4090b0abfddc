/*
 * Memory and strings. What C's standard has is the kernel's; what Linux adds is written
 * here, and compiled into the module that uses it.
 */
#ifndef __LINUX_STRING_H
#define __LINUX_STRING_H

#include <linux/compiler.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/types.h>

extern void *memcpy(void *to, const void *from, size_t bytes);
extern void *memmove(void *to, const void *from, size_t bytes);
extern void *memset(void *to, int byte, size_t bytes);
extern int memcmp(const void *a, const void *b, size_t bytes);
extern void *memchr(const void *memory, int byte, size_t bytes);

extern size_t strlen(const char *text);
extern size_t strnlen(const char *text, size_t limit);
extern int strcmp(const char *a, const char *b);
extern int strncmp(const char *a, const char *b, size_t limit);
extern int strcasecmp(const char *a, const char *b);
extern char *strchr(const char *text, int byte);
extern char *strrchr(const char *text, int byte);
extern char *strstr(const char *text, const char *part);
extern char *strcpy(char *to, const char *from);
extern char *strncpy(char *to, const char *from, size_t size);
extern size_t strlcpy(char *to, const char *from, size_t size);
extern ssize_t strscpy(char *to, const char *from, size_t size);
extern char *strcat(char *to, const char *from);
extern char *kstrdup(const char *text, gfp_t flags);
extern void *kmemdup(const void *from, size_t bytes, gfp_t flags);

/* Not optimized away when nobody reads the memory again. */
static inline void memzero_explicit(void *memory, size_t bytes)
{
	memset(memory, 0, bytes);
	barrier_data(memory);
}

#define __define_memset(bits)                                                     \
	static inline void *memset##bits(u##bits *to, u##bits value, size_t count) \
	{                                                                         \
		size_t at;                                                        \
										  \
		for (at = 0; at < count; at++)                                    \
			to[at] = value;                                           \
		return to;                                                        \
	}
__define_memset(16)
__define_memset(32)
__define_memset(64)

static inline void *memset_l(unsigned long *to, unsigned long value, size_t count)
{
	return memset64((u64 *)to, value, count);
}

static inline void *memset_p(void **to, void *value, size_t count)
{
	return memset64((u64 *)to, (unsigned long)value, count);
}

/* The first byte that is `byte`, or the end. */
static inline void *memscan(void *memory, int byte, size_t bytes)
{
	void *found = memchr(memory, byte, bytes);

	return found ? found : (char *)memory + bytes;
}

/* The first byte that isn't. */
static inline void *memchr_inv(const void *memory, int byte, size_t bytes)
{
	const u8 *at = memory;

	for (; bytes--; at++)
		if (*at != (u8)byte)
			return (void *)at;
	return NULL;
}

static inline char *strchrnul(const char *text, int byte)
{
	char *found = strchr(text, byte);

	return found ? found : (char *)text + strlen(text);
}

static inline char *strnchr(const char *text, size_t limit, int byte)
{
	for (; limit-- && *text; text++)
		if (*text == (char)byte)
			return (char *)text;
	return byte ? NULL : limit + 1 ? (char *)text : NULL;
}

static inline char *strnstr(const char *text, const char *part, size_t limit)
{
	size_t length = strlen(part);

	for (; limit >= length; text++, limit--) {
		if (!memcmp(text, part, length))
			return (char *)text;
		if (!length)
			break;
	}
	return NULL;
}

static inline int strncasecmp(const char *a, const char *b, size_t limit)
{
	int difference = 0;

	for (; limit-- && !difference; a++, b++) {
		difference = tolower((u8)*a) - tolower((u8)*b);
		if (!*a)
			break;
	}
	return difference;
}

/* Bytes at the start that are in `set`, or that aren't. */
static inline size_t strspn(const char *text, const char *set)
{
	size_t length = 0;

	while (text[length] && strchr(set, text[length]))
		length++;
	return length;
}

static inline size_t strcspn(const char *text, const char *set)
{
	size_t length = 0;

	while (text[length] && !strchr(set, text[length]))
		length++;
	return length;
}

static inline char *strpbrk(const char *text, const char *set)
{
	text += strcspn(text, set);
	return *text ? (char *)text : NULL;
}

/* Cuts *text off at the first byte of `set`; *text is behind that, or NULL. */
static inline char *strsep(char **text, const char *set)
{
	char *start = *text, *end;

	if (!start)
		return NULL;
	end = strpbrk(start, set);
	if (end)
		*end++ = 0;
	*text = end;
	return start;
}

static inline char *strncat(char *to, const char *from, size_t limit)
{
	size_t at = strlen(to), length = strnlen(from, limit);

	memcpy(to + at, from, length);
	to[at + length] = 0;
	return to;
}

static inline size_t strlcat(char *to, const char *from, size_t size)
{
	size_t at = strnlen(to, size), length = strlen(from), fits;

	if (at == size)
		return size + length;
	fits = length < size - at ? length : size - at - 1;
	memcpy(to + at, from, fits);
	to[at + fits] = 0;
	return at + length;
}

/* As strscpy, with zeros to the end. */
static inline ssize_t strscpy_pad(char *to, const char *from, size_t size)
{
	ssize_t copied = strscpy(to, from, size);

	if (copied >= 0)
		memset(to + copied, 0, size - copied);
	return copied;
}

static inline char *__must_check skip_spaces(const char *text)
{
	while (isspace((u8)*text))
		text++;
	return (char *)text;
}

/* Without blanks at the end, which are cut off, and at the start. */
static inline char *strim(char *text)
{
	size_t length = strlen(text);

	while (length && isspace((u8)text[length - 1]))
		length--;
	text[length] = 0;
	return skip_spaces(text);
}

#define strstrip(text) strim(text)

static inline char *strreplace(char *text, char old, char new)
{
	for (; *text; text++)
		if (*text == old)
			*text = new;
	return text;
}

static inline bool strstarts(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

static inline size_t str_has_prefix(const char *text, const char *start)
{
	size_t length = strlen(start);

	return strncmp(text, start, length) ? 0 : length;
}

/* Equal but for a newline at the end of either. */
static inline bool sysfs_streq(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b || (!*a && *b == '\n' && !b[1]) || (!*b && *a == '\n' && !a[1]);
}

/* Place in a list that ends by count or NULL. */
static inline int match_string(const char *const *texts, size_t count, const char *text)
{
	size_t at;

	for (at = 0; at < count && texts[at]; at++)
		if (!strcmp(texts[at], text))
			return at;
	return -EINVAL;
}

static inline const char *kbasename(const char *path)
{
	const char *last = strrchr(path, '/');

	return last ? last + 1 : path;
}

extern void *__kmalloc(size_t bytes, gfp_t flags);

static inline char *kmemdup_nul(const char *from, size_t bytes, gfp_t flags)
{
	char *copy = __kmalloc(bytes + 1, flags);

	if (copy) {
		memcpy(copy, from, bytes);
		copy[bytes] = 0;
	}
	return copy;
}

static inline char *kstrndup(const char *text, size_t limit, gfp_t flags)
{
	return text ? kmemdup_nul(text, strnlen(text, limit), flags) : NULL;
}

/* modules/lib/memcat_p.c: of two arrays that end in NULL, one of kmalloc's. */
extern void **__memcat_p(void **a, void **b);
#define memcat_p(a, b)                                                             \
	({                                                                        \
		BUILD_BUG_ON_MSG(!__same_type(*(a), *(b)), "arrays of different pointers"); \
		(typeof(*(a)) *)__memcat_p((void **)(a), (void **)(b));           \
	})

#endif
