/* CPUs come and never go: what keeps them from going has nothing to do. */
#ifndef __LINUX_CPU_H
#define __LINUX_CPU_H

#include <linux/cpumask.h>
#include <linux/smp.h>

#define cpus_read_lock() do { } while (0)
#define cpus_read_unlock() do { } while (0)
#define cpus_read_trylock() 1
#define get_online_cpus() cpus_read_lock()
#define put_online_cpus() cpus_read_unlock()
#define lockdep_assert_cpus_held() do { } while (0)

#define cpuhp_setup_state(arguments...) ((int)__unsupported(cpuhp_setup_state))
#define cpuhp_remove_state(state) ((void)__unsupported(cpuhp_remove_state))

#endif
