/*
 * "The trick with GOTENT introduced an indirection which hid the problem."
 *
 * The assembler's operand names the symbol, and asks for its slot of the global
 * offset table: R_390_GOTENT. The slot lies beside the module and holds all 64 bits
 * of the handle.
 */
#include "lesson.h"

static PLAIN_PER_CPU unsigned long hits;
HANDLE(hits)

/* With "X" any operand will do: the compiler writes the symbol's name. */
#define SHIFT_BY_GOT(ptr, offset)                                                 \
	({                                                                        \
		unsigned long __address;                                          \
		__asm__("larl %0,%1@GOTENT" : "=a"(__address) : "X"(ptr));        \
		(typeof(ptr))(*(unsigned long *)__address + (offset));            \
	})

static noinline unsigned long *mine(void)
{
	return SHIFT_BY_GOT(&hits, __my_cpu_offset);
}

LESSON("the slot holds the handle");
