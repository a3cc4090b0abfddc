// SPDX-License-Identifier: MIT
/*
 * Files under /proc that modules make, without the file system: a list by name, and reading.
 *
 *     seq_file  120 bytes: 0 text  8 its room  24 its length  88 operations  104 file  112 private
 *     file      32 inode          inode  624 the file's data
 */
#include "net.h"
#include "../provider.h"
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
#include <linux/string.h>

struct seq_file {
	char *text;
	size_t room, unused, length;
	char before[56];
	const struct sequence *operations;
	char between[8];
	const void *file;
	void *private;
};
static_assert(offsetof(struct seq_file, length) == 24);
static_assert(offsetof(struct seq_file, operations) == 88);
static_assert(offsetof(struct seq_file, file) == 104);
static_assert(sizeof(struct seq_file) == 120);

struct sequence {
	void *(*start)(struct seq_file *file, s64 *position);
	void (*stop)(struct seq_file *file, void *at);
	void *(*next)(struct seq_file *file, void *at, s64 *position);
	int (*show)(struct seq_file *file, void *at);
};

#define INODE 32
#define INODE_DATA 624

struct proc_dir_entry {
	struct list_head list;
	const void *parent;
	const struct sequence *operations;
	void *data;
	unsigned int state_bytes;
	/* Whether its private state begins with a pointer to the namespace. */
	bool is_of_net;
	char name[64];
};

static LIST_HEAD(entries);
static DEFINE_MUTEX(changing);

static struct proc_dir_entry *found(const char *name, const void *parent)
{
	struct proc_dir_entry *entry;

	list_for_each_entry(entry, &entries, list)
		if (entry->parent == parent && !strcmp(entry->name, name))
			return entry;
	return NULL;
}

static struct proc_dir_entry *create(const char *name, const void *parent,
				     const struct sequence *operations,
				     unsigned int state_bytes, void *data, bool is_of_net)
{
	struct proc_dir_entry *entry;

	if (strlen(name) >= sizeof(entry->name))
		return NULL;
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return NULL;
	entry->parent = parent;
	entry->operations = operations;
	entry->state_bytes = state_bytes;
	entry->data = data;
	entry->is_of_net = is_of_net;
	strcpy(entry->name, name);
	mutex_lock(&changing);
	if (found(name, parent)) {
		kfree(entry);
		entry = NULL;
	} else {
		list_add(&entry->list, &entries);
	}
	mutex_unlock(&changing);
	return entry;
}

struct proc_dir_entry *create_of_net(const char *name, unsigned short mode, void *parent,
				     const struct sequence *operations, unsigned int state_bytes,
				     void *data)
{
	(void)mode;
	return create(name, parent, operations, state_bytes, data, true);
}
OFFER_AS(proc_create_net_data, create_of_net);

struct proc_dir_entry *create_private(const char *name, unsigned short mode, void *parent,
				      const struct sequence *operations, unsigned int state_bytes,
				      void *data)
{
	(void)mode;
	return create(name, parent, operations, state_bytes, data, false);
}
OFFER_AS(proc_create_seq_private, create_private);

void remove_entry(const char *name, void *parent)
{
	struct proc_dir_entry *entry;

	mutex_lock(&changing);
	entry = found(name, parent);
	if (entry)
		list_del(&entry->list);
	mutex_unlock(&changing);
	if (!WARN_ON(!entry))
		kfree(entry);
}
OFFER_AS(remove_proc_entry, remove_entry);

/* Whose a file is: there are no users, and who asks for one gets none (make_kuid). */
void set_user(struct proc_dir_entry *entry, unsigned int user, unsigned int group)
{
	(void)entry;
	(void)user;
	(void)group;
}
REFUSES_AS(proc_set_user, set_user);

__printf(2, 3) void print_to(struct seq_file *file, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(file->text + file->length, file->room - file->length, format, arguments);
	va_end(arguments);
	/* A text that is full says that more room is needed. */
	file->length = min(file->length + length, file->room);
}
OFFER_AS(seq_printf, print_to);

void put_char(struct seq_file *file, char letter)
{
	if (file->length < file->room)
		file->text[file->length++] = letter;
}
OFFER_AS(seq_putc, put_char);

void put_text(struct seq_file *file, const char *text)
{
	while (*text)
		put_char(file, *text++);
}
OFFER_AS(seq_puts, put_text);

struct list_head *list_at(struct list_head *head, s64 position)
{
	struct list_head *entry;

	list_for_each(entry, head)
		if (position-- == 0)
			return entry;
	return NULL;
}
OFFER_AS(seq_list_start, list_at);

struct list_head *list_behind(void *at, struct list_head *head, s64 *position)
{
	struct list_head *next = ((struct list_head *)at)->next;

	++*position;
	return next == head ? NULL : next;
}
OFFER_AS(seq_list_next, list_behind);

static int show_all(struct seq_file *file)
{
	const struct sequence *operations = file->operations;
	s64 position = 0;
	int error = 0;
	void *at = operations->start(file, &position);

	while (!IS_ERR_OR_NULL(at)) {
		error = operations->show(file, at);
		if (error < 0)
			break;
		at = operations->next(file, at, &position);
	}
	operations->stop(file, at);
	return IS_ERR(at) ? PTR_ERR(at) : error < 0 ? error : 0;
}

/* For the tests: the text of a file in the namespace's directory; how long it is, or an error. */
int read_proc(const char *name, char *text, size_t room)
{
	struct proc_dir_entry *entry;
	char file[INODE + 8] = {};
	struct seq_file seq = { .text = text, .room = room, .file = file };
	char *inode = kzalloc(INODE_DATA + 8, GFP_KERNEL);
	int error = -ENOENT;

	mutex_lock(&changing);
	entry = found(name, init_net.files);
	if (entry && inode) {
		seq.operations = entry->operations;
		seq.private = kzalloc(entry->state_bytes + 8, GFP_KERNEL);
		if (seq.private && entry->is_of_net)
			*(struct net **)seq.private = &init_net;
		*(void **)(inode + INODE_DATA) = entry->data;
		*(char **)(file + INODE) = inode;
	}
	mutex_unlock(&changing);
	if (seq.private)
		error = show_all(&seq);
	kfree(seq.private);
	kfree(inode);
	if (!error)
		text[min(seq.length, room - 1)] = 0;
	return error ? error : (int)seq.length;
}
EXPORT_SYMBOL(read_proc);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers files under /proc to Linux's modules");
