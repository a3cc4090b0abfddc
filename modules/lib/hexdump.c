/* Memory as text: print_hex_dump and what it is made of. */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/hex.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

/* A text that is counted, and kept as far as there is room. */
struct text {
	char *to;
	size_t room;
	size_t length;
};

static void put(struct text *text, char character)
{
	if (text->length + 1 < text->room)
		text->to[text->length] = character;
	text->length++;
}

/*
 * One row: numbers of so many bytes, as this machine has them in memory, and as text behind.
 * The length of all of it, without NUL; what has no room is left out.
 */
int hex_dump_to_buffer(const void *buffer, size_t bytes, int row, int group, char *line,
		       size_t room, bool ascii)
{
	struct text text = { line, room, 0 };
	const u8 *from = buffer;
	size_t column, at;

	if (row != 16 && row != 32)
		row = 16;
	bytes = min_t(size_t, bytes, row);
	if (group <= 0 || group > 8 || !is_power_of_2(group) || bytes % group)
		group = 1;
	column = row * 2 + row / group + 1;
	for (at = 0; at < bytes; at++) {
		if (at && at % group == 0)
			put(&text, ' ');
		/* The first byte of a number is its highest. */
		put(&text, hex_asc_hi(from[at]));
		put(&text, hex_asc_lo(from[at]));
	}
	if (ascii && bytes) {
		while (text.length < column)
			put(&text, ' ');
		for (at = 0; at < bytes; at++)
			put(&text, isascii(from[at]) && isprint(from[at]) ? from[at] : '.');
	}
	if (room)
		line[min(text.length, room - 1)] = '\0';
	return text.length;
}
EXPORT_SYMBOL(hex_dump_to_buffer);

void print_hex_dump(const char *level, const char *prefix, int kind, int row, int group,
		    const void *buffer, size_t bytes, bool ascii)
{
	const u8 *from = buffer;
	char line[32 * 3 + 2 + 32 + 1];
	size_t at;

	if (row != 16 && row != 32)
		row = 16;
	for (at = 0; at < bytes; at += row) {
		hex_dump_to_buffer(from + at, bytes - at, row, group, line, sizeof(line), ascii);
		switch (kind) {
		case DUMP_PREFIX_ADDRESS:
			printk("%s%s%p: %s\n", level, prefix, from + at, line);
			break;
		case DUMP_PREFIX_OFFSET:
			printk("%s%s%.8x: %s\n", level, prefix, (unsigned int)at, line);
			break;
		default:
			printk("%s%s%s\n", level, prefix, line);
		}
	}
}
EXPORT_SYMBOL(print_hex_dump);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Memory as text");
