/* The end of a run, and what taints a kernel: nothing keeps a list of that here. */
#ifndef __LINUX_PANIC_H
#define __LINUX_PANIC_H

#include <linux/kernel.h>

enum lockdep_ok {
	LOCKDEP_STILL_OK,
	LOCKDEP_NOW_UNRELIABLE,
};

#define TAINT_TEST 18

static inline void add_taint(unsigned int flag, enum lockdep_ok ok)
{
	(void)flag;
	(void)ok;
}

#endif
