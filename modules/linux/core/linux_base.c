// SPDX-License-Identifier: MIT
/*
 * The least that code compiled for Linux needs: its struct module, printk and what prints by
 * it, and bytes that are copied.
 */
#include "../provider.h"
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

/*
 * Linux's struct module, whose layout this CRC stands for. Of its 1,280 bytes providers
 * read the name, at 0x18; init and exit, at 0x138 and 0x428, are found by their symbols.
 */
const char module_layout[1];
OFFER_DATA(module_layout);

OFFER(_printk);
OFFER(memcpy);
OFFER(memmove);

/* What a WARN says; its file and line come from the table of its MONITOR CALL, behind it. */
__printf(1, 2) void __warn_printk(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintk(format, arguments);
	va_end(arguments);
}
OFFER(__warn_printk);

/* pr_debug, once its key is on. Of the descriptor nothing is needed. */
__printf(2, 3) void __dynamic_pr_debug(const void *descriptor, const char *format, ...)
{
	char text[256];
	va_list arguments;

	(void)descriptor;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	_printk(KERN_DEBUG "%s", text);
}
OFFER(__dynamic_pr_debug);

/* A copy that the compiler saw is beyond its object, found where it is made. */
void __noreturn fortify_panic(const char *function)
{
	panic("%s is to go beyond its object", function);
}
ENDS_RUN(fortify_panic);

extern int give_tasks(void);
extern void take_tasks(void);

static int __init begin(void)
{
	return give_tasks();
}
module_init(begin);

static void __exit end(void)
{
	take_tasks();
}
module_exit(end);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers struct module, printk and copies of bytes to Linux's modules");
