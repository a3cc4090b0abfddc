/*
 * Frames. Those that fit work at both ends; those that are larger than a stack, of which
 * the kernel's self-test asks for the functions, must meet the guard page first.
 */
#include "ctest.h"

#define FITS 20000

/* Writes both ends of a frame, the lower first: where nothing guards it, that is silent. */
static noinline int touch(volatile char *frame, unsigned long bytes)
{
	frame[0] = 1;
	frame[bytes - 1] = 2;
	return frame[0] + frame[bytes - 1];
}

#define FIXED(bytes)                                                              \
	static noinline int fixed_##bytes(unsigned long unused)                   \
	{                                                                         \
		char frame[bytes];                                                \
										  \
		(void)unused;                                                     \
		return touch(frame, bytes);                                       \
	}

FIXED(20000)
FIXED(70000)
FIXED(100000)
FIXED(300000)
FIXED(1000000)

static noinline int variable_length(unsigned long bytes)
{
	char frame[bytes];

	return touch(frame, bytes);
}

static noinline int by_alloca(unsigned long bytes)
{
	return touch(__builtin_alloca(bytes), bytes);
}

static int fitting(void)
{
	CHECK(fixed_20000(0) == 3 && variable_length(FITS) == 3 && by_alloca(FITS) == 3);
	return 0;
}

/* The functions of large frames, by number; 0 behind the last. Those of a dynamic size
 * take it as their argument. */
unsigned long ctest_stack_frame(unsigned long number);
unsigned long ctest_stack_frame(unsigned long number)
{
	static int (*const functions[])(unsigned long) = {
		variable_length, by_alloca, fixed_70000, fixed_100000, fixed_300000, fixed_1000000,
	};

	return number < ARRAY_SIZE(functions) ? (unsigned long)functions[number] : 0;
}
EXPORT_SYMBOL(ctest_stack_frame);

CTESTS(ONCE(fitting));
