// SPDX-License-Identifier: MIT
/*
 * Devices of the network: none, but for those that a test adds, which says what becomes of the
 * packets that are sent there.
 */
#include "net.h"
#include "packet.h"
#include "../provider.h"
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct device {
	struct net_device visible;
	struct list_head list;
	int (*send)(struct sk_buff *packet);
};

extern void drop_packet(struct sk_buff *packet, int reason) __asm__("kfree_skb_reason");

static LIST_HEAD(devices);
static DEFINE_SPINLOCK(changing);

static struct device *numbered(int number)
{
	struct device *device, *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&changing, flags);
	list_for_each_entry(device, &devices, list)
		if (device->visible.number == number)
			found = device;
	spin_unlock_irqrestore(&changing, flags);
	return found;
}

struct net_device *device_of(struct net *net, int number)
{
	struct device *device = numbered(number);

	(void)net;
	return device ? &device->visible : NULL;
}
OFFER_AS(dev_get_by_index_rcu, device_of);

/* Which the caller gives back. */
struct net_device *hold_device(struct net *net, int number)
{
	struct net_device *device = device_of(net, number);

	if (device)
		this_cpu_inc(*device->references);
	return device;
}
OFFER_AS(dev_get_by_index, hold_device);

/* 0, or what its sender says; a packet without a device that is there is dropped. */
int send(struct sk_buff *packet, struct net_device *below)
{
	struct device *device = packet->device ? numbered(packet->device->number) : NULL;

	(void)below;
	if (!device || &device->visible != packet->device) {
		drop_packet(packet, 1);
		return -ENETDOWN;
	}
	return device->send(packet);
}
OFFER_AS(__dev_queue_xmit, send);

/* For the tests: a device, until it is removed; NULL if there is one of that number. */
struct net_device *add_device(int number, u8 address_bytes, int (*send)(struct sk_buff *packet))
{
	struct device *device = kzalloc(sizeof(*device), GFP_KERNEL);
	unsigned long flags;

	if (!device)
		return NULL;
	device->visible.references = alloc_percpu(int);
	if (!device->visible.references || numbered(number)) {
		free_percpu(device->visible.references);
		kfree(device);
		return NULL;
	}
	device->visible.number = number;
	device->visible.address_bytes = address_bytes;
	snprintf(device->visible.name, 16, "test%d", number);
	device->send = send;
	spin_lock_irqsave(&changing, flags);
	list_add(&device->list, &devices);
	spin_unlock_irqrestore(&changing, flags);
	return &device->visible;
}
EXPORT_SYMBOL(add_device);

/* How many references were left. */
int remove_device(struct net_device *visible)
{
	struct device *device = container_of(visible, struct device, visible);
	unsigned long flags;
	int references = 0;

	spin_lock_irqsave(&changing, flags);
	list_del(&device->list);
	spin_unlock_irqrestore(&changing, flags);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		references += *per_cpu_ptr(visible->references, cpu);
	free_percpu(visible->references);
	kfree(device);
	return references;
}
EXPORT_SYMBOL(remove_device);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers devices of the network to Linux's modules");
