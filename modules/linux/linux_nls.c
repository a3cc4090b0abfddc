// SPDX-License-Identifier: MIT
/*
 * Tables of characters (Linux: nls): each module has one charset, and registers it.
 *
 *     0 charset  8 alias  16 from Unicode  24 to Unicode  32 lower  40 upper  48 owner  56 next
 */
#include "provider.h"
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/types.h>

struct charset_table {
	const char *charset, *alias;
	int (*from_unicode)(unsigned short character, unsigned char *out, int room);
	int (*to_unicode)(const unsigned char *bytes, int count, unsigned short *character);
	const unsigned char *lower, *upper;
	void *owner;
	struct charset_table *next;
};

static struct charset_table *tables;
static DEFINE_MUTEX(changing);

int register_table(struct charset_table *table, void *owner)
{
	struct charset_table *other;
	int error = table->next ? -EBUSY : 0;

	mutex_lock(&changing);
	for (other = tables; other; other = other->next)
		if (other == table)
			error = -EBUSY;
	if (!error) {
		table->owner = owner;
		table->next = tables;
		tables = table;
	}
	mutex_unlock(&changing);
	return error;
}
OFFER_AS(__register_nls, register_table);

int unregister_table(struct charset_table *table)
{
	struct charset_table **place;
	int error = -EINVAL;

	mutex_lock(&changing);
	for (place = &tables; *place; place = &(*place)->next) {
		if (*place == table) {
			*place = table->next;
			table->next = NULL;
			error = 0;
			break;
		}
	}
	mutex_unlock(&changing);
	return error;
}
OFFER_AS(unregister_nls, unregister_table);

/* For the tests: the table of a charset, which its module takes away again. */
const struct charset_table *charset_named(const char *charset)
{
	const struct charset_table *found;

	mutex_lock(&changing);
	for (found = tables; found && strcmp(found->charset, charset); found = found->next)
		;
	mutex_unlock(&changing);
	return found;
}
EXPORT_SYMBOL(charset_named);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers the registration of charsets to Linux's modules");
