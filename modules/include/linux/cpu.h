/* CPUs come and go (cpuhotplug.h), but not while somebody holds cpus_read_lock. */
#ifndef __LINUX_CPU_H
#define __LINUX_CPU_H

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/smp.h>

/* Waits for a CPU that comes or goes. In a callback of a state CPUs are kept as they are. */
extern void cpus_read_lock(void);
extern void cpus_read_unlock(void);
extern bool cpus_read_trylock(void);

#define get_online_cpus() cpus_read_lock()
#define put_online_cpus() cpus_read_unlock()
#define lockdep_assert_cpus_held() do { } while (0)

/* 0 also if it is so already, or a negative error number. */
extern int add_cpu(unsigned int cpu);
extern int remove_cpu(unsigned int cpu);

#endif
