/*
 * Parameters of each type. With `set` the others must be what the self-test gives
 * them, without it their defaults.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "ctest.h"

static bool set;
module_param(set, bool, 0);
MODULE_PARM_DESC(set, "Expect the self-test's values");
static int an_int = -1;
module_param(an_int, int, 0444);
static uint a_uint = 2;
module_param(a_uint, uint, 0444);
static long a_long = -3;
module_param(a_long, long, 0644);
static ulong a_ulong = 4;
module_param(a_ulong, ulong, 0644);
static bool a_bool = true;
module_param(a_bool, bool, 0);
static char *a_charp = "five";
module_param(a_charp, charp, 0);
static int inside = 6;
module_param_named(another_name, inside, int, 0);

static int values(void)
{
	if (set) {
		CHECK(an_int == INT_MIN && a_uint == UINT_MAX && inside == 7);
		CHECK(a_long == LONG_MIN && a_ulong == ULONG_MAX && !a_bool);
		CHECK(!strcmp(a_charp, "text"));
	} else {
		CHECK(an_int == -1 && a_uint == 2 && a_long == -3 && a_ulong == 4 && a_bool);
		CHECK(!strcmp(a_charp, "five") && inside == 6);
	}
	return 0;
}

CTESTS(ONCE(values));
