/* Nobody keeps a graph of locks here: only what can be asked of a lock itself is checked. */
#ifndef __LINUX_LOCKDEP_H
#define __LINUX_LOCKDEP_H

struct lock_class_key {
};

#define lockdep_set_class(lock, key) do { (void)(key); } while (0)
#define lockdep_assert_held(lock) do { (void)(lock); } while (0)
#define lockdep_assert_irqs_disabled() WARN_ON_ONCE(!irqs_disabled())
#define lockdep_assert_irqs_enabled() WARN_ON_ONCE(irqs_disabled())
#define might_lock(lock) do { (void)(lock); } while (0)

#endif
