/* Lists of functions that want to know: the highest priority first, equal ones as they came. */
#ifndef __LINUX_NOTIFIER_H
#define __LINUX_NOTIFIER_H

#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

struct notifier_block;
typedef int (*notifier_fn_t)(struct notifier_block *block, unsigned long action, void *data);

struct notifier_block {
	notifier_fn_t notifier_call;
	struct notifier_block *next;
	int priority;
};

#define NOTIFY_DONE 0x0000
#define NOTIFY_OK 0x0001
#define NOTIFY_STOP_MASK 0x8000
#define NOTIFY_BAD (NOTIFY_STOP_MASK | 0x0002)
#define NOTIFY_STOP (NOTIFY_OK | NOTIFY_STOP_MASK)

static inline int notifier_from_errno(int error)
{
	return error ? NOTIFY_STOP_MASK | (NOTIFY_OK - error) : NOTIFY_OK;
}

static inline int notifier_to_errno(int result)
{
	result &= ~NOTIFY_STOP_MASK;
	return result > NOTIFY_OK ? NOTIFY_OK - result : 0;
}

struct raw_notifier_head {
	struct notifier_block *head;
};

#define RAW_NOTIFIER_INIT(name) { .head = NULL }
#define RAW_NOTIFIER_HEAD(name) struct raw_notifier_head name = RAW_NOTIFIER_INIT(name)
#define RAW_INIT_NOTIFIER_HEAD(name) ((void)((name)->head = NULL))

static inline int raw_notifier_chain_register(struct raw_notifier_head *chain,
					      struct notifier_block *block)
{
	struct notifier_block **at = &chain->head;

	while (*at && (*at)->priority >= block->priority) {
		if (*at == block)
			return -EEXIST;
		at = &(*at)->next;
	}
	block->next = *at;
	WRITE_ONCE(*at, block);
	return 0;
}

static inline int raw_notifier_chain_unregister(struct raw_notifier_head *chain,
						struct notifier_block *block)
{
	struct notifier_block **at;

	for (at = &chain->head; *at; at = &(*at)->next)
		if (*at == block) {
			WRITE_ONCE(*at, block->next);
			return 0;
		}
	return -ENOENT;
}

static inline int raw_notifier_call_chain(struct raw_notifier_head *chain, unsigned long action,
					  void *data)
{
	struct notifier_block *block = READ_ONCE(chain->head), *next;
	int result = NOTIFY_DONE;

	for (; block && !(result & NOTIFY_STOP_MASK); block = next) {
		next = block->next;
		result = block->notifier_call(block, action, data);
	}
	return result;
}

/* The same under a lock of the chain. */
#define __define_notifier(kind, lock_type, lock_it, unlock_it)                    \
	struct kind##_notifier_head {                                             \
		lock_type lock;                                                   \
		struct raw_notifier_head chain;                                   \
	};                                                                        \
	static inline int kind##_notifier_chain_register(                         \
		struct kind##_notifier_head *head, struct notifier_block *block)  \
	{                                                                         \
		int result;                                                       \
										  \
		lock_it(&head->lock);                                             \
		result = raw_notifier_chain_register(&head->chain, block);        \
		unlock_it(&head->lock);                                           \
		return result;                                                    \
	}                                                                         \
	static inline int kind##_notifier_chain_unregister(                       \
		struct kind##_notifier_head *head, struct notifier_block *block)  \
	{                                                                         \
		int result;                                                       \
										  \
		lock_it(&head->lock);                                             \
		result = raw_notifier_chain_unregister(&head->chain, block);      \
		unlock_it(&head->lock);                                           \
		return result;                                                    \
	}                                                                         \
	static inline int kind##_notifier_call_chain(                             \
		struct kind##_notifier_head *head, unsigned long action, void *data) \
	{                                                                         \
		int result;                                                       \
										  \
		lock_it(&head->lock);                                             \
		result = raw_notifier_call_chain(&head->chain, action, data);     \
		unlock_it(&head->lock);                                           \
		return result;                                                    \
	}
__define_notifier(atomic, spinlock_t, spin_lock, spin_unlock)
__define_notifier(blocking, struct mutex, mutex_lock, mutex_unlock)

#define ATOMIC_NOTIFIER_HEAD(name) struct atomic_notifier_head name = { { 0 }, { NULL } }
#define BLOCKING_NOTIFIER_HEAD(name) struct blocking_notifier_head name = { { { 0 } }, { NULL } }

#endif
