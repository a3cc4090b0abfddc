/*
 * What is registered by name, or by what stands for one: a list and a lock. What is in it is its
 * module's, which takes it away again.
 */
#ifndef __LINUX_REGISTRY_H
#define __LINUX_REGISTRY_H

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/mutex.h>

struct registry {
	struct mutex lock;
	struct list_head list;
};
#define REGISTRY(name)                                                            \
	static struct registry name = { .list = LIST_HEAD_INIT(name.list) }

/* Finds the first that is meant; under the lock. */
#define __REGISTERED(registry, entry, member, is_meant)                           \
	({                                                                        \
		typeof(entry) __local_each__, __local_found__ = NULL;                     \
									          \
		list_for_each_entry(__local_each__, &(registry)->list, member) {          \
			entry = __local_each__;                                           \
			if (is_meant) {                                           \
				__local_found__ = __local_each__;                         \
				break;                                            \
			}                                                         \
		}                                                                 \
		__local_found__;                                                          \
	})

/* Sets `entry` to the first for which `is_meant` holds, or to NULL. */
#define LOOK_UP(registry, entry, member, is_meant)                                \
	do {                                                                      \
		mutex_lock(&(registry)->lock);                                    \
		entry = __REGISTERED(registry, entry, member, is_meant);                  \
		mutex_unlock(&(registry)->lock);                                  \
	} while (0)

/* Enters one behind the others, unless there is one, `other`, that `is_same`: -EEXIST. */
#define REGISTER(registry, entry, member, other, is_same)                         \
	({                                                                        \
		typeof(entry) other;                                              \
		int __local_error__ = 0;                                              \
									          \
		mutex_lock(&(registry)->lock);                                    \
		if (__REGISTERED(registry, other, member, is_same))               \
			__local_error__ = -EEXIST;                                    \
		else                                                              \
			list_add_tail(&(entry)->member, &(registry)->list);       \
		mutex_unlock(&(registry)->lock);                                  \
		__local_error__;                                                      \
	})

/* Takes one away; -ENOENT if it isn't there. */
#define UNREGISTER(registry, entry, member)                                       \
	({                                                                        \
		typeof(entry) __local_there__;                                        \
									          \
		mutex_lock(&(registry)->lock);                                    \
		__local_there__ = __REGISTERED(registry, __local_there__, member,             \
					   __local_there__ == (entry));               \
		if (__local_there__)                                                  \
			list_del(&__local_there__->member);                           \
		mutex_unlock(&(registry)->lock);                                  \
		__local_there__ ? 0 : -ENOENT;                                        \
	})

#endif
