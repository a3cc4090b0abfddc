// SPDX-License-Identifier: MIT
/*
 * Objects of 3,000 bytes, four in three pages, so that some lie in two. Such a one is put
 * together in its CPU's own buffer while it is mapped; a callback makes that as the CPU comes,
 * and gives it back as it goes. All CPUs write and read theirs at once.
 */
#include "answers.h"
#include "everywhere.h"
#include <linux/cpu.h>
#include <linux/slab.h>

ANSWERS(zsmalloc, "bytes that all CPUs write at once; 4 objects of 3,072 bytes fill 3 pages");

#define BYTES 3000
#define OBJECTS 16
#define ROUNDS 5
/* NR_ZSPAGES of Linux 6.1. */
#define USE 9
#define READ_WRITE 0
#define READ_ONLY 1
#define WRITE_ONLY 2

struct pool;
extern struct pool *zs_create_pool(const char *name);
extern void zs_destroy_pool(struct pool *pool);
extern unsigned long zs_malloc(struct pool *pool, size_t bytes, gfp_t flags);
extern void zs_free(struct pool *pool, unsigned long handle);
extern u8 *zs_map_object(struct pool *pool, unsigned long handle, int mode);
extern void zs_unmap_object(struct pool *pool, unsigned long handle);
extern unsigned long zs_get_total_pages(struct pool *pool);
extern unsigned long zs_compact(struct pool *pool);
extern size_t zs_huge_class_size(struct pool *pool);
extern int pages_used_for(unsigned int use);
extern int pages_taken(void);
extern unsigned long shrink_all(void);

static struct pool *pool;
static atomic_t wrong_bytes, failed;

static u8 byte_of(unsigned int cpu, unsigned int object, unsigned int at)
{
	return cpu * 31 + object * 7 + at % 251;
}

static void write_object(unsigned long handle, unsigned int cpu, unsigned int object)
{
	u8 *bytes = zs_map_object(pool, handle, WRITE_ONLY);

	for (unsigned int at = 0; at < BYTES; at++)
		bytes[at] = byte_of(cpu, object, at);
	zs_unmap_object(pool, handle);
}

static void read_object(unsigned long handle, unsigned int cpu, unsigned int object)
{
	const u8 *bytes = zs_map_object(pool, handle, READ_ONLY);
	unsigned int wrong = 0;

	for (unsigned int at = 0; at < BYTES; at++)
		wrong += bytes[at] != byte_of(cpu, object, at);
	zs_unmap_object(pool, handle);
	atomic_add(wrong, &wrong_bytes);
}

static bool is_error(unsigned long handle)
{
	return handle == 0 || handle >= -4095ul;
}

static void write_and_read(void *cpus)
{
	unsigned int cpu = smp_processor_id();
	unsigned long handles[OBJECTS];

	meet((unsigned long)cpus);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (unsigned int object = 0; object < OBJECTS; object++) {
			handles[object] = zs_malloc(pool, BYTES, GFP_ATOMIC);
			if (is_error(handles[object]))
				atomic_inc(&failed);
			else
				write_object(handles[object], cpu, object);
		}
		for (unsigned int object = 0; object < OBJECTS; object++) {
			if (is_error(handles[object]))
				continue;
			read_object(handles[object], cpu, object);
			zs_free(pool, handles[object]);
		}
	}
}

static void ask_everywhere(void)
{
	everywhere(write_and_read);
	ANSWER(atomic_read(&failed), 0);
	ANSWER(atomic_read(&wrong_bytes), 0);
	ANSWER(zs_get_total_pages(pool), 0);
}

static void ask_alone(void)
{
	unsigned long handles[40];
	u8 *bytes;

	for (unsigned int at = 0; at < ARRAY_SIZE(handles); at++) {
		handles[at] = zs_malloc(pool, BYTES, GFP_KERNEL);
		ANSWER(is_error(handles[at]), false);
		write_object(handles[at], 0, at);
	}
	ANSWER(zs_get_total_pages(pool), 30);
	ANSWER(pages_used_for(USE), 30);
	/* A change of one byte, in whichever page it is. */
	for (unsigned int at = 0; at < ARRAY_SIZE(handles); at++) {
		bytes = zs_map_object(pool, handles[at], READ_WRITE);
		bytes[BYTES - 1] ^= 0xff;
		zs_unmap_object(pool, handles[at]);
		bytes = zs_map_object(pool, handles[at], READ_ONLY);
		ANSWER(bytes[BYTES - 1], (u8)~byte_of(0, at, BYTES - 1));
		zs_unmap_object(pool, handles[at]);
	}
	/* One of each four stays: what is left of 40 has room in 3 of 10 groups of pages. */
	for (unsigned int at = 0; at < ARRAY_SIZE(handles); at++)
		if (at % 4)
			zs_free(pool, handles[at]);
	ANSWER(zs_compact(pool), 21);
	ANSWER(zs_get_total_pages(pool), 9);
	for (unsigned int at = 0; at < ARRAY_SIZE(handles); at += 4) {
		bytes = zs_map_object(pool, handles[at], READ_ONLY);
		ANSWER(bytes[0], byte_of(0, at, 0));
		ANSWER(bytes[1500], byte_of(0, at, 1500));
		zs_unmap_object(pool, handles[at]);
		zs_free(pool, handles[at]);
	}
	ANSWER(zs_get_total_pages(pool), 0);
	ANSWER(zs_malloc(pool, 4097, GFP_KERNEL), (u64)-EINVAL);
	ANSWER(zs_malloc(pool, 0, GFP_KERNEL), (u64)-EINVAL);
}

static void ask(void)
{
	pool = zs_create_pool("known");
	ANSWER(!pool, 0);
	if (!pool)
		return;
	ask_alone();
	ask_everywhere();
	/* A CPU that went and came has a buffer again. */
	if (num_online_cpus() > 1) {
		ANSWER(remove_cpu(1), 0);
		ask_everywhere();
		ANSWER(add_cpu(1), 0);
		ask_everywhere();
	}
	zs_destroy_pool(pool);
	ANSWER(pages_used_for(USE), 0);
	ANSWER(pages_taken(), 0);
}
ASK(ask);
