/*
 * Every form of definition, with scalars, arrays and structs; every way to a copy;
 * allocation; and what an address belongs to.
 */
#include <linux/percpu.h>
#include <linux/slab.h>

#include "ctest.h"

struct shape {
	char tag;
	long numbers[3];
	struct {
		u16 low, high;
	} limits;
};

static DEFINE_PER_CPU(int, plain) = 42;
static DEFINE_PER_CPU(long[5], array) = { 1, 2, 3, 4, 5 };
static DEFINE_PER_CPU(struct shape, shaped) = {
	.tag = 'x', .numbers = { 7, 8, 9 }, .limits = { 1, 2 },
};
static DEFINE_PER_CPU_ALIGNED(char, aligned) = 'a';
static DEFINE_PER_CPU_ALIGNED(struct shape, aligned_struct) = { .tag = 'A' };
static DEFINE_PER_CPU_ALIGNED(int[3], aligned_array) = { 31, 32, 33 };
static DEFINE_PER_CPU_SHARED_ALIGNED(long, shared) = -5;
static DEFINE_PER_CPU_SHARED_ALIGNED(struct shape, shared_struct) = { .tag = 'S' };
static DEFINE_PER_CPU_SHARED_ALIGNED(int[3], shared_array) = { 21, 22, 23 };
static DEFINE_PER_CPU_PAGE_ALIGNED(u8[4096], page) = { [4095] = 0xee };
static DEFINE_PER_CPU_PAGE_ALIGNED(struct shape, page_struct) = { .tag = 'P' };
static DEFINE_PER_CPU_READ_MOSTLY(u64, mostly) = 0x123456789abcdef0ULL;
static DEFINE_PER_CPU_READ_MOSTLY(struct shape, mostly_struct) = { .tag = 'R' };
static DEFINE_PER_CPU_READ_MOSTLY(int[3], mostly_array) = { 11, 12, 13 };
static DEFINE_PER_CPU_FIRST(short, first) = -3;
static DEFINE_PER_CPU_FIRST(struct shape, first_struct) = { .tag = 'F' };
static DEFINE_PER_CPU_FIRST(int[3], first_array) = { 1, 2, 3 };

/* Declared as a header would, then defined: not static. */
DECLARE_PER_CPU(int, declared);
DECLARE_PER_CPU_ALIGNED(int, declared_aligned);
DECLARE_PER_CPU_SHARED_ALIGNED(int, declared_shared);
DECLARE_PER_CPU_PAGE_ALIGNED(int, declared_page);
DECLARE_PER_CPU_READ_MOSTLY(int, declared_mostly);
DECLARE_PER_CPU_FIRST(int, declared_first);
DEFINE_PER_CPU(int, declared) = 1;
DEFINE_PER_CPU_ALIGNED(int, declared_aligned) = 2;
DEFINE_PER_CPU_SHARED_ALIGNED(int, declared_shared) = 3;
DEFINE_PER_CPU_PAGE_ALIGNED(int, declared_page) = 4;
DEFINE_PER_CPU_READ_MOSTLY(int, declared_mostly) = 5;
DEFINE_PER_CPU_FIRST(int, declared_first) = 6;

#define IS_COPY_ALIGNED(variable, cpu, to) IS_ALIGNED((unsigned long)per_cpu_ptr(&variable, cpu), to)

