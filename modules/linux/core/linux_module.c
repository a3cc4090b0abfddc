// SPDX-License-Identifier: MIT
/*
 * Modules that hold modules. A count in Linux's struct module, at 1072; what holds a module here
 * are the imports of others.
 */
#include "../provider.h"
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/errno.h>

#define REFERENCES 1072

static atomic_t *references(void *module)
{
	return (atomic_t *)((char *)module + REFERENCES);
}

bool hold(void *module)
{
	if (module)
		atomic_inc(references(module));
	return true;
}
OFFER_AS(try_module_get, hold);

void let_go(void *module)
{
	if (module)
		WARN_ON(atomic_dec_return(references(module)) < 0);
}
OFFER_AS(module_put, let_go);

/* Nobody loads a module by name while another runs: it isn't there, says Linux's own then. */
__printf(2, 3) int load_named(bool wait, const char *format, ...)
{
	(void)wait;
	(void)format;
	return -ENOENT;
}
REFUSES_AS(__request_module, load_named);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers references to modules to Linux's modules");
