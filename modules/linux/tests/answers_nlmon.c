// SPDX-License-Identifier: MIT
/* A device that listens to messages: counts of all CPUs at once, added by its own code. */
#include "answers.h"
#include "everywhere.h"
#include "../net/packet.h"
#include <linux/slab.h>

ANSWERS(nlmon, "messages and bytes that all CPUs send at once");

#define MESSAGES 200
#define BYTES 48

extern void (*set_up_of(const char *name, size_t *own_bytes))(struct net_device *device);
extern void speak(struct sk_buff *message);
extern struct sk_buff *__alloc_skb(unsigned int bytes, gfp_t flags, int kind, int node);
extern void *skb_put(struct sk_buff *packet, unsigned int bytes);
extern void kfree_skb_reason(struct sk_buff *packet, int reason);

static void speak_often(void *cpus)
{
	struct sk_buff *message = __alloc_skb(BYTES, GFP_ATOMIC, 0, -1);

	meet((unsigned long)cpus);
	if (!message)
		return;
	skb_put(message, BYTES);
	for (int at = 0; at < MESSAGES; at++)
		speak(message);
	/* All copies are gone. */
	ANSWER(atomic_read(&shared_of(message)->packets), 1);
	kfree_skb_reason(message, 1);
}

static void listen(void)
{
	unsigned int all = num_online_cpus() * MESSAGES;
	size_t own_bytes;
	void (*set_up)(struct net_device *) = set_up_of("nlmon", &own_bytes);
	struct net_device *device = kzalloc(sizeof(*device) + own_bytes, GFP_KERNEL);
	u64 statistics[25] = {};

	ANSWER(!set_up || !device, 0);
	if (!set_up || !device)
		return;
	set_up(device);
	ANSWER(device->operations->init(device), 0);
	everywhere(speak_often);
	device->operations->statistics(device, statistics);
	ANSWER(statistics[0], 0);
	ANSWER(device->operations->open(device), 0);
	everywhere(speak_often);
	device->operations->statistics(device, statistics);
	ANSWER(statistics[0], all);
	ANSWER(statistics[2], all * BYTES);
	ANSWER(device->operations->stop(device), 0);
	ANSWER(device->operations->stop(device), (u64)-ENODEV);
	everywhere(speak_often);
	device->operations->statistics(device, statistics);
	ANSWER(statistics[0], all);
	device->operations->uninit(device);
	kfree(device);
}
ASK(listen);
