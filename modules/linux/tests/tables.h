/*
 * Tables of rules for packets, of one family: a packet that comes to a rule is counted there, on
 * its CPU. All CPUs send packets at once, to two hooks; the sums must be what was sent.
 *
 *     xt_table      88 bytes: 16 hooks  24 its rules  40 module  48 family  56 name
 *     replacement   96 bytes, then the rules: one for each hook, and an end
 *     a rule        RULE bytes and its target; 16 bytes of counts at COUNTS
 *
 * Of a file that is to be asked: FAMILY, TABLES (ip_tables), FUNCTION(register_table) (ipt_...),
 * HOOKS: how many there are; RULE, COUNTS; GET_TABLE: an option; FIRST and SECOND: hooks;
 * FIRST_COUNTED and SECOND_COUNTED: bytes of a packet; MATCHES: what is in the file of that name.
 */
#ifndef __LINUX_TABLES_H
#define __LINUX_TABLES_H

#include "answers.h"
#include "everywhere.h"
#include "../net/net.h"
#include "../net/packet.h"
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/stringify.h>

struct table {
	void *next, *previous;
	unsigned int hooks;
	const struct rules *rules;
	void *ops, *module;
	u8 family;
	int priority;
	char name[32];
};
static_assert(sizeof(struct table) == 88);

struct rules {
	unsigned int bytes, count, initial, entry[5], underflow[5], deepest;
	void *stacks;
	char first[];
};
static_assert(offsetof(struct rules, first) == 64);

struct replacement {
	char name[32];
	unsigned int hooks, count, bytes;
};

struct hook_ops {
	unsigned int (*function)(void *table, struct sk_buff *packet, const void *state);
	void *device, *table;
	u8 family;
	unsigned int hook;
	int priority;
};
static_assert(sizeof(struct hook_ops) == 40);

struct hook_state {
	u8 hook, family;
	struct net_device *in, *out;
	void *socket;
	struct net *net;
	void *function;
};
static_assert(sizeof(struct hook_state) == 48);

struct counts {
	u64 packets, bytes;
};

extern struct replacement *FUNCTION(alloc_initial_table)(const struct table *table);
extern int FUNCTION(register_table)(struct net *net, const struct table *table,
				    const struct replacement *rules, const struct hook_ops *ops);
extern void FUNCTION(unregister_table_pre_exit)(struct net *net, const char *name);
extern void UNREGISTER(struct net *net, const char *name);
extern unsigned int FUNCTION(do_table)(void *table, struct sk_buff *packet, const void *state);
extern struct table *xt_find_table(struct net *net, u8 family, const char *name);
extern unsigned int pass_hook(u8 family, unsigned int hook, void *packet, const void *state);
extern int read_proc(const char *name, char *text, size_t room);
extern struct sk_buff *__alloc_skb(unsigned int bytes, gfp_t flags, int kind, int node);
extern void *skb_put(struct sk_buff *packet, unsigned int bytes);
extern void kfree_skb_reason(struct sk_buff *packet, int reason);
extern struct net_device *add_device(int number, u8 address_bytes,
				     int (*send)(struct sk_buff *packet));
extern int remove_device(struct net_device *device);
extern int offered_nf_getsockopt(void *socket, u8 family, int number, void *user, int *bytes);
/* Of Debian's x_tables: raised by 1 before and after each packet. */
DECLARE_PER_CPU(unsigned int, xt_recseq);

#define PACKETS 50
#define FIRST_BYTES 60
#define SECOND_BYTES 100

static struct net_device *device;
static atomic_t accepted;

static int no_sender(struct sk_buff *packet)
{
	kfree_skb_reason(packet, 1);
	return 0;
}

static void pass(unsigned int hook, unsigned int bytes)
{
	struct hook_state state = { .hook = hook, .family = FAMILY, .in = device, .net = &init_net };
	struct sk_buff *packet = __alloc_skb(bytes, GFP_ATOMIC, 0, -1);

	if (!packet)
		return;
	memset(skb_put(packet, bytes), 0, bytes);
	packet->device = device;
	if (pass_hook(FAMILY, hook, packet, &state) == 1)
		atomic_inc(&accepted);
	kfree_skb_reason(packet, 1);
}

static void pass_all(void *cpus)
{
	meet((unsigned long)cpus);
	for (int at = 0; at < PACKETS; at++) {
		pass(FIRST, FIRST_BYTES);
		pass(SECOND, SECOND_BYTES);
		pass(SECOND, SECOND_BYTES);
	}
}

/* What CPUs have counted at the rule of a hook: at a handle, or there if there is one CPU. */
static struct counts counted(const struct rules *rules, unsigned int hook)
{
	const char *rule = rules->first + rules->entry[hook];
	struct counts *own = (struct counts *)(rule + COUNTS), sum = {};

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct counts *its = own;

