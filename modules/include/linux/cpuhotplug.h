/*
 * CPUs come and go. A module registers a state: its startup is called for each CPU that comes,
 * its teardown for each that goes, the states that were registered last going first. One that
 * fails undoes what was called before it, and the CPU stays as it was.
 *
 * States of CPUHP_AP_ONLINE_DYN are called on the CPU itself, in its ordinary context; those of
 * CPUHP_BP_PREPARE_DYN elsewhere, before it is started and after it is stopped. There are no
 * others: Linux has one for each part of its own.
 */
#ifndef __LINUX_CPUHOTPLUG_H
#define __LINUX_CPUHOTPLUG_H

#include <linux/types.h>

enum cpuhp_state {
	CPUHP_INVALID = -1,
	CPUHP_OFFLINE = 0,
	CPUHP_BP_PREPARE_DYN = 0x100,
	CPUHP_BP_PREPARE_DYN_END = CPUHP_BP_PREPARE_DYN + 29,
	CPUHP_AP_ONLINE_DYN = 0x200,
	CPUHP_AP_ONLINE_DYN_END = CPUHP_AP_ONLINE_DYN + 29,
	CPUHP_ONLINE = 0x300,
};

extern int __cpuhp_setup_state(enum cpuhp_state state, const char *name, bool invoke,
			       int (*startup)(unsigned int cpu),
			       int (*teardown)(unsigned int cpu), bool multi_instance);
extern int __cpuhp_setup_state_cpuslocked(enum cpuhp_state state, const char *name, bool invoke,
					  int (*startup)(unsigned int cpu),
					  int (*teardown)(unsigned int cpu),
					  bool multi_instance);
extern void __cpuhp_remove_state(enum cpuhp_state state, bool invoke);
extern void __cpuhp_remove_state_cpuslocked(enum cpuhp_state state, bool invoke);

/* The state's number, or a negative error number; startup was called for each online CPU. */
static inline int cpuhp_setup_state(enum cpuhp_state state, const char *name,
				    int (*startup)(unsigned int cpu),
				    int (*teardown)(unsigned int cpu))
{
	return __cpuhp_setup_state(state, name, true, startup, teardown, false);
}

/* The same, and nothing was called. */
static inline int cpuhp_setup_state_nocalls(enum cpuhp_state state, const char *name,
					    int (*startup)(unsigned int cpu),
					    int (*teardown)(unsigned int cpu))
{
	return __cpuhp_setup_state(state, name, false, startup, teardown, false);
}

/* Both for who holds cpus_read_lock. */
static inline int cpuhp_setup_state_cpuslocked(enum cpuhp_state state, const char *name,
					       int (*startup)(unsigned int cpu),
					       int (*teardown)(unsigned int cpu))
{
	return __cpuhp_setup_state_cpuslocked(state, name, true, startup, teardown, false);
}

static inline int cpuhp_setup_state_nocalls_cpuslocked(enum cpuhp_state state, const char *name,
						       int (*startup)(unsigned int cpu),
						       int (*teardown)(unsigned int cpu))
{
	return __cpuhp_setup_state_cpuslocked(state, name, false, startup, teardown, false);
}

/* Teardown is called for each online CPU; what it returns changes nothing. */
static inline void cpuhp_remove_state(enum cpuhp_state state)
{
	__cpuhp_remove_state(state, true);
}

static inline void cpuhp_remove_state_nocalls(enum cpuhp_state state)
{
	__cpuhp_remove_state(state, false);
}

static inline void cpuhp_remove_state_nocalls_cpuslocked(enum cpuhp_state state)
{
	__cpuhp_remove_state_cpuslocked(state, false);
}

#define cpuhp_setup_state_multi(arguments...) ((int)__unsupported(cpuhp_setup_state_multi))
#define cpuhp_state_add_instance(state, node)                                     \
	((int)__unsupported(cpuhp_state_add_instance))
#define cpuhp_state_remove_instance(state, node)                                  \
	((int)__unsupported(cpuhp_state_remove_instance))

#endif
