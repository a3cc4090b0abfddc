/*
 * Memory that may not be there: reads and writes of any address that return -EFAULT
 * instead of ending in a fault. There is no user space here.
 */
#ifndef __LINUX_UACCESS_H
#define __LINUX_UACCESS_H

#include <linux/errno.h>
#include <linux/types.h>

/* 0, or -EFAULT: bytes up to the first that can't be reached may have been copied. */
extern long copy_from_kernel_nofault(void *to, const void *from, size_t bytes);
extern long copy_to_kernel_nofault(void *to, const void *from, size_t bytes);

/*
 * Bytes with the NUL, which there always is if any fit; `limit` if the text is longer;
 * -EFAULT.
 */
extern long strncpy_from_kernel_nofault(char *to, const void *from, long limit);

/* Reads *(place) into `value`, of its type; 0 or -EFAULT. */
#define get_kernel_nofault(value, place)                                          \
	({                                                                        \
		const typeof(value) *__local_place__ = (place);                           \
		copy_from_kernel_nofault(&(value), __local_place__, sizeof(value));       \
	})

#define copy_from_user(arguments...) __unsupported(copy_from_user)
#define copy_to_user(arguments...) __unsupported(copy_to_user)

#endif
