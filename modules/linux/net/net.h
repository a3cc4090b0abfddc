/*
 * Namespaces of networks, of which there is one here, as far as Linux's modules look into it.
 *
 *     struct net   6,656 bytes: 88 user's namespace   168 its directory of files
 *                  4144 modules' own data: a pointer for each number, from 0
 */
#ifndef __LINUX_NET_PROVIDERS_H
#define __LINUX_NET_PROVIDERS_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

struct net {
	char before[88];
	void *users;
	char between[72];
	void *files;
	char behind[3968];
	void **own;
	char rest[2504];
};
static_assert(offsetof(struct net, users) == 88);
static_assert(offsetof(struct net, files) == 168);
static_assert(offsetof(struct net, own) == 4144);
static_assert(sizeof(struct net) == 6656);

extern struct net init_net;

#endif
