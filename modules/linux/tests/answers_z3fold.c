// SPDX-License-Identifier: MIT
/*
 * Three objects in a page. Pages that have room are in lists of each CPU, from which all take;
 * all CPUs write and read theirs at once.
 */
#include "answers.h"
#include "everywhere.h"
#include <linux/slab.h>

ANSWERS(z3fold, "bytes that all CPUs write at once; three objects in a page, as it is named for");

#define BYTES 1000
#define OBJECTS 12
#define ROUNDS 5

struct driver {
	const char *type;
	char before[32];
	void *(*create)(const char *name, gfp_t flags, const void *operations, void *owner);
	void (*destroy)(void *pool);
	u64 is_movable;
	int (*take)(void *pool, size_t bytes, gfp_t flags, unsigned long *handle);
	void (*give)(void *pool, unsigned long handle);
	void *shrink;
	u64 sleeps;
	u8 *(*map)(void *pool, unsigned long handle, int mode);
	void (*unmap)(void *pool, unsigned long handle);
	u64 (*bytes)(void *pool);
};
static_assert(sizeof(struct driver) == 120);

extern const struct driver *zpool_driver_of(const char *type);
extern int pages_taken(void);

static const struct driver *driver;
static void *pool;
static atomic_t wrong_bytes, failed;

static u8 byte_of(unsigned int cpu, unsigned int object, unsigned int at)
{
	return cpu * 29 + object * 11 + at % 253;
}

static void write_object(unsigned long handle, unsigned int cpu, unsigned int object)
{
	u8 *bytes = driver->map(pool, handle, 0);

	for (unsigned int at = 0; at < BYTES; at++)
		bytes[at] = byte_of(cpu, object, at);
	driver->unmap(pool, handle);
}

static void read_object(unsigned long handle, unsigned int cpu, unsigned int object)
{
	const u8 *bytes = driver->map(pool, handle, 0);
	unsigned int wrong = 0;

	for (unsigned int at = 0; at < BYTES; at++)
		wrong += bytes[at] != byte_of(cpu, object, at);
	driver->unmap(pool, handle);
	atomic_add(wrong, &wrong_bytes);
}

static void write_and_read(void *cpus)
{
	unsigned int cpu = smp_processor_id();
	unsigned long handles[OBJECTS];

	meet((unsigned long)cpus);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (unsigned int object = 0; object < OBJECTS; object++) {
			handles[object] = 0;
			if (driver->take(pool, BYTES, GFP_NOWAIT, &handles[object]))
				atomic_inc(&failed);
			else
				write_object(handles[object], cpu, object);
		}
		for (unsigned int object = 0; object < OBJECTS; object++) {
			if (!handles[object])
				continue;
			read_object(handles[object], cpu, object);
			driver->give(pool, handles[object]);
		}
	}
}

static void create(void)
{
	pool = driver ? driver->create("known", GFP_KERNEL, NULL, NULL) : NULL;
	ANSWER(!pool, 0);
}

/* All that it does later is done then. */
static void destroy(void)
{
	driver->destroy(pool);
	ANSWER(pages_taken(), 0);
}

static void ask_alone(void)
{
	unsigned long handles[30];

	for (unsigned int at = 0; at < ARRAY_SIZE(handles); at++) {
		ANSWER(driver->take(pool, BYTES, GFP_KERNEL, &handles[at]), 0);
		write_object(handles[at], 0, at);
	}
	ANSWER(driver->bytes(pool), 10 * 4096);
	for (unsigned int at = 0; at < ARRAY_SIZE(handles); at++) {
		read_object(handles[at], 0, at);
		driver->give(pool, handles[at]);
	}
	ANSWER(driver->take(pool, 4097, GFP_KERNEL, &handles[0]), (u64)-ENOSPC);
	ANSWER(driver->take(pool, 0, GFP_KERNEL, &handles[0]), (u64)-EINVAL);
	ANSWER(atomic_read(&wrong_bytes), 0);
}

static void ask(void)
{
	driver = zpool_driver_of("z3fold");
	create();
	if (!pool)
		return;
	ask_alone();
	destroy();
	/* One of its own: a handler mustn't wait for a lock of the work that it interrupts. */
	create();
	if (!pool)
		return;
	everywhere(write_and_read);
	ANSWER(atomic_read(&failed), 0);
	ANSWER(atomic_read(&wrong_bytes), 0);
	destroy();
}
ASK(ask);
