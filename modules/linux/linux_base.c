// SPDX-License-Identifier: MIT
/*
 * The least that code compiled for Linux needs: its struct module, printk, and bytes that
 * are copied.
 */
#include "provider.h"
#include <linux/printk.h>
#include <linux/string.h>

/*
 * Linux's struct module, whose layout this CRC stands for. Of its 1,280 bytes providers
 * read the name, at 0x18; init and exit, at 0x138 and 0x428, are found by their symbols.
 */
const char module_layout[1];
OFFER(module_layout);

OFFER(_printk);
OFFER(memcpy);
OFFER(memmove);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers struct module, printk and copies of bytes to Linux's modules");
