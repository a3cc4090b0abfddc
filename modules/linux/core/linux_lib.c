// SPDX-License-Identifier: MIT
/*
 * The core library: bytes, strings, texts and numbers. The kernel's own functions, which are
 * declared as Linux's are.
 */
#include "../provider.h"
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/printk.h>
#include <linux/sprintf.h>
#include <linux/string.h>

OFFER(memcmp);
OFFER(memset);
OFFER(memchr);

OFFER(strlen);
OFFER(strnlen);
OFFER(strcmp);
OFFER(strncmp);
OFFER(strcasecmp);
OFFER(strchr);
OFFER(strrchr);
OFFER(strstr);
OFFER(strcpy);
OFFER(strncpy);
OFFER(strscpy);
OFFER(strcat);

OFFER(snprintf);
OFFER(scnprintf);
OFFER(sprintf);
OFFER(vsnprintf);
OFFER(vscnprintf);
OFFER(vsprintf);
OFFER(vprintk);

OFFER(kstrtobool);
OFFER(kstrtoll);
OFFER(kstrtoull);

OFFER(dump_stack);
ENDS_RUN(panic);

/* Bytes, so many in a line, behind their address or their place if that is asked for. */
void dump_bytes(const char *level, const char *prefix, int place, int row, int group,
		const void *bytes, size_t count, bool as_text)
{
	(void)group, (void)as_text;
	row = row == 32 ? 32 : 16;
	for (size_t at = 0; at < count; at += row) {
		int part = count - at < (size_t)row ? (int)(count - at) : row;
		char where[24] = "";

		if (place == DUMP_PREFIX_ADDRESS)
			snprintf(where, sizeof(where), "%px: ", bytes + at);
		else if (place == DUMP_PREFIX_OFFSET)
			snprintf(where, sizeof(where), "%.8zx: ", at);
		_printk("%s%s%s%*ph\n", level, prefix, where, part, bytes + at);
	}
}
OFFER_AS(print_hex_dump, dump_bytes);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers strings, texts and numbers to Linux's modules");
