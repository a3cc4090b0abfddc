// SPDX-License-Identifier: MIT
/* Packets: what is put in front, behind and taken off; devices, hooks, and the files of modules. */
#include "answers.h"
#include "../net/net.h"
#include "../net/packet.h"
#include <linux/slab.h>

ANSWERS_OF_OFFERS("lengths and bytes that were put there");

extern struct sk_buff *offered___alloc_skb(unsigned int bytes, gfp_t flags, int kind, int node);
extern void *offered_skb_put(struct sk_buff *packet, unsigned int bytes);
extern void *offered_skb_push(struct sk_buff *packet, unsigned int bytes);
extern void *offered_skb_pull(struct sk_buff *packet, unsigned int bytes);
extern void offered_skb_trim(struct sk_buff *packet, unsigned int bytes);
extern int offered_skb_copy_bits(const struct sk_buff *packet, int offset, void *to, int bytes);
extern void *offered___pskb_pull_tail(struct sk_buff *packet, int bytes);
extern int offered_pskb_expand_head(struct sk_buff *packet, int before, int behind, gfp_t flags);
extern struct sk_buff *offered_skb_clone(struct sk_buff *packet, gfp_t flags);
extern void offered_consume_skb(struct sk_buff *packet);
extern struct net_device *offered_dev_get_by_index(struct net *net, int number);
extern struct net_device *add_device(int number, u8 address_bytes,
				     int (*send)(struct sk_buff *packet));
extern int remove_device(struct net_device *device);
extern int offered_nf_register_net_hook(struct net *net, const void *ops);
extern void offered_nf_unregister_net_hook(struct net *net, const void *ops);
extern unsigned int pass_hook(u8 family, unsigned int hook, void *packet, const void *state);
extern int offered_net_ratelimit(void);
extern int offered_register_pernet_device(void *module);
extern void offered_unregister_pernet_device(void *module);
extern void offered_seq_puts(void *file, const char *text);
extern void offered_seq_putc(void *file, char letter);

static void packets(void)
{
	struct sk_buff *packet = offered___alloc_skb(64, GFP_KERNEL, 0, -1), *other;
	char bytes[8];

	memcpy(offered_skb_put(packet, 8), "abcdefgh", 8);
	ANSWER(packet->length, 8);
	offered_skb_pull(packet, 2);
	ANSWER(packet->length, 6);
	ANSWER(!offered_skb_pull(packet, 7), 1);
	ANSWER(offered_skb_copy_bits(packet, 1, bytes, 3), 0);
	ANSWER_BYTES(bytes, "def", 3);
	ANSWER(offered_skb_copy_bits(packet, 4, bytes, 3), (u64)-EFAULT);
	offered_skb_trim(packet, 4);
	ANSWER(packet->length, 4);
	ANSWER(!offered___pskb_pull_tail(packet, 1), 1);
	other = offered_skb_clone(packet, GFP_KERNEL);
	ANSWER(atomic_read(&shared_of(packet)->packets), 2);
	/* A buffer of its own: the other's stays as it is. */
	ANSWER(offered_pskb_expand_head(packet, 16, 0, GFP_KERNEL), 0);
	ANSWER(atomic_read(&shared_of(other)->packets), 1);
	memcpy(offered_skb_push(packet, 16), "0123456789012345", 16);
	ANSWER_BYTES(packet->data, "0123456789012345cdef", 20);
	ANSWER_BYTES(other->data, "cdef", 4);
	offered_consume_skb(packet);
	offered_consume_skb(other);
}

static int no_sender(struct sk_buff *packet)
{
	offered_consume_skb(packet);
	return 0;
}

static unsigned int drops(void *argument, void *packet, const void *state)
{
	(void)packet, (void)state;
	++*(int *)argument;
	return 0;
}

static int begun, ended;

static int begin(struct net *net)
{
	begun += net == &init_net;
	return 0;
}

static void end(struct net *net)
{
	ended += net == &init_net;
}

static void hooks(void)
{
	static int seen;
	static const struct {
		unsigned int (*function)(void *argument, void *packet, const void *state);
		void *device, *argument;
		u8 family;
		unsigned int hook;
		int priority;
	} ops = { drops, NULL, &seen, 7, 2, 0 };
	struct { u64 list[2]; void *begin, *before_end, *end; u64 rest[4]; } module = {
		.begin = begin, .end = end };
	struct net_device *device = add_device(3, 6, no_sender);
	int printed = 0;

	ANSWER(offered_dev_get_by_index(&init_net, 3) == device, 1);
	ANSWER(!offered_dev_get_by_index(&init_net, 4), 1);
	/* One reference was taken, and is reported. */
	ANSWER(remove_device(device), 1);
	ANSWER(offered_nf_register_net_hook(&init_net, &ops), 0);
	ANSWER(pass_hook(7, 2, NULL, NULL), 0);
	ANSWER(pass_hook(7, 1, NULL, NULL), 1);
	offered_nf_unregister_net_hook(&init_net, &ops);
	ANSWER(pass_hook(7, 2, NULL, NULL), 1);
	ANSWER(seen, 1);
	ANSWER(offered_register_pernet_device(&module), 0);
	ANSWER(begun, 1);
	offered_unregister_pernet_device(&module);
	ANSWER(ended, 1);
	while (printed < 1000 && offered_net_ratelimit())
		printed++;
	ANSWER(printed <= 10, 1);
}

static void files(void)
{
	char text[8] = {};
	u64 file[15] = { (unsigned long)text, sizeof(text) };

	offered_seq_puts(file, "ab");
	offered_seq_putc(file, 'c');
	ANSWER(strcmp(text, "abc"), 0);
	ANSWER(file[3], 3);
}

static void ask(void)
{
	packets();
	hooks();
	files();
}
ASK(ask);