/* Every possible CPU's copy begins as the definition says. */
static int initial_values(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		CHECK(per_cpu(plain, cpu) == 42);
		CHECK(per_cpu(array, cpu)[0] == 1 && per_cpu(array, cpu)[4] == 5);
		CHECK(per_cpu(array[3], cpu) == 4);
		CHECK(per_cpu(shaped, cpu).tag == 'x' && per_cpu(shaped, cpu).numbers[2] == 9);
		CHECK(per_cpu(shaped.limits.high, cpu) == 2);
		CHECK(per_cpu(aligned, cpu) == 'a' && per_cpu(shared, cpu) == -5);
		CHECK(per_cpu(aligned_struct, cpu).tag == 'A');
		CHECK(per_cpu(aligned_array, cpu)[2] == 33);
		CHECK(per_cpu(shared_struct, cpu).tag == 'S');
		CHECK(per_cpu(shared_array, cpu)[2] == 23);
		CHECK(per_cpu(page, cpu)[4095] == 0xee && per_cpu(page, cpu)[0] == 0);
		CHECK(per_cpu(page_struct, cpu).tag == 'P');
		CHECK(per_cpu(mostly, cpu) == 0x123456789abcdef0ULL);
		CHECK(per_cpu(mostly_struct, cpu).tag == 'R');
		CHECK(per_cpu(mostly_array, cpu)[2] == 13);
		CHECK(per_cpu(first, cpu) == -3 && per_cpu(first_struct, cpu).tag == 'F');
		CHECK(per_cpu(first_array, cpu)[2] == 3);
		CHECK(per_cpu(declared, cpu) == 1 && per_cpu(declared_aligned, cpu) == 2);
		CHECK(per_cpu(declared_shared, cpu) == 3 && per_cpu(declared_page, cpu) == 4);
		CHECK(per_cpu(declared_mostly, cpu) == 5 && per_cpu(declared_first, cpu) == 6);
	}
	return 0;
}

static int alignment(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		CHECK(IS_COPY_ALIGNED(aligned, cpu, L1_CACHE_BYTES));
		CHECK(IS_COPY_ALIGNED(aligned_struct, cpu, L1_CACHE_BYTES));
		CHECK(IS_COPY_ALIGNED(aligned_array, cpu, L1_CACHE_BYTES));
		CHECK(IS_COPY_ALIGNED(shared, cpu, L1_CACHE_BYTES));
		CHECK(IS_COPY_ALIGNED(shared_struct, cpu, L1_CACHE_BYTES));
		CHECK(IS_COPY_ALIGNED(shared_array, cpu, L1_CACHE_BYTES));
		CHECK(IS_COPY_ALIGNED(page, cpu, 4096));
		CHECK(IS_COPY_ALIGNED(page_struct, cpu, 4096));
		CHECK(IS_COPY_ALIGNED(declared_page, cpu, 4096));
	}
	return 0;
}

/* The running CPU's copy, by each name for it. */
static int ways_to_a_copy(void)
{
	int cpu = get_cpu();
	struct shape *shape = &per_cpu(shaped, cpu);

	CHECK(this_cpu_ptr(&shaped) == shape);
	CHECK(raw_cpu_ptr(&shaped) == shape);
	CHECK(per_cpu_ptr(&shaped, cpu) == shape);
	CHECK(&get_cpu_var(shaped) == shape);
	put_cpu_var(shaped);
	CHECK(get_cpu_ptr(&shaped) == shape);
	put_cpu_ptr(&shaped);
	CHECK((unsigned long)shape - (unsigned long)&shaped == per_cpu_offset(cpu));

	get_cpu_var(plain)++;
	put_cpu_var(plain);
	CHECK(per_cpu(plain, cpu) == 43);
	this_cpu_dec(plain);

	this_cpu_ptr(array)[1] = 20;
	CHECK(__this_cpu_read(array[1]) == 20);
	this_cpu_write(array[1], 2);
	this_cpu_add(shaped.numbers[1], 5);
	CHECK(shape->numbers[1] == 13 && shape->numbers[0] == 7 && shape->numbers[2] == 9);
	this_cpu_sub(shaped.numbers[1], 5);
	this_cpu_inc(shaped.limits.low);
	CHECK(shape->limits.low == 2 && shape->limits.high == 2);
	this_cpu_dec(shaped.limits.low);
	put_cpu();
	return 0;
}

static int pointers_to_static_ones(void)
{
	int __percpu *handle = &plain;

	OPTIMIZER_HIDE_VAR(handle);
	CHECK(this_cpu_ptr(handle) == this_cpu_ptr(&plain));
	CHECK(*this_cpu_ptr(handle) == 42);
	return 0;
}

