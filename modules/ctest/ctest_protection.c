/*
 * Accesses to wherever the kernel's self-test wants, for it to see them refused; and a section of
 * every kind, whose pages it knows.
 */
#include "ctest.h"
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/percpu.h>

static int in_data = 1;
static int in_bss[2];
static const int in_rodata[] = { 1, 2, 3 };
static int sealed __ro_after_init = 1;
static int of_init __initdata = 40;
static DEFINE_PER_CPU(int, in_percpu) = 5;

typedef unsigned long function(unsigned long address);

static noinline unsigned long load(unsigned long address)
{
	return *(volatile unsigned char *)address;
}

static noinline unsigned long store(unsigned long address)
{
	*(volatile unsigned char *)address = 0;
	return 0;
}

static noinline unsigned long jump(unsigned long address)
{
	return ((function *)address)(address) + 1;
}

static noinline int __init only_in_init(int value)
{
	return of_init += value;
}

/* What init may do, it may. */
static int __init is_allowed(void)
{
	sealed = only_in_init(2);
	CHECK(sealed == 42 && in_rodata[2] == 3);
	in_data++;
	in_bss[1] = in_data;
	CHECK(in_bss[1] == 2 && load((unsigned long)&in_bss[1] + 3) == 2);
	CHECK(store((unsigned long)&in_bss[1] + 3) == 0 && in_bss[1] == 0);
	this_cpu_add(in_percpu, 1);
	return 0;
}

/* Loads, stores, jumps, by number; 0 behind the last. */
unsigned long ctest_access_function(unsigned long number);
unsigned long ctest_access_function(unsigned long number)
{
	static function *const functions[] = { load, store, jump };

	return number < ARRAY_SIZE(functions) ? (unsigned long)functions[number] : 0;
}
EXPORT_SYMBOL(ctest_access_function);

CTESTS(ONCE(is_allowed));
