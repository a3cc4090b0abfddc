// SPDX-License-Identifier: MIT
/*
 * Tables of characters (Linux: nls): each module has one charset, and registers it.
 *
 *     0 charset  8 alias  16 from Unicode  24 to Unicode  32 lower  40 upper  48 owner  56 next
 */
#include "../provider.h"
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

/* What a module has of another: the table, which it says when it needs no more. */
struct charset_table *load_table(const char *charset)
{
	return (struct charset_table *)charset_named(charset);
}
OFFER_AS(load_nls, load_table);

/* It stays: its module doesn't go before the one that uses it. */
void unload_table(struct charset_table *table)
{
	(void)table;
}
OFFER_AS(unload_nls, unload_table);

/*
 * UTF-8 (RFC 3629): the first byte says how many follow, of six bits each.
 *
 *     0xxxxxxx   110xxxxx 10xxxxxx   1110xxxx 10xxxxxx 10xxxxxx   11110xxx ...
 */
static bool is_character(u32 character)
{
	return character <= 0x10ffff && (character < 0xd800 || character > 0xdfff);
}

/* Bytes that a character takes. */
static int bytes_of(u32 character)
{
	return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
}

/* Bytes of the first character, or -1. */
int utf8_to_utf32(const u8 *bytes, int count, u32 *character)
{
	int follow = *bytes < 0x80 ? 0 : *bytes >> 5 == 6 ? 1 : *bytes >> 4 == 14 ? 2 :
		     *bytes >> 3 == 30 ? 3 : -1;
	u32 value;

	if (follow < 0 || count <= follow)
		return -1;
	value = follow ? *bytes & 0x3f >> follow : *bytes;
	for (int at = 1; at <= follow; at++) {
		if (bytes[at] >> 6 != 2)
			return -1;
		value = value << 6 | (bytes[at] & 0x3f);
	}
	if (!is_character(value) || bytes_of(value) != follow + 1)
		return -1;
	*character = value;
	return follow + 1;
}
OFFER(utf8_to_utf32);

int utf32_to_utf8(u32 character, u8 *bytes, int room)
{
	int count = bytes_of(character);

	if (!bytes)
		return 0;
	if (!is_character(character) || count > room)
		return -1;
	for (int at = count - 1; at > 0; at--, character >>= 6)
		bytes[at] = 0x80 | (character & 0x3f);
	bytes[0] = count == 1 ? character : (u8)(0xf00 >> count) | character;
	return count;
}
OFFER(utf32_to_utf8);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers the registration of charsets to Linux's modules");
