/*
 * Packets and devices, as far as Linux's modules look into them.
 *
 *     sk_buff     232 bytes, one buffer each:  head ─► │ room │ data: len │ room │ shared, 320
 *     net_device  2,304 bytes: 0 name  208 operations  216 number  296 type  589 bytes of an
 *                 address  1288 references a CPU  1360 counts a CPU
 */
#ifndef __LINUX_PACKET_PROVIDERS_H
#define __LINUX_PACKET_PROVIDERS_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/percpu.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct net_device;
struct sk_buff;

/* What a device can do; what isn't named is of no use here. */
struct device_operations {
	int (*init)(struct net_device *device);
	void (*uninit)(struct net_device *device);
	int (*open)(struct net_device *device);
	int (*stop)(struct net_device *device);
	int (*send)(struct sk_buff *packet, struct net_device *device);
	char between[120];
	void (*statistics)(struct net_device *device, u64 *statistics);
};
static_assert(offsetof(struct device_operations, statistics) == 160);

struct device_counts {
	u64 packets, bytes;
};

struct net_device {
	char name[208];
	const struct device_operations *operations;
	int number;
	char before[76];
	u16 type;
	char between[291];
	u8 address_bytes;
	char behind[698];
	int __percpu *references;
	char after[64];
	struct device_counts __percpu *counts;
	char rest[936];
};
static_assert(offsetof(struct net_device, operations) == 208);
static_assert(offsetof(struct net_device, number) == 216);
static_assert(offsetof(struct net_device, type) == 296);
static_assert(offsetof(struct net_device, address_bytes) == 589);
static_assert(offsetof(struct net_device, references) == 1288);
static_assert(offsetof(struct net_device, counts) == 1360);
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
