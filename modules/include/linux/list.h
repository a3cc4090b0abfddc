/*
 * Rings of entries, each with links to its neighbours; one link pair, the head,
 * belongs to no entry.
 *
 *   head <-> a <-> b <-> head
 */
#ifndef __LINUX_LIST_H
#define __LINUX_LIST_H

#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/poison.h>
#include <linux/types.h>

#define LIST_HEAD_INIT(name) { &(name), &(name) }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline void __list_link(struct list_head *prev, struct list_head *next)
{
	prev->next = next;
	next->prev = prev;
}

static inline void __list_insert(struct list_head *entry, struct list_head *prev,
				 struct list_head *next)
{
	__list_link(entry, next);
	__list_link(prev, entry);
}

static inline void list_add(struct list_head *entry, struct list_head *head)
{
	__list_insert(entry, head, head->next);
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	__list_insert(entry, head->prev, head);
}

static inline void list_del(struct list_head *entry)
{
	__list_link(entry->prev, entry->next);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}

static inline void list_del_init(struct list_head *entry)
{
	__list_link(entry->prev, entry->next);
	INIT_LIST_HEAD(entry);
}

static inline void list_replace(struct list_head *old, struct list_head *entry)
{
	__list_link(entry, old->next);
	__list_link(old->prev, entry);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	__list_link(entry->prev, entry->next);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	__list_link(entry->prev, entry->next);
	list_add_tail(entry, head);
}

static inline int list_empty(const struct list_head *head)
{
	return READ_ONCE(head->next) == head;
}

static inline int list_is_first(const struct list_head *entry, const struct list_head *head)
{
	return entry->prev == head;
}

static inline int list_is_last(const struct list_head *entry, const struct list_head *head)
{
	return entry->next == head;
}

static inline int list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}

/* Puts all of `list` behind `head`; `list` itself is left as it is. */
static inline void list_splice(const struct list_head *list, struct list_head *head)
{
	if (list_empty(list))
		return;
	__list_link(list->prev, head->next);
	__list_link(head, list->next);
}

static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
	list_splice(list, head);
	INIT_LIST_HEAD(list);
}

/* The same, at the other end of `head`. */
static inline void list_splice_tail(struct list_head *list, struct list_head *head)
{
	list_splice(list, head->prev);
}

static inline void list_splice_tail_init(struct list_head *list, struct list_head *head)
{
	list_splice_init(list, head->prev);
}

static inline void list_replace_init(struct list_head *old, struct list_head *entry)
{
	list_replace(old, entry);
	INIT_LIST_HEAD(old);
}

static inline void list_swap(struct list_head *a, struct list_head *b)
{
	struct list_head *before = b->prev;

	__list_link(b->prev, b->next);
	list_replace(a, b);
	if (before == a)
		before = b;
	list_add(a, before);
}

/* Entries first to last, of one list, to the end of `head`. */
static inline void list_bulk_move_tail(struct list_head *head, struct list_head *first,
				       struct list_head *last)
{
	__list_link(first->prev, last->next);
	__list_link(head->prev, first);
	__list_link(last, head);
}

static inline int list_is_head(const struct list_head *list, const struct list_head *head)
{
	return list == head;
}

static inline void list_del_init_careful(struct list_head *entry)
{
	__list_link(entry->prev, entry->next);
	WRITE_ONCE(entry->prev, entry);
	smp_store_release(&entry->next, entry);
}

static inline int list_empty_careful(const struct list_head *head)
{
	struct list_head *next = smp_load_acquire(&head->next);

	return next == head && next == READ_ONCE(head->prev);
}

/* The first entry becomes the last. */
static inline void list_rotate_left(struct list_head *head)
{
	if (!list_empty(head))
		list_move_tail(head->next, head);
}

/* The list begins with this entry. */
static inline void list_rotate_to_front(struct list_head *entry, struct list_head *head)
{
	list_move_tail(head, entry);
}

/* Entries up to `last` go to `list`, which held nothing. */
static inline void list_cut_position(struct list_head *list, struct list_head *head,
				     struct list_head *last)
{
	INIT_LIST_HEAD(list);
	if (list_empty(head) || last == head)
		return;
	__list_link(list, head->next);
	__list_link(head, last->next);
	__list_link(last, list);
}

static inline void list_cut_before(struct list_head *list, struct list_head *head,
				   struct list_head *behind)
{
	list_cut_position(list, head, behind->prev);
}

