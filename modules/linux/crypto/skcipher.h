/*
 * What a template of skciphers is written with: an instance, which a template makes, and a walk,
 * which shows a request's bytes step by step. As Linux 6.1 lays them out.
 */
#ifndef __LINUX_SKCIPHER_PROVIDERS_H
#define __LINUX_SKCIPHER_PROVIDERS_H

#include "crypto.h"

struct skcipher_instance {
	void (*free)(struct skcipher_instance *instance);
	struct skcipher_alg algorithm;
};

struct skcipher_walk {
	/* Where a step's bytes are, and where they go: a page, and an address. */
	struct {
		void *page;
		u8 *address;
	} src, dst;
	struct scatter_walk in;
	unsigned int nbytes;
	struct scatter_walk out;
	unsigned int total;
	struct list_head buffers;
	u8 *page;
	/* A block's own place, while a step is in it. */
	u8 *buffer;
	u8 *oiv;
	u8 *iv;
	unsigned int ivsize;
	int flags;
	unsigned int blocksize, stride, alignmask;
};
static_assert(sizeof(struct skcipher_walk) == 152);
static_assert(offsetof(struct skcipher_walk, iv) == 120);

extern int skcipher_walk_virt(struct skcipher_walk *walk, struct skcipher_request *request,
			      bool atomic);
extern int skcipher_walk_done(struct skcipher_walk *walk, int left);
extern struct skcipher_instance *skcipher_alloc_instance_simple(struct crypto_template *template,
								struct rtattr **words);
extern int skcipher_register_instance(struct crypto_template *template,
				      struct skcipher_instance *instance);

#endif