		if (nr_cpu_ids > 1)
			its = per_cpu_ptr((struct counts __percpu *)own->packets, cpu);
		sum.packets += its->packets;
		sum.bytes += its->bytes;
	}
	return sum;
}

static unsigned int sequences(void)
{
	unsigned int sum = 0;

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		sum += *per_cpu_ptr(&xt_recseq, cpu);
	return sum;
}

/* What is reported of a table to a program, which asks by an option of a socket. */
struct table_info {
	char name[32];
	unsigned int hooks, entry[HOOKS], underflow[HOOKS], count, bytes;
};
static_assert(sizeof(struct table_info) == 44 + 8 * HOOKS);

#define STANDARD_TARGET 40
#define ERROR_TARGET 64

static void ask_for_table(void)
{
	struct table_info info = { .name = "filter" };
	u64 socket[8] = {};
	int bytes = sizeof(info);

	socket[6] = (unsigned long)&init_net;
	ANSWER(offered_nf_getsockopt(socket, SOCKET_FAMILY, GET_TABLE, &info, &bytes), 0);
	ANSWER(info.hooks, 1 << FIRST | 1 << SECOND);
	ANSWER(info.entry[FIRST], 0);
	ANSWER(info.entry[SECOND], RULE + STANDARD_TARGET);
	ANSWER(info.count, 3);
	ANSWER(info.bytes, 2 * (RULE + STANDARD_TARGET) + RULE + ERROR_TARGET);
	strcpy(info.name, "none");
	ANSWER(offered_nf_getsockopt(socket, SOCKET_FAMILY, GET_TABLE, &info, &bytes),
	       (u64)-ENOENT);
	bytes--;
	ANSWER(offered_nf_getsockopt(socket, SOCKET_FAMILY, GET_TABLE, &info, &bytes),
	       (u64)-EINVAL);
	ANSWER(offered_nf_getsockopt(socket, SOCKET_FAMILY, 1, &info, &bytes),
	       (u64)-ENOPROTOOPT);
}

static void ask_for_file(const char *what, const char *known)
{
	static char text[4096];
	char name[64];

	memset(text, 0, sizeof(text));
	snprintf(name, sizeof(name), "%s_%s", __stringify(TABLES), what);
	ANSWER(read_proc(name, text, sizeof(text)), strlen(text));
	/* Other modules have entries, too. */
	ANSWER(!strstr(text, known), 0);
}

static void ask_rules(const struct table *table)
{
	unsigned int packets = num_online_cpus() * PACKETS, before = sequences();
	struct counts counts;

	everywhere(pass_all);
	ANSWER(atomic_read(&accepted), 3 * packets);
	counts = counted(table->rules, FIRST);
	ANSWER(counts.packets, packets);
	ANSWER(counts.bytes, packets * FIRST_COUNTED);
	counts = counted(table->rules, SECOND);
	ANSWER(counts.packets, 2 * packets);
	ANSWER(counts.bytes, 2 * packets * SECOND_COUNTED);
	ANSWER(sequences() - before, 2 * 3 * packets);
	ask_for_table();
}

static void tables(void)
{
	struct table wanted = { .hooks = 1 << FIRST | 1 << SECOND, .family = FAMILY,
				.name = "filter" };
	struct hook_ops ops[2] = {
		{ FUNCTION(do_table), NULL, NULL, FAMILY, FIRST, 0 },
		{ FUNCTION(do_table), NULL, NULL, FAMILY, SECOND, 0 },
	};
	struct replacement *rules = FUNCTION(alloc_initial_table)(&wanted);
	const struct table *table;

	device = add_device(FAMILY, 6, no_sender);
	ANSWER(!rules || !device, 0);
	if (!rules || !device)
		return;
	ANSWER(rules->count, 3);
	ANSWER(FUNCTION(register_table)(&init_net, &wanted, rules, ops), 0);
	ANSWER(FUNCTION(register_table)(&init_net, &wanted, rules, ops), (u64)-EEXIST);
	kfree(rules);
	table = xt_find_table(&init_net, FAMILY, "filter");
	ANSWER(!table, 0);
	if (table) {
		ask_rules(table);
		ask_for_file("names", "filter\n");
		ask_for_file("targets", "ERROR\n");
		ask_for_file("matches", MATCHES);
		FUNCTION(unregister_table_pre_exit)(&init_net, "filter");
		UNREGISTER(&init_net, "filter");
	}
	ask_for_file("names", "");
	ANSWER(remove_device(device), 0);
}
ASK(tables);

#endif
