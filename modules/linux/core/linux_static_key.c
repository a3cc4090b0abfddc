// SPDX-License-Identifier: MIT
/*
 * Static keys: counts that branches in code hang on. The kernel changes the branches; here is
 * when.
 *
 *     count   0   off      the first four of a key's sixteen bytes; the others are Linux's
 *             1+  on       own, and of no use here
 */
#include "../provider.h"
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/jump_label.h>
#include <linux/mutex.h>

extern int jump_label_update(const void *key);

/* Held while a key goes on or off, so that its branches are what it is. */
static DEFINE_MUTEX(turning);

static void turn(struct static_key *key, int count)
{
	atomic_set(&key->enabled, count);
	jump_label_update(key);
}

int key_count(struct static_key *key)
{
	return atomic_read(&key->enabled);
}
OFFER_AS(static_key_count, key_count);

/* On, once: who counts uses key_inc. */
void key_enable(struct static_key *key)
{
	mutex_lock(&turning);
	if (key_count(key) == 0)
		turn(key, 1);
	else
		WARN_ON(key_count(key) != 1);
	mutex_unlock(&turning);
}
OFFER_AS(static_key_enable, key_enable);
OFFER_AS(static_key_enable_cpuslocked, key_enable);

void key_disable(struct static_key *key)
{
	mutex_lock(&turning);
	if (key_count(key) == 1)
		turn(key, 0);
	else
		WARN_ON(key_count(key) != 0);
	mutex_unlock(&turning);
}
OFFER_AS(static_key_disable, key_disable);
OFFER_AS(static_key_disable_cpuslocked, key_disable);

/* Whether there is one user more: not if there are as many as can be counted. */
bool key_inc(struct static_key *key)
{
	bool counted = true;

	mutex_lock(&turning);
	if (key_count(key) == 0)
		turn(key, 1);
	else if (key_count(key) == INT_MAX)
		counted = false;
	else
		atomic_inc(&key->enabled);
	mutex_unlock(&turning);
	return counted;
}
OFFER_AS(static_key_slow_inc, key_inc);

void key_dec(struct static_key *key)
{
	mutex_lock(&turning);
	if (key_count(key) == 1)
		turn(key, 0);
	else if (!WARN_ON(key_count(key) <= 0))
		atomic_dec(&key->enabled);
	mutex_unlock(&turning);
}
OFFER_AS(static_key_slow_dec, key_dec);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers static keys to Linux's modules");
