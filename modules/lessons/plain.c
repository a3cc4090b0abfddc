/*
 * "A simple RELOC_HIDE gets the job done."
 *
 * The variable is static, so gcc knows that it lies in this object, and takes its
 * address by larl: R_390_PC32DBL, which spans 4 GiB.
 */
#include "lesson.h"

static PLAIN_PER_CPU unsigned long hits;
HANDLE(hits)

static noinline unsigned long *mine(void)
{
	return RELOC_HIDE(&hits, __my_cpu_offset);
}

LESSON("larl reaches the handle");
