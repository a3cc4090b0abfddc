// SPDX-License-Identifier: MIT
/*
 * What prints, which the runner looks at: bytes, who called whom, and two warnings, behind which
 * code goes on.
 */
#include "answers.h"
#include <linux/types.h>

ANSWERS_OF_OFFERS("lines that the runner looks for; Linux's REFCOUNT_SATURATED");
PRINTS("three: 00000000: 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f");
PRINTS("three: 00000010: 10 11 12");
PRINTS("who_calls_it+0x");
PRINTS("a count of references is wrong: 3");
PRINTS("a copy of 9 bytes to an object of 8");

extern void offered_print_hex_dump(const char *level, const char *prefix, int place, int row,
				   int group, const void *bytes, size_t count, bool as_text);
extern void offered_dump_stack(void);
extern void offered_refcount_warn_saturate(int *count, int way);
extern void offered___copy_overflow(int bytes, unsigned long wanted);

noinline void who_calls_it(void)
{
	offered_dump_stack();
	/* So that this isn't the end, which would leave no frame. */
	barrier();
}

static void ask(void)
{
	u8 bytes[19];
	int count = 0;

	for (unsigned int at = 0; at < sizeof(bytes); at++)
		bytes[at] = at;
	/* 2: each line begins with where it is from the first byte. */
	offered_print_hex_dump(KERN_WARNING, "three: ", 2, 16, 1, bytes, sizeof(bytes), false);
	who_calls_it();
	/* 3: there was nothing left to take away. */
	offered_refcount_warn_saturate(&count, 3);
	ANSWER((u32)count, 0xc0000000);
	offered___copy_overflow(8, 9);
}
ASK(ask);
