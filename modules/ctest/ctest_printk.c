/*
 * Text: snprintf is checked here; what printk prints, by the self-test that loads this
 * module and has the same lines.
 */
#define pr_fmt(fmt) "printk: " fmt

#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "ctest.h"

static char buffer[128];

/* The text of a format, and its length. */
#define TEXT(expected, format...)                                                 \
	do {                                                                      \
		int length = snprintf(buffer, sizeof(buffer), format);            \
										  \
		if (strcmp(buffer, expected) || length != (int)strlen(expected)) { \
			pr_err("%s:%d: [%s]\n", __FILE__, __LINE__, buffer);      \
			return -EINVAL;                                           \
		}                                                                 \
	} while (0)

static int integers(void)
{
	TEXT("-5 5 7", "%d %i %u", -5, 5, 7U);
	TEXT("-9223372036854775808", "%ld", LONG_MIN);
	TEXT("18446744073709551615", "%llu", ULLONG_MAX);
	TEXT("18446744073709551615 -1", "%lu %lld", ULONG_MAX, -1LL);
	TEXT("deadbeef DEADBEEF 17", "%x %X %o", 0xdeadbeef, 0xdeadbeef, 15);
	TEXT("123456789abcdef0 0xf", "%lx %#x", 0x123456789abcdef0UL, 15);
	TEXT("-1 255 -1 65535", "%hhd %hhu %hd %hu", (s8)-1, (u8)255, (s16)-1, (u16)65535);
	TEXT("8 -8", "%zu %zd", (size_t)8, (ssize_t)-8);
	return 0;
}

static int widths(void)
{
	TEXT("[    5|5    |00005]", "[%5d|%-5d|%05d]", 5, 5, 5);
	TEXT("[  5|5  |007]", "[%*d|%-*d|%.*d]", 3, 5, 3, 5, 3, 7);
	TEXT("[+5| 5|   -0005]", "[%+d|% d|%8.4d]", 5, 5, -5);
	TEXT("[0x00001f]", "[%#08x]", 0x1f);
	return 0;
}

static int strings(void)
{
	char *nothing = NULL;

	OPTIMIZER_HIDE_VAR(nothing);
	TEXT("one [  two] [two  ] [tw] [t]", "%s [%5s] [%-5s] [%.2s] [%.*s]", "one", "two", "two",
	     "two", 1, "two");
	TEXT("abc [  d] %", "%c%c%c [%3c] %%", 'a', 'b', 'c', 'd');
	TEXT("(null)", "%s", nothing);
	return 0;
}

/* More than the five registers, and the caller's frame beyond. */
static int many_arguments(void)
{
	TEXT("1 2 3 4 5 6 7 8 9 10 x 12", "%d %d %ld %d %u %d %lld %d %d %d %s %d", 1, 2, 3L, 4, 5U, 6,
	     7LL, 8, 9, 10, "x", 12);
	return 0;
}

static int pointers(void)
{
	char hashed[32];

	TEXT("0000000000001234", "%px", (void *)0x1234);
	TEXT("0000000000000000", "%p", NULL);
	snprintf(hashed, sizeof(hashed), "%p", (void *)buffer);
	CHECK(strlen(hashed) == 16 && !strncmp(hashed, "00000000", 8));
	TEXT(hashed, "%p", (void *)buffer);
	snprintf(buffer, sizeof(buffer), "%px", (void *)hashed);
	CHECK(strcmp(buffer, hashed));
	return 0;
}

static int what_lies_there(void)
{
	static const u8 bytes[16] = { 0x30, 0x31, 0x32, 0xff, 0x34, 5 };
	unsigned long bits[2] = { 0x7f, 5 };

	TEXT("[abc] [] []", "[%.s] [%.0s] [%.*s]", "abc", "abc", -1, "abc");
	TEXT("30 31 32 ff", "%*ph", 4, bytes);
	TEXT("30:31 3031", "%*phC %*phN", 2, bytes, 2, bytes);
	TEXT("303132ff-3405-0000-0000-000000000000", "%pUb", bytes);
	TEXT("48.49.50.255 048.049.050.255", "%pI4 %pi4", bytes, bytes);
	TEXT("30:31:32:ff:34:05", "%pM", bytes);
	TEXT("0-6,64,66", "%*pbl", 68, bits);
	TEXT("5,00000000,0000007f", "%*pb", 68, bits);
	TEXT("-ENOMEM -1234", "%pe %pe", (void *)-ENOMEM, (void *)-1234L);
	return 0;
}

