// SPDX-License-Identifier: MIT
/*
 * Who can give memory back when there is little, and pools of compressed memory by name.
 *
 *     shrinker      64 bytes: 0 how many it has  8 give some back  32 list
 *     zpool_driver  120 bytes: 0 type  8 module  16 users  24 list  40 functions
 */
#include "../provider.h"
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/string.h>

struct how_much {
	gfp_t flags;
	int node;
	unsigned long wanted, done;
	void *group;
};

struct shrinker {
	unsigned long (*count)(struct shrinker *shrinker, struct how_much *how_much);
	unsigned long (*scan)(struct shrinker *shrinker, struct how_much *how_much);
	long batch;
	int cost;
	unsigned int flags;
	struct list_head list;
	char rest[16];
};
static_assert(sizeof(struct shrinker) == 64);
static_assert(offsetof(struct shrinker, list) == 32);

static LIST_HEAD(shrinkers);
static LIST_HEAD(drivers);
static DEFINE_MUTEX(changing);

__printf(2, 3) int add_shrinker(struct shrinker *shrinker, const char *format, ...)
{
	(void)format;
	mutex_lock(&changing);
	list_add_tail(&shrinker->list, &shrinkers);
	mutex_unlock(&changing);
	return 0;
}
OFFER_AS(register_shrinker, add_shrinker);

void remove_shrinker(struct shrinker *shrinker)
{
	mutex_lock(&changing);
	list_del(&shrinker->list);
	mutex_unlock(&changing);
}
OFFER_AS(unregister_shrinker, remove_shrinker);

/* For the tests: has all give back what they can; how much they say that is. */
unsigned long shrink_all(void)
{
	struct shrinker *shrinker;
	unsigned long done = 0;

	mutex_lock(&changing);
	list_for_each_entry(shrinker, &shrinkers, list) {
		struct how_much how_much = { .flags = GFP_KERNEL };

		how_much.wanted = shrinker->count(shrinker, &how_much);
		if (how_much.wanted)
			done += shrinker->scan(shrinker, &how_much);
	}
	mutex_unlock(&changing);
	return done;
}
EXPORT_SYMBOL(shrink_all);

struct zpool_driver {
	const char *type;
	void *module;
	atomic_t users;
	struct list_head list;
	char functions[80];
};
static_assert(sizeof(struct zpool_driver) == 120);

void add_driver(struct zpool_driver *driver)
{
	atomic_set(&driver->users, 0);
	mutex_lock(&changing);
	list_add(&driver->list, &drivers);
	mutex_unlock(&changing);
}
OFFER_AS(zpool_register_driver, add_driver);

int remove_driver(struct zpool_driver *driver)
{
	int error = 0;

	mutex_lock(&changing);
	if (atomic_read(&driver->users))
		error = -EBUSY;
	else
		list_del(&driver->list);
	mutex_unlock(&changing);
	return error;
}
OFFER_AS(zpool_unregister_driver, remove_driver);

/* For the tests. */
const struct zpool_driver *zpool_driver_of(const char *type)
{
	const struct zpool_driver *driver, *found = NULL;

	mutex_lock(&changing);
	list_for_each_entry(driver, &drivers, list)
		if (!strcmp(driver->type, type))
			found = driver;
	mutex_unlock(&changing);
	return found;
}
EXPORT_SYMBOL(zpool_driver_of);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers registration of shrinkers and pools to Linux's modules");
