/*
 * Jumps to wherever the kernel's self-test wants: by a call, and by the branch that ends a
 * function, after which register 14 is its caller's.
 */
#include "ctest.h"

typedef unsigned long function(unsigned long argument);

/* br %r14, as data. */
static unsigned short code_in_data[] = { 0x07fe };

static noinline unsigned long by_call(unsigned long address)
{
	return ((function *)address)(address) + 1;
}

static noinline unsigned long by_tail(unsigned long address)
{
	return ((function *)address)(address);
}

static noinline unsigned long same(unsigned long argument)
{
	return argument;
}

static int to_code(void)
{
	unsigned long address = (unsigned long)same;

	CHECK(by_call(address) == address + 1 && by_tail(address) == address);
	return 0;
}

/* The jumping functions, by number; 0 behind the last. */
unsigned long ctest_jump_function(unsigned long number);
unsigned long ctest_jump_function(unsigned long number)
{
	static function *const functions[] = { by_call, by_tail };

	return number < ARRAY_SIZE(functions) ? (unsigned long)functions[number] : 0;
}
EXPORT_SYMBOL(ctest_jump_function);

unsigned long ctest_jump_data(unsigned long unused);
unsigned long ctest_jump_data(unsigned long unused)
{
	(void)unused;
	return (unsigned long)code_in_data;
}
EXPORT_SYMBOL(ctest_jump_data);

CTESTS(ONCE(to_code));
