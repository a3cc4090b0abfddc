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

static short a_short = 8;
module_param(a_short, short, S_IRUGO);
static ushort a_ushort = 9;
module_param(a_ushort, ushort, 0);
static unsigned char a_byte = 10;
module_param(a_byte, byte, 0);
static unsigned long long a_ullong = 11;
module_param(a_ullong, ullong, 0);
static unsigned int a_hexint = 12;
module_param(a_hexint, hexint, 0);
static bool an_invbool = true;
module_param(an_invbool, invbool, 0);
static struct {
	char before;
	int inside;
} __packed packed;
module_param_named(unaligned, packed.inside, int, 0);
static int array[3] = { 1, 2, 3 };
static int count;
module_param_array(array, int, &count, 0444);
static char *texts[2] = { "none", "none" };
module_param_array(texts, charp, NULL, 0);
static char text[8] = "short";
module_param_string(text, text, sizeof(text), 0);
/* Parameters may be called as what .modinfo has. */
static char *name = "world";
module_param(name, charp, 0444);
MODULE_PARM_DESC(name, "Whom to greet");

static int doubled;

static int set_doubled(const char *value, const struct kernel_param *parameter)
{
	int error = param_set_int(value, parameter);

	if (!error && doubled > 100)
		return -ERANGE;
	doubled *= 2;
	return error;
}

static const struct kernel_param_ops doubled_operations = {
	.set = set_doubled,
	.get = param_get_int,
};
module_param_cb(doubled, &doubled_operations, &doubled, 0644);

static int other_types(void)
{
	if (set) {
		CHECK(a_short == SHRT_MIN && a_ushort == USHRT_MAX && a_byte == 255);
		CHECK(a_ullong == ULLONG_MAX && a_hexint == 0xff && !an_invbool);
		CHECK(packed.inside == 14 && packed.before == 0);
		CHECK(array[0] == 7 && array[1] == 8 && array[2] == 3 && count == 2);
		CHECK(!strcmp(texts[0], "a b") && !strcmp(texts[1], "c") && !strcmp(text, "1234567"));
		CHECK(doubled == 42 && !strcmp(name, "you"));
	} else {
		CHECK(a_short == 8 && a_ushort == 9 && a_byte == 10 && a_ullong == 11);
		CHECK(a_hexint == 12 && an_invbool && packed.inside == 0 && array[0] == 1);
		CHECK(count == 0 && !strcmp(texts[1], "none") && !strcmp(text, "short"));
		CHECK(doubled == 0 && !strcmp(name, "world"));
	}
	return 0;
}

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

CTESTS(ONCE(values), ONCE(other_types));
