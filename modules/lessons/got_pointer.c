/*
 * "The kernel won't compile because the "X" constraint for the GOTENT access needs a
 * symbol and there are quite a few users that pass a pointer."
 *
 * The same macro with a pointer. The compiler writes where the pointer is, a register
 * or memory, and the assembler has no idea what `@GOTENT` means behind that.
 */
#include "lesson.h"

#define SHIFT_BY_GOT(ptr, offset)                                                 \
	({                                                                        \
		unsigned long __address;                                          \
		__asm__("larl %0,%1@GOTENT" : "=a"(__address) : "X"(ptr));        \
		(typeof(ptr))(*(unsigned long *)__address + (offset));            \
	})

unsigned long *copy_of(unsigned long *pointer);
unsigned long *copy_of(unsigned long *pointer)
{
	return SHIFT_BY_GOT(pointer, __my_cpu_offset);
}