static inline size_t list_count_nodes(struct list_head *head)
{
	struct list_head *at;
	size_t count = 0;

	for (at = head->next; at != head; at = at->next)
		count++;
	return count;
}

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_last_entry(head, type, member) list_entry((head)->prev, type, member)
#define list_first_entry_or_null(head, type, member)                              \
	(list_empty(head) ? NULL : list_first_entry(head, type, member))
#define list_next_entry(entry, member)                                            \
	list_entry((entry)->member.next, typeof(*(entry)), member)
#define list_prev_entry(entry, member)                                            \
	list_entry((entry)->member.prev, typeof(*(entry)), member)

#define list_for_each(place, head)                                                \
	for ((place) = (head)->next; (place) != (head); (place) = (place)->next)
#define list_for_each_safe(place, after, head)                                    \
	for ((place) = (head)->next, (after) = (place)->next; (place) != (head);  \
	     (place) = (after), (after) = (place)->next)
#define list_for_each_prev(place, head)                                           \
	for ((place) = (head)->prev; (place) != (head); (place) = (place)->prev)
#define list_for_each_entry(entry, head, member)                                  \
	for ((entry) = list_first_entry(head, typeof(*(entry)), member);          \
	     &(entry)->member != (head); (entry) = list_next_entry(entry, member))
#define list_for_each_entry_reverse(entry, head, member)                          \
	for ((entry) = list_last_entry(head, typeof(*(entry)), member);           \
	     &(entry)->member != (head); (entry) = list_prev_entry(entry, member))
#define list_for_each_entry_safe(entry, after, head, member)                      \
	for ((entry) = list_first_entry(head, typeof(*(entry)), member),          \
	    (after) = list_next_entry(entry, member);                             \
	     &(entry)->member != (head);                                          \
	     (entry) = (after), (after) = list_next_entry(after, member))

#define list_next_entry_circular(entry, head, member)                             \
	((entry)->member.next == (head) ?                                         \
		 list_first_entry(head, typeof(*(entry)), member) :               \
		 list_next_entry(entry, member))
#define list_prev_entry_circular(entry, head, member)                             \
	((entry)->member.prev == (head) ?                                         \
		 list_last_entry(head, typeof(*(entry)), member) :                \
		 list_prev_entry(entry, member))
#define list_entry_is_head(entry, head, member) (&(entry)->member == (head))

#define list_for_each_continue(place, head)                                       \
	for ((place) = (place)->next; (place) != (head); (place) = (place)->next)
#define list_for_each_prev_safe(place, before, head)                              \
	for ((place) = (head)->prev, (before) = (place)->prev; (place) != (head); \
	     (place) = (before), (before) = (place)->prev)
#define list_prepare_entry(entry, head, member)                                   \
	((entry) ?: list_entry(head, typeof(*(entry)), member))
#define list_for_each_entry_from(entry, head, member)                             \
	for (; &(entry)->member != (head); (entry) = list_next_entry(entry, member))
#define list_for_each_entry_from_reverse(entry, head, member)                     \
	for (; &(entry)->member != (head); (entry) = list_prev_entry(entry, member))
#define list_for_each_entry_continue(entry, head, member)                         \
	for ((entry) = list_next_entry(entry, member); &(entry)->member != (head); \
	     (entry) = list_next_entry(entry, member))
#define list_for_each_entry_continue_reverse(entry, head, member)                 \
	for ((entry) = list_prev_entry(entry, member); &(entry)->member != (head); \
	     (entry) = list_prev_entry(entry, member))
#define list_for_each_entry_safe_from(entry, after, head, member)                 \
	for ((after) = list_next_entry(entry, member); &(entry)->member != (head); \
	     (entry) = (after), (after) = list_next_entry(after, member))
#define list_for_each_entry_safe_continue(entry, after, head, member)             \
	for ((entry) = list_next_entry(entry, member),                            \
	    (after) = list_next_entry(entry, member);                             \
	     &(entry)->member != (head);                                          \
	     (entry) = (after), (after) = list_next_entry(after, member))
#define list_for_each_entry_safe_reverse(entry, before, head, member)             \
	for ((entry) = list_last_entry(head, typeof(*(entry)), member),           \
	    (before) = list_prev_entry(entry, member);                            \
	     &(entry)->member != (head);                                          \
	     (entry) = (before), (before) = list_prev_entry(before, member))
