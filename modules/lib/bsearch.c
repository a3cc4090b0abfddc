/* The search of linux/bsearch.h, for those who want to call it. */
#include <linux/bsearch.h>
#include <linux/export.h>
#include <linux/module.h>

void *bsearch(const void *key, const void *base, size_t count, size_t bytes, cmp_func_t compare)
{
	return __inline_bsearch(key, base, count, bytes, compare);
}
EXPORT_SYMBOL(bsearch);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Binary search");
