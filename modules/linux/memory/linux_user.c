// SPDX-License-Identifier: MIT
/*
 * Memory of programs. There are none: an address that a test gives out for one is the kernel's,
 * and an access that fails is reported as Linux does it, by the bytes that are left.
 */
#include "../provider.h"
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/uaccess.h>

unsigned long from_user(void *to, const void *from, unsigned long bytes)
{
	return copy_from_kernel_nofault(to, from, bytes) ? bytes : 0;
}
OFFER_AS(raw_copy_from_user, from_user);

unsigned long to_user(void *to, const void *from, unsigned long bytes)
{
	return copy_to_kernel_nofault(to, from, bytes) ? bytes : 0;
}
OFFER_AS(raw_copy_to_user, to_user);

unsigned long clear_user_memory(void *to, unsigned long bytes)
{
	static const char zeros[64];

	while (bytes) {
		unsigned long part = min_t(unsigned long, bytes, sizeof(zeros));

		if (copy_to_kernel_nofault(to, zeros, part))
			break;
		to += part;
		bytes -= part;
	}
	return bytes;
}
OFFER_AS(__clear_user, clear_user_memory);

/* Whether an object may go to a program, or come from it: what is no address ends the run. */
void check_object(const void *object, unsigned long bytes, bool to_program)
{
	unsigned long end = (unsigned long)object + bytes;

	(void)to_program;
	BUG_ON(bytes && (end < (unsigned long)object || (unsigned long)object < 16));
}
OFFER_AS(__check_object_size, check_object);

/* A copy that was compiled to go beyond its object. */
void copy_beyond(int bytes, unsigned long wanted)
{
	WARN(1, "a copy of %lu bytes to an object of %d", wanted, bytes);
}
OFFER_AS(__copy_overflow, copy_beyond);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers copies from and to programs to Linux's modules");
