/* Memory from slabs and from vmalloc. */
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "ctest.h"

static int allocates(void)
{
	static const size_t sizes[] = { 1, 7, 8, 9, 64, 100, 1000, 1024, 4096, 5000, 65536 };
	unsigned char *blocks[ARRAY_SIZE(sizes)];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		blocks[i] = kmalloc(sizes[i], GFP_KERNEL);
		CHECK(blocks[i] && ksize(blocks[i]) >= sizes[i]);
		CHECK(IS_ALIGNED((unsigned long)blocks[i], ARCH_KMALLOC_MINALIGN));
		memset(blocks[i], (int)i + 1, sizes[i]);
	}
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		CHECK(blocks[i][0] == i + 1 && blocks[i][sizes[i] - 1] == i + 1);
		kfree(blocks[i]);
	}
	kfree(NULL);
	return 0;
}

/* A power of two is aligned to itself. */
static int aligned(void)
{
	size_t size;

	for (size = 8; size <= 4096; size *= 2) {
		void *block = kmalloc(size, GFP_ATOMIC);

		CHECK(block && IS_ALIGNED((unsigned long)block, size));
		kfree(block);
	}
	return 0;
}

static int zeroed(void)
{
	int round, at;

	for (round = 0; round < 3; round++) {
		unsigned char *block = kzalloc(777, GFP_KERNEL);
		unsigned int *array = kcalloc(50, sizeof(*array), GFP_KERNEL);

		CHECK(block && array);
		for (at = 0; at < 777; at++)
			CHECK(!block[at]);
		for (at = 0; at < 50; at++)
			CHECK(!array[at]);
		memset(block, 0xff, 777);
		memset(array, 0xff, 200);
		kfree(block);
		kfree(array);
	}
	return 0;
}

static int arrays(void)
{
	size_t huge = SIZE_MAX / 2;
	int *array = kmalloc_array(10, sizeof(int), GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(huge);
	CHECK(array);
	array[9] = 5;
	kfree(array);
	CHECK(!kmalloc_array(huge, 4, GFP_KERNEL | __GFP_NOWARN));
	CHECK(!kcalloc(huge, 4, GFP_KERNEL | __GFP_NOWARN));
	return 0;
}

static int grows(void)
{
	char *block = kmalloc(10, GFP_KERNEL);

	CHECK(block);
	strcpy(block, "nine char");
	block = krealloc(block, 5000, GFP_KERNEL);
	CHECK(block && !strcmp(block, "nine char"));
	block[4999] = 'x';
	block = krealloc(block, 5, GFP_KERNEL);
	CHECK(block && !memcmp(block, "nine ", 5));
	kfree(block);
	return 0;
}

static int virtual_areas(void)
{
	char *area = vmalloc(10000);
	char *zeros = vzalloc(5000);
	int local, at;

	CHECK(area && zeros && IS_ALIGNED((unsigned long)area, 4096));
	CHECK(is_vmalloc_addr(area) && is_vmalloc_addr(zeros + 4999) && !is_vmalloc_addr(&local));
	for (at = 0; at < 5000; at++)
		CHECK(!zeros[at]);
	memset(area, 'x', 10000);
	CHECK(area[9999] == 'x');
	vfree(area);
	vfree(zeros);
	vfree(NULL);
	return 0;
}

static int areas = 100;
module_param(areas, int, 0);

/* Aligned ones between the others. */
static int many_virtual_areas(void)
{
	void **area = vcalloc(areas, sizeof(*area));
	int at;

	CHECK(area);
	for (at = 0; at < areas; at++) {
		unsigned long align = 1UL << (at % 23);

		area[at] = at % 10 ? vmalloc(1) : __vmalloc_node(1, align, GFP_KERNEL, 0, NULL);
		CHECK(area[at] && (at % 10 || IS_ALIGNED((unsigned long)area[at], align)));
	}
	CHECK(!__vmalloc_node(1, 1UL << 60, GFP_KERNEL, 0, NULL));
	/* 7 divides none of the counts. */
	for (at = 0; at < areas; at++)
		vfree(area[at * 7L % areas]);
	vfree(area);
	return 0;
}

struct point {
	long x, y;
	char name[40];
};

static void construct(void *object)
{
	struct point *point = object;

	point->x = 7;
	strcpy(point->name, "constructed");
}

static int caches(void)
{
	struct kmem_cache *points = KMEM_CACHE(point, SLAB_HWCACHE_ALIGN);
	struct kmem_cache *made =
		kmem_cache_create("made", sizeof(struct point), 0, 0, construct);
	struct point *many[100];
	int at;

	CHECK(points && made && kmem_cache_size(points) == sizeof(struct point));
	for (at = 0; at < 100; at++) {
		many[at] = at % 2 ? kmem_cache_zalloc(points, GFP_KERNEL) :
				    kmem_cache_alloc(made, GFP_KERNEL);
		CHECK(many[at] && many[at]->x == (at % 2 ? 0 : 7));
		CHECK(!(at % 2) || IS_ALIGNED((unsigned long)many[at], 64));
		many[at]->y = at;
	}
	for (at = 0; at < 100; at++) {
		CHECK(many[at]->y == at);
		CHECK(at % 2 || !strcmp(many[at]->name, "constructed"));
		kmem_cache_free(at % 2 ? points : made, many[at]);
	}
	kmem_cache_free(made, NULL);
	kmem_cache_destroy(points);
	kmem_cache_destroy(made);
	kmem_cache_destroy(NULL);
	return 0;
}

CTESTS(ONCE(allocates), ONCE(aligned), ONCE(zeroed), ONCE(arrays), ONCE(grows),
       ONCE(caches), ONCE(virtual_areas), ONCE(many_virtual_areas));
