// SPDX-License-Identifier: MIT
/*
 * Kinds of devices that programs may make, by name, and devices that listen to what programs and
 * the kernel say to each other. Neither comes up by itself: tests make devices, and speak.
 *
 *     rtnl_link_ops  208 bytes: 0 list  16 kind  24 bytes of its own  40 set-up
 *     netlink_tap    32 bytes: 0 device  8 module  16 list
 */
#include "packet.h"
#include "../provider.h"
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/string.h>

struct kind {
	struct list_head list;
	const char *name;
	size_t own_bytes;
	void *allocate;
	void (*set_up)(struct net_device *device);
	char rest[160];
};
static_assert(sizeof(struct kind) == 208);

struct tap {
	struct net_device *device;
	void *module;
	struct list_head list;
};
static_assert(sizeof(struct tap) == 32);

/* A device of messages between programs and the kernel. */
#define MESSAGES 824

extern struct sk_buff *clone_packet(struct sk_buff *packet, gfp_t flags) __asm__("skb_clone");

static LIST_HEAD(kinds);
static LIST_HEAD(taps);
static DEFINE_SPINLOCK(changing);

static struct kind *kind_named(const char *name)
{
	struct kind *kind;

	list_for_each_entry(kind, &kinds, list)
		if (!strcmp(kind->name, name))
			return kind;
	return NULL;
}

int add_kind(struct kind *kind)
{
	int error = 0;

	spin_lock(&changing);
	if (kind_named(kind->name))
		error = -EEXIST;
	else
		list_add_tail(&kind->list, &kinds);
	spin_unlock(&changing);
	return error;
}
OFFER_AS(rtnl_link_register, add_kind);

void remove_kind(struct kind *kind)
{
	spin_lock(&changing);
	list_del(&kind->list);
	spin_unlock(&changing);
}
OFFER_AS(rtnl_link_unregister, remove_kind);

int add_tap(struct tap *tap)
{
	if (tap->device->type != MESSAGES)
		return -EINVAL;
	spin_lock(&changing);
	list_add(&tap->list, &taps);
	spin_unlock(&changing);
	return 0;
}
OFFER_AS(netlink_add_tap, add_tap);

int remove_tap(struct tap *tap)
{
	struct tap *other;
	int error = -ENODEV;

	spin_lock(&changing);
	list_for_each_entry(other, &taps, list)
		if (other == tap)
			error = 0;
	if (!error)
		list_del(&tap->list);
	spin_unlock(&changing);
	return error;
}
OFFER_AS(netlink_remove_tap, remove_tap);

void sum_counts(struct net_device *device, u64 *packets, u64 *bytes)
{
	*packets = *bytes = 0;
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		const struct device_counts *own = per_cpu_ptr(device->counts, cpu);

		*packets += own->packets;
		*bytes += own->bytes;
	}
}
OFFER_AS(dev_lstats_read, sum_counts);

/* For the tests: how a device of a kind is set up, and how much it has of its own. */
void (*set_up_of(const char *name, size_t *own_bytes))(struct net_device *device)
{
	struct kind *kind;

	spin_lock(&changing);
	kind = kind_named(name);
	*own_bytes = kind ? kind->own_bytes : 0;
	spin_unlock(&changing);
	return kind ? kind->set_up : NULL;
}
EXPORT_SYMBOL(set_up_of);

/* A message that all hear who listen; while none comes or goes. */
void speak(struct sk_buff *message)
{
	struct tap *tap;

	list_for_each_entry(tap, &taps, list) {
		struct sk_buff *copy = clone_packet(message, GFP_ATOMIC);

		if (copy)
			tap->device->operations->send(copy, tap->device);
	}
}
EXPORT_SYMBOL(speak);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers kinds of devices, and listening to messages, to Linux's modules");