static noinline int named(void)
{
	return 5;
}

static int symbols(void)
{
	char *rest;

	snprintf(buffer, sizeof(buffer), "%pS", (void *)((unsigned long)named + 2));
	rest = strstr(buffer, " [" KBUILD_MODNAME "]");
	CHECK(!strncmp(buffer, "named+0x2/0x", 12) && rest && !rest[strlen(KBUILD_MODNAME) + 3]);
	TEXT("named [" KBUILD_MODNAME "]", "%ps", (void *)named);
	/* Of the kernel. */
	snprintf(buffer, sizeof(buffer), "%ps", (void *)_printk);
	CHECK(!strcmp(buffer, "_printk"));
	return named() - 5;
}

static __printf(2, 3) int by_list(int size, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(buffer, size, format, arguments);
	va_end(arguments);
	return length;
}

static __printf(1, 2) void print_by_list(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintk(format, arguments);
	va_end(arguments);
}

static int buffers(void)
{
	memset(buffer, 'x', sizeof(buffer));
	CHECK(by_list(6, "%s %d", "long text", 5) == 11);
	CHECK(!strcmp(buffer, "long ") && buffer[6] == 'x');
	CHECK(scnprintf(buffer, 6, "%s", "long text") == 5 && !strcmp(buffer, "long "));
	CHECK(scnprintf(buffer, 60, "%s", "text") == 4);
	CHECK(sprintf(buffer, "%d-%s", 4, "x") == 3 && !strcmp(buffer, "4-x"));
	buffer[0] = 'y';
	CHECK(snprintf(buffer, 0, "%d", 12345) == 5 && buffer[0] == 'y');
	return 0;
}

/* From here on the self-test looks. */
static int levels(void)
{
	pr_emerg("emergency %d\n", 0);
	pr_alert("alert %d\n", 1);
	pr_crit("critical %d\n", 2);
	pr_err("error %d\n", 3);
	pr_warn("warning %d\n", 4);
	pr_notice("notice %d\n", 5);
	pr_info("information %d\n", 6);
	pr_debug("not printed %d\n", 7);
	no_printk("not printed\n");
	printk(KERN_DEBUG "debug\n");
	printk(KERN_EMERG "emergency\n");
	printk(KERN_ALERT "alert\n");
	printk(KERN_CRIT "critical\n");
	printk(KERN_ERR "error\n");
	printk(KERN_WARNING "warning\n");
	printk(KERN_NOTICE "notice\n");
	printk(KERN_INFO "information\n");
	printk("no level\n");
	return 0;
}

static int lines(void)
{
	int i;

	printk(KERN_INFO "one\ntwo\n");
	pr_info("%s:", "continued");
	for (i = 0; i < 3; i++)
		pr_cont(" %d", i);
	pr_cont("\n");
	printk(KERN_INFO "without an end");
	for (i = 0; i < 3; i++) {
		pr_info_once("once\n");
		pr_warn_once("warned once\n");
	}
	print_by_list(KERN_NOTICE "by list: %s %d\n", "a", 1);
	printk(KERN_INFO "[%8.3s|%-6d|%#lx|%llu|%c]\n", "abcdef", -42, 0xabcUL, 1ULL << 40, 'z');
	printk(KERN_INFO "%px %ps\n", (void *)0xabc, (void *)named);
	printk(KERN_INFO "%*d %-*s|\n", 5, 42, 4, "ab");
	return 0;
}

CTESTS(ONCE(integers), ONCE(widths), ONCE(strings), ONCE(many_arguments), ONCE(pointers), ONCE(what_lies_there),
       ONCE(symbols), ONCE(buffers), ONCE(levels), ONCE(lines));
