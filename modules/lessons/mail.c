/*
 * The function of the mail, for its listing: a static per-CPU variable, read without
 * the GOTENT indirection. Never loaded; the section has the name that it had in 2009.
 */
#include <linux/percpu.h>

static __attribute__((section(".data.percpu"))) unsigned long hits;

unsigned long test_fn(void);
unsigned long test_fn(void)
{
	return *RELOC_HIDE(&hits, __my_cpu_offset);
}
