/* Exports per-CPU variables to ctest_user. */
#include <linux/percpu.h>

#include "ctest.h"

DEFINE_PER_CPU(long, ctest_exported) = 11;
EXPORT_PER_CPU_SYMBOL(ctest_exported);
DEFINE_PER_CPU_SHARED_ALIGNED(u32[4], ctest_exported_gpl) = { 1, 2, 3, 4 };
EXPORT_PER_CPU_SYMBOL_GPL(ctest_exported_gpl);

/* Not exported, and of a name that ctest_user has, too. */
static DEFINE_PER_CPU(long, ctest_same_name) = 5;

static int own(void)
{
	CHECK(this_cpu_read(ctest_exported) == 11);
	CHECK(this_cpu_read(ctest_exported_gpl[3]) == 4);
	CHECK(this_cpu_read(ctest_same_name) == 5);
	return 0;
}

CTESTS(ON_EACH_CPU(own));
