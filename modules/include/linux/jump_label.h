/* Keys that are tested as variables: no code is changed while it runs. */
#ifndef __LINUX_JUMP_LABEL_H
#define __LINUX_JUMP_LABEL_H

#include <linux/atomic.h>

struct static_key {
	atomic_t enabled;
};

struct static_key_true {
	struct static_key key;
};

struct static_key_false {
	struct static_key key;
};

#define DEFINE_STATIC_KEY_TRUE(name) struct static_key_true name = { { ATOMIC_INIT(1) } }
#define DEFINE_STATIC_KEY_FALSE(name) struct static_key_false name = { { ATOMIC_INIT(0) } }
#define DECLARE_STATIC_KEY_TRUE(name) extern struct static_key_true name
#define DECLARE_STATIC_KEY_FALSE(name) extern struct static_key_false name

static inline int static_key_count(struct static_key *key)
{
	return atomic_read(&key->enabled);
}

#define static_key_enabled(branch) (static_key_count(&(branch)->key) > 0)
#define static_branch_likely(branch) likely(static_key_enabled(branch))
#define static_branch_unlikely(branch) unlikely(static_key_enabled(branch))
#define static_branch_enable(branch) atomic_set(&(branch)->key.enabled, 1)
#define static_branch_disable(branch) atomic_set(&(branch)->key.enabled, 0)
#define static_branch_inc(branch) atomic_inc(&(branch)->key.enabled)
#define static_branch_dec(branch) atomic_dec(&(branch)->key.enabled)

#endif
