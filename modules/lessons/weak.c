/*
 * How Linux solved it for s390 (7c756e6e19e7, June 2009): the definition is weak, so
 * another object might have a stronger one, and gcc, under -fPIC, must ask the global
 * offset table. This is what DEFINE_PER_CPU of modules/include does.
 *
 * The price: the symbol is global although the variable is meant to be static.
 */
#include "lesson.h"

extern PLAIN_PER_CPU unsigned long weak_hits;
PLAIN_PER_CPU __weak unsigned long weak_hits;
HANDLE(weak_hits)

static noinline unsigned long *mine(void)
{
	return RELOC_HIDE(&weak_hits, __my_cpu_offset);
}

LESSON("the slot holds the handle");
