// SPDX-License-Identifier: MIT
/*
 * The namespace of the network: one, in which each module may have data of its own, by a number
 * that it is given.
 */
#include "net.h"
#include "../provider.h"
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

/* Numbers begin with 1, as the first word of Linux's array is its length. */
#define NUMBERS 64
static void *own_data[NUMBERS];
struct net init_net = { .own = own_data };
OFFER_DATA(init_net);

/* What a module does for each namespace. */
struct for_each_net {
	struct list_head list;
	int (*init)(struct net *net);
	void (*before_exit)(struct net *net);
	void (*exit)(struct net *net);
	void (*exit_all)(struct list_head *list);
	void *exit_all_links;
	unsigned int *number;
	size_t bytes;
};
static_assert(sizeof(struct for_each_net) == 72);

static LIST_HEAD(all);
static DEFINE_MUTEX(changing);

static void give_back(const struct for_each_net *module)
{
	if (!module->number)
		return;
	kfree(own_data[*module->number]);
	own_data[*module->number] = NULL;
}

static int begin(const struct for_each_net *module)
{
	int error;

	if (module->number) {
		unsigned int number = 1;
		void *data;

		while (number < NUMBERS && own_data[number])
			number++;
		if (number == NUMBERS)
			return -ENOSPC;
		data = kzalloc(max_t(size_t, module->bytes, 1), GFP_KERNEL);
		if (!data)
			return -ENOMEM;
		own_data[number] = data;
		*module->number = number;
	}
	error = module->init ? module->init(&init_net) : 0;
	if (error)
		give_back(module);
	return error;
}

int add_for_each_net(struct for_each_net *module)
{
	int error;

	mutex_lock(&changing);
	error = begin(module);
	if (!error)
		list_add_tail(&module->list, &all);
	mutex_unlock(&changing);
	return error;
}
OFFER_AS(register_pernet_subsys, add_for_each_net);
OFFER_AS(register_pernet_device, add_for_each_net);

void remove_for_each_net(struct for_each_net *module)
{
	mutex_lock(&changing);
	if (module->before_exit)
		module->before_exit(&init_net);
	if (module->exit)
		module->exit(&init_net);
	list_del(&module->list);
	give_back(module);
	mutex_unlock(&changing);
}
OFFER_AS(unregister_pernet_subsys, remove_for_each_net);
OFFER_AS(unregister_pernet_device, remove_for_each_net);

/* Whether who asks may do what only some may: all that asks is the kernel. */
bool may(void *users, int capability)
{
	(void)users;
	(void)capability;
	return true;
}
OFFER_AS(ns_capable, may);

/* Numbers of users and groups, by value: nobody has one here. They are returned in memory. */
struct number {
	unsigned int value;
};

struct number no_user(void *users, unsigned int value)
{
	(void)users;
	(void)value;
	return (struct number){ -1U };
}
REFUSES_AS(make_kuid, no_user);
REFUSES_AS(make_kgid, no_user);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers the namespace of the network to Linux's modules");
