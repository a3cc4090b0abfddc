/* Tables of lists whose heads are one pointer, as many as a power of two. */
#ifndef __LINUX_HASHTABLE_H
#define __LINUX_HASHTABLE_H

#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/list.h>

#define DECLARE_HASHTABLE(name, bits) struct hlist_head name[1 << (bits)]
#define DEFINE_HASHTABLE(name, bits)                                              \
	struct hlist_head name[1 << (bits)] = { [0 ...((1 << (bits)) - 1)] = HLIST_HEAD_INIT }
#define HASH_SIZE(name) (ARRAY_SIZE(name))
#define HASH_BITS(name) ilog2(HASH_SIZE(name))
#define hash_min(value, bits)                                                     \
	(sizeof(value) <= 4 ? hash_32(value, bits) : hash_long(value, bits))

static inline void __hash_init(struct hlist_head *table, unsigned int size)
{
	while (size--)
		INIT_HLIST_HEAD(&table[size]);
}

static inline bool __hash_empty(struct hlist_head *table, unsigned int size)
{
	while (size--)
		if (!hlist_empty(&table[size]))
			return false;
	return true;
}

#define hash_init(table) __hash_init(table, HASH_SIZE(table))
#define hash_empty(table) __hash_empty(table, HASH_SIZE(table))
#define hash_add(table, node, key)                                                \
	hlist_add_head(node, &table[hash_min(key, HASH_BITS(table))])

static inline bool hash_hashed(struct hlist_node *node)
{
	return !hlist_unhashed(node);
}

static inline void hash_del(struct hlist_node *node)
{
	hlist_del_init(node);
}

#define hash_for_each(name, bucket, entry, member)                                \
	for ((bucket) = 0, entry = NULL; entry == NULL && (bucket) < (int)HASH_SIZE(name); \
	     (bucket)++)                                                          \
		hlist_for_each_entry(entry, &name[bucket], member)
#define hash_for_each_safe(name, bucket, after, entry, member)                    \
	for ((bucket) = 0, entry = NULL; entry == NULL && (bucket) < (int)HASH_SIZE(name); \
	     (bucket)++)                                                          \
		hlist_for_each_entry_safe(entry, after, &name[bucket], member)
#define hash_for_each_possible(name, entry, member, key)                          \
	hlist_for_each_entry(entry, &name[hash_min(key, HASH_BITS(name))], member)
#define hash_for_each_possible_safe(name, entry, after, member, key)              \
	hlist_for_each_entry_safe(entry, after, &name[hash_min(key, HASH_BITS(name))], member)

#endif
