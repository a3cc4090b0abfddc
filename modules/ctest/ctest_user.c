/* Uses the per-CPU variables of ctest_provider. */
#include <linux/percpu.h>

#include "ctest.h"

DECLARE_PER_CPU(long, ctest_exported);
DECLARE_PER_CPU_SHARED_ALIGNED(u32[4], ctest_exported_gpl);

static DEFINE_PER_CPU(long, ctest_same_name) = 6;

static int of_another_module(void)
{
	CHECK(this_cpu_add_return(ctest_exported, 2) == 13);
	CHECK(this_cpu_sub_return(ctest_exported, 2) == 11);
	CHECK(this_cpu_inc_return(ctest_exported_gpl[1]) == 3);
	CHECK(this_cpu_ptr(ctest_exported_gpl)[2] == 3);
	this_cpu_dec(ctest_exported_gpl[1]);
	CHECK(this_cpu_read(ctest_same_name) == 6);
	return 0;
}

CTESTS(ON_EACH_CPU(of_another_module));
