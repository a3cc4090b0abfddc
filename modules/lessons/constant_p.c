/*
 * "How about doing the following? if (__builtin_constant_p(ptr)) do GOTENT trick; else
 * ..."
 *
 * Is a symbol's address a constant? Not to gcc, which asks whether it knows the value:
 * it folds the question to 0, for static and global variables alike. So the plain way
 * is taken, and larl is back.
 */
#include "lesson.h"

static PLAIN_PER_CPU unsigned long hits;
PLAIN_PER_CPU unsigned long global_hits;
HANDLE(hits)

#define SHIFT_BY_GOT(ptr, offset)                                                 \
	({                                                                        \
		unsigned long __address;                                          \
		__asm__("larl %0,%1@GOTENT" : "=a"(__address) : "X"(ptr));        \
		(typeof(ptr))(*(unsigned long *)__address + (offset));            \
	})
#define SHIFT_PERCPU_PTR_AS_PROPOSED(ptr, offset)                                 \
	(__builtin_constant_p(ptr) ? SHIFT_BY_GOT(ptr, offset) : RELOC_HIDE(ptr, offset))

static noinline unsigned long *mine(void)
{
	return SHIFT_PERCPU_PTR_AS_PROPOSED(&hits, __my_cpu_offset);
}

LESSON("larl reaches the handle");