static int allocates(void)
{
	struct shape __percpu *shapes = alloc_percpu(struct shape);
	int cpu;

	CHECK(shapes);
	for_each_possible_cpu(cpu) {
		struct shape *shape = per_cpu_ptr(shapes, cpu);

		CHECK(!shape->tag && !shape->numbers[2] && !shape->limits.high);
		CHECK(IS_ALIGNED((unsigned long)shape, __alignof__(struct shape)));
		shape->numbers[2] = 100 + cpu;
	}
	for_each_possible_cpu(cpu)
		CHECK(per_cpu_ptr(shapes, cpu)->numbers[2] == 100 + cpu);
	this_cpu_inc(shapes->numbers[2]);
	CHECK(this_cpu_read(shapes->numbers[2]) == 101 + smp_processor_id());
	get_cpu_ptr(shapes)->tag = 'y';
	put_cpu_ptr(shapes);
	CHECK(raw_cpu_ptr(shapes)->tag == 'y');
	free_percpu(shapes);
	return 0;
}

static int allocates_by_size(void)
{
	char __percpu *bytes = __alloc_percpu(1000, 256);
	int cpu, at;

	CHECK(bytes);
	for_each_possible_cpu(cpu) {
		CHECK(IS_ALIGNED((unsigned long)per_cpu_ptr(bytes, cpu), 256));
		for (at = 0; at < 1000; at++)
			CHECK(per_cpu_ptr(bytes, cpu)[at] == 0);
	}
	free_percpu(bytes);
	return 0;
}

static int allocates_with_flags(void)
{
	u64 __percpu *waiting = alloc_percpu_gfp(u64, GFP_KERNEL);
	u64 __percpu *atomic = alloc_percpu_gfp(u64, GFP_ATOMIC);
	u64 __percpu *sized = __alloc_percpu_gfp(24, 8, GFP_KERNEL);

	CHECK(waiting && atomic && sized);
	CHECK(waiting != atomic && atomic != sized);
	CHECK(this_cpu_inc_return(*atomic) == 1 && this_cpu_read(*waiting) == 0);
	free_percpu(waiting);
	free_percpu(atomic);
	free_percpu(sized);
	free_percpu(NULL);
	return 0;
}

/* From an interrupt handler's place: interruptions are off. */
static int allocates_where_nobody_waits(void)
{
	int __percpu *numbers = alloc_percpu_gfp(int, GFP_ATOMIC);

	CHECK(numbers);
	CHECK(this_cpu_add_return(*numbers, 3) == 3);
	free_percpu(numbers);
	return 0;
}

static int physical_addresses(void)
{
	u64 __percpu *pair = __alloc_percpu(16, 16);
	int cpu;

	CHECK(pair);
	for_each_possible_cpu(cpu) {
		phys_addr_t one = per_cpu_ptr_to_phys(per_cpu_ptr(pair, cpu));

		CHECK(one && IS_ALIGNED(one, 16));
		CHECK(per_cpu_ptr_to_phys(per_cpu_ptr(pair + 1, cpu)) == one + 8);
	}
	CHECK(per_cpu_ptr_to_phys(per_cpu_ptr(pair, 0)) != per_cpu_ptr_to_phys(this_cpu_ptr(&plain)));
	free_percpu(pair);
	return 0;
}

/* A module's variables aren't the kernel's. */
static int whose_address(void)
{
	int __percpu *numbers = alloc_percpu(int);
	int local;

	CHECK(numbers);
	CHECK(!is_kernel_percpu_address((unsigned long)this_cpu_ptr(&plain)));
	CHECK(!is_kernel_percpu_address((unsigned long)this_cpu_ptr(numbers)));
	CHECK(!is_kernel_percpu_address((unsigned long)&local));
	free_percpu(numbers);
	return 0;
}

CTESTS(ONCE(initial_values), ONCE(alignment), ON_EACH_CPU(ways_to_a_copy),
       ON_EACH_CPU(pointers_to_static_ones), ONCE(allocates), ONCE(allocates_by_size),
       ONCE(allocates_with_flags), ON_EACH_CPU(allocates_where_nobody_waits),
       ONCE(physical_addresses), ONCE(whose_address));
