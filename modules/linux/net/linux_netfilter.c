// SPDX-License-Identifier: MIT
/*
 * Hooks of the network: what modules put there, and the options of sockets by which programs
 * speak to them. No packet comes by; tests send theirs.
 *
 *     nf_hook_ops     40 bytes: 0 function  8 device  16 its own argument  24 family  28 hook
 *     nf_sockopt_ops  64 bytes: 16 family  20, 24 numbers to set  32 set  40, 44 to get  48 get
 */
#include "net.h"
#include "../provider.h"
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>

/* Whether this CPU sends a copy of a packet: its jumps have a stack of their own then. */
DEFINE_PER_CPU(bool, nf_skb_duplicated);
OFFER_DATA(nf_skb_duplicated);

struct nf_hook_ops {
	unsigned int (*function)(void *argument, void *packet, const void *state);
	void *device, *argument;
	u8 family;
	unsigned int hook;
	int priority;
};
static_assert(sizeof(struct nf_hook_ops) == 40);

struct hooked {
	struct list_head list;
	const struct nf_hook_ops *ops;
};

struct option {
	struct list_head list;
	u8 family;
	int set_first, set_end;
	int (*set)(void *socket, int option, void *user, bool is_kernel, unsigned int bytes);
	int get_first, get_end;
	int (*get)(void *socket, int option, void *user, int *bytes);
	void *owner;
};
static_assert(sizeof(struct option) == 64);

static LIST_HEAD(hooks);
static LIST_HEAD(options);
static DEFINE_MUTEX(changing);

static void remove_hook(const struct nf_hook_ops *ops)
{
	struct hooked *hooked, *next;

	list_for_each_entry_safe(hooked, next, &hooks, list) {
		if (hooked->ops == ops) {
			list_del(&hooked->list);
			kfree(hooked);
		}
	}
}

int add_hooks(struct net *net, const struct nf_hook_ops *ops, unsigned int count)
{
	int error = 0;

	(void)net;
	mutex_lock(&changing);
	for (unsigned int at = 0; at < count && !error; at++) {
		struct hooked *hooked = kmalloc(sizeof(*hooked), GFP_KERNEL);

		if (hooked) {
			hooked->ops = &ops[at];
			list_add_tail(&hooked->list, &hooks);
			continue;
		}
		while (at)
			remove_hook(&ops[--at]);
		error = -ENOMEM;
	}
	mutex_unlock(&changing);
	return error;
}
OFFER_AS(nf_register_net_hooks, add_hooks);

int add_hook(struct net *net, const struct nf_hook_ops *ops)
{
	return add_hooks(net, ops, 1);
}
OFFER_AS(nf_register_net_hook, add_hook);

void remove_hooks(struct net *net, const struct nf_hook_ops *ops, unsigned int count)
{
	(void)net;
	mutex_lock(&changing);
	while (count)
		remove_hook(&ops[--count]);
	mutex_unlock(&changing);
}
OFFER_AS(nf_unregister_net_hooks, remove_hooks);

void remove_one_hook(struct net *net, const struct nf_hook_ops *ops)
{
	remove_hooks(net, ops, 1);
}
OFFER_AS(nf_unregister_net_hook, remove_one_hook);

static bool overlap(const struct option *one, const struct option *other)
{
	return one->family == other->family &&
	       ((one->set_first < other->set_end && other->set_first < one->set_end) ||
		(one->get_first < other->get_end && other->get_first < one->get_end));
}

int add_option(struct option *option)
{
	struct option *other;
	int error = 0;

	mutex_lock(&changing);
	list_for_each_entry(other, &options, list)
		if (overlap(option, other))
			error = -EBUSY;
	if (!error)
		list_add(&option->list, &options);
	mutex_unlock(&changing);
	return error;
}
OFFER_AS(nf_register_sockopt, add_option);

void remove_option(struct option *option)
{
	mutex_lock(&changing);
	list_del(&option->list);
	mutex_unlock(&changing);
}
OFFER_AS(nf_unregister_sockopt, remove_option);

/* What a program gets that asks for an option of a socket of a family. */
int get_option(void *socket, u8 family, int number, void *user, int *bytes)
{
	int (*get)(void *, int, void *, int *) = NULL;
	struct option *option;

	mutex_lock(&changing);
	list_for_each_entry(option, &options, list)
		if (option->family == family && number >= option->get_first &&
		    number < option->get_end)
			get = option->get;
	mutex_unlock(&changing);
	return get ? get(socket, number, user, bytes) : -ENOPROTOOPT;
}
OFFER_AS(nf_getsockopt, get_option);

/*
 * For the tests: a packet at a hook, which goes through the functions there. The verdict of the
 * first that doesn't accept it, or 1.
 */
unsigned int pass_hook(u8 family, unsigned int hook, void *packet, const void *state)
{
	struct hooked *hooked;
	unsigned int verdict = 1;

	list_for_each_entry(hooked, &hooks, list) {
		if (hooked->ops->family != family || hooked->ops->hook != hook)
			continue;
		verdict = hooked->ops->function(hooked->ops->argument, packet, state);
		if (verdict != 1)
			break;
	}
	return verdict;
}
EXPORT_SYMBOL(pass_hook);

/* A packet's way, for a log that isn't there. */
__printf(8, 9) void trace(struct net *net, u8 family, unsigned int hook, const void *packet,
			  const void *in, const void *out, const void *log, const char *format,
			  ...)
{
	(void)net, (void)family, (void)hook, (void)packet, (void)in, (void)out, (void)log;
	(void)format;
}
REFUSES_AS(nf_log_trace, trace);

/* Whether a message may be printed that packets cause: the first few. */
int may_print(void)
{
	static atomic_t printed;

	return atomic_add_unless(&printed, 1, 10);
}
OFFER_AS(net_ratelimit, may_print);

/* The place of a header in a packet of IPv6: none is found. */
int find_header(const void *packet, unsigned int *offset, int target, unsigned short *fragment,
		int *flags)
{
	(void)packet, (void)offset, (void)target, (void)fragment, (void)flags;
	return -ENOENT;
}
REFUSES_AS(ipv6_find_hdr, find_header);

/* A log of who changed the tables, for an auditor: off. */
unsigned int audit_enabled;
OFFER_DATA(audit_enabled);

void log_for_auditor(const char *name, u8 family, unsigned int entries, int operation, gfp_t flags)
{
	(void)name, (void)family, (void)entries, (void)operation, (void)flags;
}
REFUSES_AS(__audit_log_nfcfg, log_for_auditor);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers hooks of the network to Linux's modules");
