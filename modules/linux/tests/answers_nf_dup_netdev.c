// SPDX-License-Identifier: MIT
/*
 * Packets that are forwarded to a device which forwards them again. A CPU counts how deep it is
 * in that, and beyond two it drops the packet: so each is sent three times, whatever the other
 * CPUs do. Three times as many as packets, and all of these are gone.
 */
#include "answers.h"
#include "everywhere.h"
#include "../net/packet.h"

ANSWERS(nf_dup_netdev, "three sends a packet, a limit of 2 a CPU, on all CPUs at once");

#define DEVICE 7
#define EGRESS 1
#define PACKETS 100
#define BYTES 64

/* nft_pktinfo, and nf_hook_state, whose namespace is at 32. */
struct seen {
	struct sk_buff *packet;
	const void *state;
	char rest[32];
};

extern void nf_fwd_netdev_egress(const struct seen *seen, int device);
extern void nf_dup_netdev_egress(const struct seen *seen, int device);
extern struct sk_buff *__alloc_skb(unsigned int bytes, gfp_t flags, int kind, int node);
extern void *skb_put(struct sk_buff *packet, unsigned int bytes);
extern void kfree_skb_reason(struct sk_buff *packet, int reason);
extern struct net_device *add_device(int number, u8 address_bytes,
				     int (*send)(struct sk_buff *packet));
extern int remove_device(struct net_device *device);

static const char state[48] = { EGRESS };
static atomic_t sent, gone, sent_bytes;

static struct seen seen_with(struct sk_buff *packet)
{
	return (struct seen){ .packet = packet, .state = state };
}

static void count_gone(struct sk_buff *packet)
{
	(void)packet;
	atomic_inc(&gone);
}

static int send_again(struct sk_buff *packet)
{
	struct seen seen = seen_with(packet);

	atomic_inc(&sent);
	atomic_add(packet->length, &sent_bytes);
	nf_fwd_netdev_egress(&seen, DEVICE);
	return 0;
}

static struct sk_buff *new_packet(void)
{
	struct sk_buff *packet = __alloc_skb(BYTES, GFP_ATOMIC, 0, -1);

	if (packet)
		skb_put(packet, BYTES);
	return packet;
}

static void forward(void *cpus)
{
	meet((unsigned long)cpus);
	for (int at = 0; at < PACKETS; at++) {
		struct seen seen = seen_with(new_packet());

		if (!seen.packet)
			return;
		seen.packet->destructor = count_gone;
		nf_fwd_netdev_egress(&seen, DEVICE);
	}
}

static void duplicate(void *cpus)
{
	meet((unsigned long)cpus);
	for (int at = 0; at < PACKETS; at++) {
		struct seen seen = seen_with(new_packet());

		if (!seen.packet)
			return;
		nf_dup_netdev_egress(&seen, DEVICE);
		/* The copy went; the original is there, and is the caller's. */
		if (atomic_read(&shared_of(seen.packet)->packets) == 1)
			atomic_inc(&gone);
		kfree_skb_reason(seen.packet, 1);
	}
}

static void depths(void)
{
	unsigned int all = num_online_cpus() * PACKETS;
	struct net_device *device = add_device(DEVICE, 6, send_again);

	ANSWER(!device, 0);
	if (!device)
		return;
	everywhere(forward);
	ANSWER(atomic_read(&sent), 3 * all);
	ANSWER(atomic_read(&sent_bytes), 3 * all * BYTES);
	ANSWER(atomic_read(&gone), all);

	atomic_set(&sent, 0);
	atomic_set(&gone, 0);
	everywhere(duplicate);
	ANSWER(atomic_read(&sent), 3 * all);
	ANSWER(atomic_read(&gone), all);
	ANSWER(remove_device(device), 0);

	/* No device: it is dropped. */
	atomic_set(&sent, 0);
	atomic_set(&gone, 0);
	everywhere(forward);
	ANSWER(atomic_read(&sent), 0);
	ANSWER(atomic_read(&gone), all);
}
ASK(depths);
