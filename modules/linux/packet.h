/*
 * Packets and devices, as far as Linux's modules look into them.
 *
 *     sk_buff     232 bytes, one buffer each:  head ─► │ room │ data: len │ room │ shared, 320
 *     net_device  2,304 bytes: 0 name  216 number  589 bytes of an address  1288 references a CPU
 */
#ifndef __LINUX_PACKET_PROVIDERS_H
#define __LINUX_PACKET_PROVIDERS_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/percpu.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct net_device {
	char name[216];
	int number;
	char before[369];
	u8 address_bytes;
	char between[698];
	int __percpu *references;
	char rest[1008];
};
static_assert(offsetof(struct net_device, number) == 216);
static_assert(offsetof(struct net_device, address_bytes) == 589);
static_assert(offsetof(struct net_device, references) == 1288);
static_assert(sizeof(struct net_device) == 2304);

struct sk_buff {
	struct sk_buff *next, *prev;
	struct net_device *device;
	void *socket;
	s64 time;
	char control[48];
	unsigned long route;
	void (*destructor)(struct sk_buff *packet);
	unsigned long connection;
	unsigned int length, other_length;
	u16 device_header_length, header_length, queue;
	/* Its highest bit: whether another packet has the same buffer. */
	u8 is_cloned;
	char flags[53];
	u16 protocol, transport_header, network_header, device_header;
	unsigned int tail, end;
	u8 *head, *data;
	unsigned int true_bytes;
	atomic_t users;
	void *extensions;
};
static_assert(offsetof(struct sk_buff, route) == 88);
static_assert(offsetof(struct sk_buff, length) == 112);
static_assert(offsetof(struct sk_buff, is_cloned) == 126);
static_assert(offsetof(struct sk_buff, protocol) == 180);
static_assert(offsetof(struct sk_buff, tail) == 188);
static_assert(offsetof(struct sk_buff, head) == 200);
static_assert(offsetof(struct sk_buff, users) == 220);
static_assert(sizeof(struct sk_buff) == 232);

#define CLONED 0x80
#define NO_HEADER 0xffff

/* Behind a buffer: how many packets have it. */
struct shared {
	char before[32];
	atomic_t packets;
	char behind[284];
};
static_assert(sizeof(struct shared) == 320);

static inline struct shared *shared_of(const struct sk_buff *packet)
{
	return (struct shared *)(packet->head + packet->end);
}

#endif
