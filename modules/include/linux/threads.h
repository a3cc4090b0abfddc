#ifndef __LINUX_THREADS_H
#define __LINUX_THREADS_H

/* Most CPUs that can have a number; the kernel's own limit (smp::MAX). */
#define NR_CPUS 256

#endif
