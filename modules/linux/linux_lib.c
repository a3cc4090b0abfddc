// SPDX-License-Identifier: MIT
/*
 * The core library: bytes, strings, texts and numbers. The kernel's own functions, which are
 * declared as Linux's are.
 */
#include "provider.h"
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
OFFER(panic);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers strings, texts and numbers to Linux's modules");
