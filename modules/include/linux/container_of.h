#ifndef __LINUX_CONTAINER_OF_H
#define __LINUX_CONTAINER_OF_H

#include <linux/build_bug.h>
#include <linux/stddef.h>

/* The struct that a member lies in. */
#define container_of(ptr, type, member)                                           \
	({                                                                        \
		void *__local_member__ = (void *)(ptr);                                   \
		static_assert(__same_type(*(ptr), ((type *)0)->member) ||         \
				      __same_type(*(ptr), void),                  \
			      "container_of: the pointer is to no such member");  \
		(type *)((char *)__local_member__ - offsetof(type, member));              \
	})

#endif
