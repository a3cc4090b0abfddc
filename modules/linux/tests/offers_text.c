// SPDX-License-Identifier: MIT
/* Bytes, texts and numbers, as the C standard has them. */
#include "answers.h"
#include <linux/types.h>

ANSWERS_OF_OFFERS("ISO C, string.h and stdio.h");
PRINTS("4 hi");
PRINTS("printed: 7");
PRINTS("warning: of a warning");

extern void *offered_memchr(const void *memory, int byte, size_t bytes);
extern int offered_memcmp(const void *a, const void *b, size_t bytes);
extern void *offered_memset(void *to, int byte, size_t bytes);
extern void *offered_memcpy(void *to, const void *from, size_t bytes);
extern void *offered_memmove(void *to, const void *from, size_t bytes);
extern void *offered_memchr_inv(const void *memory, int byte, size_t bytes);
extern size_t offered_strlen(const char *text);
extern size_t offered_strnlen(const char *text, size_t limit);
extern int offered_strcmp(const char *a, const char *b);
extern int offered_strncmp(const char *a, const char *b, size_t limit);
extern int offered_strcasecmp(const char *a, const char *b);
extern char *offered_strchr(const char *text, int byte);
extern char *offered_strrchr(const char *text, int byte);
extern char *offered_strstr(const char *text, const char *part);
extern char *offered_strcpy(char *to, const char *from);
extern char *offered_strncpy(char *to, const char *from, size_t size);
extern ssize_t offered_strscpy(char *to, const char *from, size_t size);
extern char *offered_strcat(char *to, const char *from);
extern size_t offered_strlcat(char *to, const char *from, size_t size);
extern __printf(2, 3) int offered_sprintf(char *to, const char *format, ...);
extern __printf(3, 4) int offered_snprintf(char *to, size_t size, const char *format, ...);
extern __printf(3, 4) int offered_scnprintf(char *to, size_t size, const char *format, ...);
extern int offered_vsprintf(char *to, const char *format, va_list arguments);
extern int offered_vsnprintf(char *to, size_t size, const char *format, va_list arguments);
extern int offered_vscnprintf(char *to, size_t size, const char *format, va_list arguments);
extern int offered_vprintk(const char *format, va_list arguments);
extern __printf(1, 2) int offered__printk(const char *format, ...);
extern __printf(1, 2) void offered___warn_printk(const char *format, ...);
extern __printf(2, 3) void offered___dynamic_pr_debug(const void *descriptor, const char *format,
						      ...);
extern int offered_kstrtobool(const char *text, bool *value);
extern int offered_kstrtoll(const char *text, unsigned int base, s64 *value);
extern int offered_kstrtoull(const char *text, unsigned int base, u64 *value);
extern unsigned long offered__find_next_bit(const unsigned long *words, unsigned long count,
					    unsigned long from);
extern unsigned long offered__find_first_bit(const unsigned long *words, unsigned long count);
extern unsigned int offered___sw_hweight32(unsigned int word);
extern int offered____ratelimit(void *limit, const char *function);

static char text[64];

#define SAME(known) ANSWER(strcmp(text, known), 0)

static void bytes(void)
{
	static const char some[] = "some text, some more";

	offered_memset(text, 'x', 8);
	ANSWER(offered_memcmp(text, "xxxxxxxx", 8), 0);
	ANSWER(text[8], 0);
	offered_memcpy(text, some, sizeof(some));
	offered_memmove(text + 2, text, 8);
	ANSWER(offered_memcmp(text, "sosome tex", 10), 0);
	ANSWER(offered_memcmp("a", "b", 1) < 0, 1);
	ANSWER((const char *)offered_memchr(some, 't', 8) - some, 5);
	ANSWER(!offered_memchr(some, 't', 5), 1);
	ANSWER((const char *)offered_memchr_inv("aaab", 'a', 4) - "aaab" > 4 ||
	       !offered_memchr_inv("aaab", 'a', 4), 0);
	ANSWER(!offered_memchr_inv("aaab", 'a', 3), 1);
	ANSWER(offered_strlen(some), 20);
	ANSWER(offered_strnlen(some, 7), 7);
	ANSWER(offered_strcmp("abc", "abd") < 0, 1);
	ANSWER(offered_strncmp("abc", "abd", 2), 0);
	ANSWER(offered_strcasecmp("AbC", "aBc"), 0);
	ANSWER(offered_strchr(some, 'm') - some, 2);
	ANSWER(offered_strrchr(some, 'm') - some, 16);
	ANSWER(offered_strstr(some, "some m") - some, 11);
}

static void texts(void)
{
	offered_strcpy(text, "one");
	offered_strcat(text, " two");
	SAME("one two");
	offered_memset(text, 'x', 8);
	offered_strncpy(text, "ab", 4);
	ANSWER(offered_memcmp(text, "ab\0\0xxxx", 8), 0);
	ANSWER(offered_strscpy(text, "too long", 4), (u64)-E2BIG);
	SAME("too");
	ANSWER(offered_strlcat(text, "-much", 8), 8);
	SAME("too-muc");
	ANSWER(offered_sprintf(text, "%d %#x %s", -7, 255, "z"), 9);
	SAME("-7 0xff z");
	ANSWER(offered_snprintf(text, 4, "%s", "abcdef"), 6);
	ANSWER(offered_scnprintf(text, 4, "%s", "abcdef"), 3);
	SAME("abc");
}

static void lists(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	ANSWER(offered_vsprintf(text, format, arguments), 4);
	va_end(arguments);
	SAME("4 hi");
	va_start(arguments, format);
	ANSWER(offered_vsnprintf(text, 3, format, arguments), 4);
	va_end(arguments);
	SAME("4 ");
	va_start(arguments, format);
	ANSWER(offered_vscnprintf(text, 3, format, arguments), 2);
	va_end(arguments);
	va_start(arguments, format);
	offered_vprintk(format, arguments);
	va_end(arguments);
}

static void numbers(void)
{
	unsigned long words[2] = { 1ul << 5, 1ul << 3 };
	struct { u32 lock; int interval, burst, printed; } limit = { 0, 1, 2, 0 };
	bool is_on = false;
	s64 small;
	u64 large;

	ANSWER(offered_kstrtobool("y", &is_on), 0);
	ANSWER(is_on, true);
	ANSWER(offered_kstrtoll("-12", 10, &small), 0);
	ANSWER(small, (u64)-12);
	ANSWER(offered_kstrtoull("ff", 16, &large), 0);
	ANSWER(large, 255);
	ANSWER(offered_kstrtoull("fg", 16, &large), (u64)-EINVAL);
	ANSWER(offered__find_first_bit(words, 128), 5);
	ANSWER(offered__find_next_bit(words, 128, 6), 67);
	ANSWER(offered__find_next_bit(words, 128, 68), 128);
	ANSWER(offered___sw_hweight32(0xf00f0001), 9);
	ANSWER(offered____ratelimit(&limit, "f") + offered____ratelimit(&limit, "f") +
	       offered____ratelimit(&limit, "f"), 2);
}

static void ask(void)
{
	bytes();
	texts();
	lists("%d %s", 4, "hi");
	numbers();
	/* The runner looks for what is printed, but for debugging's, which no console has. */
	ANSWER(offered__printk(KERN_WARNING "printed: %d\n", 7) > 0, 1);
	offered___dynamic_pr_debug(NULL, "%d\n", 1);
	offered___warn_printk(KERN_WARNING "%s\n", "of a warning");
}
ASK(ask);
