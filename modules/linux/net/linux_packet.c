// SPDX-License-Identifier: MIT
/* Packets: a header of Linux's form each, and one buffer, which clones have together. */
#include "packet.h"
#include "../provider.h"
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

static u8 *new_buffer(unsigned int bytes, gfp_t flags)
{
	u8 *head = kmalloc(bytes + sizeof(struct shared), flags);
	struct shared *shared = (struct shared *)(head + bytes);

	if (head) {
		memset(shared, 0, sizeof(*shared));
		atomic_set(&shared->packets, 1);
	}
	return head;
}

struct sk_buff *new_packet(unsigned int bytes, gfp_t flags, int kind, int node)
{
	struct sk_buff *packet = kzalloc(sizeof(*packet), flags);

	(void)kind;
	(void)node;
	if (!packet)
		return NULL;
	bytes = ALIGN(bytes, 8);
	packet->head = new_buffer(bytes, flags);
	if (!packet->head) {
		kfree(packet);
		return NULL;
	}
	packet->data = packet->head;
	packet->end = bytes;
	packet->true_bytes = sizeof(*packet) + bytes + sizeof(struct shared);
	packet->device_header = packet->transport_header = NO_HEADER;
	atomic_set(&packet->users, 1);
	return packet;
}
OFFER_AS(__alloc_skb, new_packet);

static void drop_buffer(struct sk_buff *packet)
{
	if (atomic_dec_and_test(&shared_of(packet)->packets))
		kfree(packet->head);
}

static void drop(struct sk_buff *packet)
{
	if (!packet || !atomic_dec_and_test(&packet->users))
		return;
	if (packet->destructor)
		packet->destructor(packet);
	drop_buffer(packet);
	kfree(packet);
}

void drop_for(struct sk_buff *packet, int reason)
{
	(void)reason;
	drop(packet);
}
OFFER_AS(kfree_skb_reason, drop_for);

void consume(struct sk_buff *packet)
{
	drop(packet);
}
OFFER_AS(consume_skb, consume);

struct sk_buff *clone(struct sk_buff *packet, gfp_t flags)
{
	struct sk_buff *other = kmalloc(sizeof(*other), flags);

	if (!other)
		return NULL;
	*other = *packet;
	other->next = other->prev = NULL;
	other->socket = NULL;
	other->destructor = NULL;
	other->is_cloned |= CLONED;
	packet->is_cloned |= CLONED;
	atomic_set(&other->users, 1);
	atomic_inc(&shared_of(packet)->packets);
	return other;
}
OFFER_AS(skb_clone, clone);

/* A buffer of its own, with more room before and behind. */
int expand(struct sk_buff *packet, int before, int behind, gfp_t flags)
{
	unsigned int bytes = ALIGN(packet->end + before + behind, 8);
	ptrdiff_t offset = packet->data - packet->head;
	u8 *head;

	BUG_ON(before < 0);
	head = new_buffer(bytes, flags);
	if (!head)
		return -ENOMEM;
	memcpy(head + before, packet->head, packet->tail);
	drop_buffer(packet);
	packet->head = head;
	packet->data = head + before + offset;
	packet->end = bytes;
	packet->tail += before;
	packet->network_header += before;
	if (packet->device_header != NO_HEADER)
		packet->device_header += before;
	if (packet->transport_header != NO_HEADER)
		packet->transport_header += before;
	packet->is_cloned &= ~CLONED;
	return 0;
}
OFFER_AS(pskb_expand_head, expand);

void *put(struct sk_buff *packet, unsigned int bytes)
{
	u8 *place = packet->head + packet->tail;

	packet->tail += bytes;
	packet->length += bytes;
	BUG_ON(packet->tail > packet->end);
	return place;
}
OFFER_AS(skb_put, put);

void *push(struct sk_buff *packet, unsigned int bytes)
{
	packet->data -= bytes;
	packet->length += bytes;
	BUG_ON(packet->data < packet->head);
	return packet->data;
}
OFFER_AS(skb_push, push);

void *pull(struct sk_buff *packet, unsigned int bytes)
{
	if (bytes > packet->length)
		return NULL;
	packet->length -= bytes;
	packet->data += bytes;
	return packet->data;
}
OFFER_AS(skb_pull, pull);

void trim(struct sk_buff *packet, unsigned int bytes)
{
	if (packet->length > bytes) {
		packet->length = bytes;
		packet->tail = packet->data - packet->head + bytes;
	}
}
OFFER_AS(skb_trim, trim);

/* More of it into its first buffer: there is no other, so all that is missing isn't there. */
void *pull_tail(struct sk_buff *packet, int bytes)
{
	return bytes > 0 ? NULL : packet->head + packet->tail;
}
OFFER_AS(__pskb_pull_tail, pull_tail);

int copy_bytes(const struct sk_buff *packet, int offset, void *to, int bytes)
{
	if (offset < 0 || bytes < 0 || offset > (int)packet->length - bytes)
		return -EFAULT;
	memcpy(to, packet->data + offset, bytes);
	return 0;
}
OFFER_AS(skb_copy_bits, copy_bytes);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers packets to Linux's modules");