#define list_safe_reset_next(entry, after, member) ((after) = list_next_entry(entry, member))

/* Lists whose heads are one pointer. */
#define HLIST_HEAD_INIT { .first = NULL }
#define HLIST_HEAD(name) struct hlist_head name = HLIST_HEAD_INIT
#define INIT_HLIST_HEAD(head) ((head)->first = NULL)

static inline void INIT_HLIST_NODE(struct hlist_node *node)
{
	node->next = NULL;
	node->pprev = NULL;
}

static inline int hlist_unhashed(const struct hlist_node *node)
{
	return !node->pprev;
}

static inline int hlist_empty(const struct hlist_head *head)
{
	return !READ_ONCE(head->first);
}

static inline void hlist_add_head(struct hlist_node *node, struct hlist_head *head)
{
	node->next = head->first;
	if (node->next)
		node->next->pprev = &node->next;
	head->first = node;
	node->pprev = &head->first;
}

static inline void hlist_del_init(struct hlist_node *node)
{
	if (hlist_unhashed(node))
		return;
	*node->pprev = node->next;
	if (node->next)
		node->next->pprev = node->pprev;
	INIT_HLIST_NODE(node);
}

static inline void hlist_del(struct hlist_node *node)
{
	hlist_del_init(node);
	node->next = LIST_POISON1;
	node->pprev = LIST_POISON2;
}

#define hlist_entry(ptr, type, member) container_of(ptr, type, member)
#define hlist_entry_safe(ptr, type, member)                                       \
	({                                                                        \
		typeof(ptr) __local_node__ = (ptr);                                       \
		__local_node__ ? hlist_entry(__local_node__, type, member) : NULL;                \
	})
static inline int hlist_unhashed_lockless(const struct hlist_node *node)
{
	return !READ_ONCE(node->pprev);
}

static inline void hlist_add_before(struct hlist_node *node, struct hlist_node *next)
{
	node->pprev = next->pprev;
	node->next = next;
	next->pprev = &node->next;
	*node->pprev = node;
}

static inline void hlist_add_behind(struct hlist_node *node, struct hlist_node *prev)
{
	node->next = prev->next;
	prev->next = node;
	node->pprev = &prev->next;
	if (node->next)
		node->next->pprev = &node->next;
}

/* In no list, and looking as if in one. */
static inline void hlist_add_fake(struct hlist_node *node)
{
	node->pprev = &node->next;
}

static inline bool hlist_fake(struct hlist_node *node)
{
	return node->pprev == &node->next;
}

static inline bool hlist_is_singular_node(struct hlist_node *node, struct hlist_head *head)
{
	return !node->next && node->pprev == &head->first;
}

static inline void hlist_move_list(struct hlist_head *old, struct hlist_head *new)
{
	new->first = old->first;
	if (new->first)
		new->first->pprev = &new->first;
	old->first = NULL;
}

#define hlist_for_each(place, head)                                               \
	for ((place) = (head)->first; (place); (place) = (place)->next)
#define hlist_for_each_safe(place, after, head)                                   \
	for ((place) = (head)->first; (place) && ((after) = (place)->next, 1);    \
	     (place) = (after))
#define hlist_for_each_entry_continue(entry, member)                              \
	for ((entry) = hlist_entry_safe((entry)->member.next, typeof(*(entry)), member); \
	     (entry);                                                             \
	     (entry) = hlist_entry_safe((entry)->member.next, typeof(*(entry)), member))
#define hlist_for_each_entry_from(entry, member)                                  \
	for (; (entry);                                                           \
	     (entry) = hlist_entry_safe((entry)->member.next, typeof(*(entry)), member))
#define hlist_for_each_entry_safe(entry, after, head, member)                     \
	for ((entry) = hlist_entry_safe((head)->first, typeof(*(entry)), member); \
	     (entry) && ((after) = (entry)->member.next, 1);                      \
	     (entry) = hlist_entry_safe((after), typeof(*(entry)), member))
#define hlist_for_each_entry(entry, head, member)                                 \
	for ((entry) = hlist_entry_safe((head)->first, typeof(*(entry)), member); \
	     (entry);                                                             \
	     (entry) = hlist_entry_safe((entry)->member.next, typeof(*(entry)), member))

#endif
