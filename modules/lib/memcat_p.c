/* Two arrays of pointers, each ended by NULL, one behind the other in a new one. */
#include <linux/export.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

static size_t count(void **array)
{
	size_t found = 0;

	while (array[found])
		found++;
	return found;
}

void **__memcat_p(void **a, void **b)
{
	size_t first = count(a), second = count(b);
	void **all = kmalloc_array(first + second + 1, sizeof(*all), GFP_KERNEL);

	if (all) {
		memcpy(all, a, first * sizeof(*all));
		memcpy(all + first, b, (second + 1) * sizeof(*all));
	}
	return all;
}
EXPORT_SYMBOL_GPL(__memcat_p);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Arrays of pointers, put together");
