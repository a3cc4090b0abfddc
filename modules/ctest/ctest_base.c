/*
 * The headers that everything rests on: kernel, types, limits, errno, err, string,
 * list, bug, compiler, build_bug, init, export, math64.
 */
#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

#include "ctest.h"

static int types(void)
{
	BUILD_BUG_ON(sizeof(u8) != 1 || sizeof(s8) != 1 || sizeof(u16) != 2 || sizeof(s16) != 2);
	BUILD_BUG_ON(sizeof(u32) != 4 || sizeof(s32) != 4 || sizeof(u64) != 8 || sizeof(s64) != 8);
	BUILD_BUG_ON(sizeof(size_t) != 8 || sizeof(ssize_t) != 8 || sizeof(uintptr_t) != 8);
	BUILD_BUG_ON(sizeof(bool) != 1 || sizeof(gfp_t) != 4 || sizeof(phys_addr_t) != 8);
	BUILD_BUG_ON_MSG((s8)-1 > 0, "s8 is signed");
	BUILD_BUG_ON_NOT_POWER_OF_2(sizeof(u64));
	BUILD_BUG_ON_INVALID(sizeof(int));
	static_assert(sizeof(atomic_t) == 4);
	CHECK(BUILD_BUG_ON_ZERO(0) == 0);
	CHECK(true == 1 && false == 0 && !NULL);
	CHECK(offsetof(struct list_head, prev) == 8);
	CHECK(sizeof_field(struct list_head, prev) == 8);
	return 0;
}

static int limits(void)
{
	CHECK(INT_MAX == 0x7fffffff && INT_MIN == -INT_MAX - 1 && UINT_MAX == 0xffffffffU);
	CHECK(SHRT_MAX == 0x7fff && SHRT_MIN == -0x8000 && USHRT_MAX == 0xffff);
	CHECK(LONG_MAX == 0x7fffffffffffffffL && LONG_MIN == -LONG_MAX - 1);
	CHECK(ULONG_MAX == ~0UL && LLONG_MAX == LONG_MAX && ULLONG_MAX == ~0ULL);
	CHECK(LLONG_MIN == -LLONG_MAX - 1 && SIZE_MAX == ULONG_MAX);
	CHECK(U8_MAX == 255 && S8_MAX == 127 && S8_MIN == -128);
	CHECK(U16_MAX == 0xffff && S16_MAX == 0x7fff && S16_MIN == -0x8000);
	CHECK(U32_MAX == UINT_MAX && S32_MAX == INT_MAX && S32_MIN == INT_MIN);
	CHECK(U64_MAX == ~0ULL && S64_MAX == LLONG_MAX && S64_MIN == LLONG_MIN);
	return 0;
}

static int error_pointers(void)
{
	void *error = ERR_PTR(-ENOMEM);
	int there;

	CHECK(EPERM == 1 && ENOENT == 2 && EIO == 5 && ENOMEM == 12 && EBUSY == 16);
	CHECK(EINVAL == 22 && ERANGE == 34 && ENOSYS == 38 && ETIMEDOUT == 110);
	CHECK(IS_ERR(error) && PTR_ERR(error) == -ENOMEM && IS_ERR_OR_NULL(error));
	CHECK(!IS_ERR(&there) && !IS_ERR_OR_NULL(&there) && IS_ERR_OR_NULL(NULL));
	CHECK(!IS_ERR(NULL) && PTR_ERR_OR_ZERO(&there) == 0);
	CHECK(PTR_ERR_OR_ZERO(error) == -ENOMEM && ERR_CAST(error) == error);
	CHECK(IS_ERR_VALUE((unsigned long)-MAX_ERRNO) && !IS_ERR_VALUE(-MAX_ERRNO - 1UL));
	return 0;
}

struct outer {
	int before;
	struct list_head inner;
};

static int arithmetic(void)
{
	int numbers[7], a = 1, b = 2;
	struct outer outer;

	CHECK(min(3, 4) == 3 && max(3, 4) == 4 && min_t(u8, 255, 1) == 1 && max_t(int, -1, 1U) == 1);
	CHECK(min3(3, 1, 2) == 1 && max3(3, 1, 2) == 3);
	CHECK(clamp(5, 1, 3) == 3 && clamp(0, 1, 3) == 1 && clamp(2, 1, 3) == 2);
	CHECK(clamp_t(int, -5, 0, 9) == 0 && clamp_val(a, 5, 9) == 5);
	swap(a, b);
	CHECK(a == 2 && b == 1);
	CHECK(ARRAY_SIZE(numbers) == 7);
	CHECK(ALIGN(13, 8) == 16 && ALIGN(16, 8) == 16 && ALIGN_DOWN(13, 8) == 8);
	CHECK(IS_ALIGNED(16, 8) && !IS_ALIGNED(12, 8));
	CHECK(PTR_ALIGN((char *)13, 8) == (char *)16);
	CHECK(round_up(13, 8) == 16 && round_down(13, 8) == 8);
	CHECK(roundup(13, 5) == 15 && rounddown(13, 5) == 10 && DIV_ROUND_UP(13, 5) == 3);
	CHECK(abs(-5) == 5 && abs(5) == 5);
	CHECK(upper_32_bits(0x123456789abcdef0ULL) == 0x12345678);
	CHECK(lower_32_bits(0x123456789abcdef0ULL) == 0x9abcdef0);
	CHECK(container_of(&outer.inner, struct outer, inner) == &outer);
	might_sleep();
	cond_resched();
	return 0;
}

static int divisions(void)
{
	u64 large = 0xfedcba9876543210ULL, rest;
	u32 small_rest;
	s32 signed_rest;

	CHECK(div_u64(large, 10) == 1836475854449306472ULL);
	CHECK(div_u64_rem(large, 10, &small_rest) == large / 10 && small_rest == 0);
	CHECK(div_u64_rem(large, U32_MAX, &small_rest) == 0xfedcba99 && small_rest == 0x7530eca9);
	CHECK(div64_u64(large, 1ULL << 60) == 15 && div64_u64(5, large) == 0);
	CHECK(div64_u64_rem(large, 1ULL << 60, &rest) == 15 && rest == 0xedcba9876543210ULL);
	CHECK(div_s64(-7, 2) == -3 && div64_s64(S64_MIN, 2) == S64_MIN / 2);
	CHECK(div_s64_rem(-7, 2, &signed_rest) == -3 && signed_rest == -1);
	CHECK(mul_u32_u32(U32_MAX, U32_MAX) == 0xfffffffe00000001ULL);
	CHECK(DIV64_U64_ROUND_UP(13, 5) == 3 && DIV64_U64_ROUND_UP(15, 5) == 3);
	CHECK(DIV64_U64_ROUND_CLOSEST(12, 5) == 2 && DIV64_U64_ROUND_CLOSEST(13, 5) == 3);
	return 0;
}

static int numbers_from_text(void)
{
	unsigned long long ull;
	long long ll;
	unsigned long ul;
	long l;
	unsigned int ui;
	int i;
	u8 small;
	bool yes;

	CHECK(!kstrtoull("18446744073709551615", 10, &ull) && ull == ULLONG_MAX);
	CHECK(!kstrtoll("-9223372036854775808", 10, &ll) && ll == LLONG_MIN);
	CHECK(!kstrtoul("0x10\n", 0, &ul) && ul == 16);
	CHECK(!kstrtol("-010", 0, &l) && l == -8);
	CHECK(!kstrtouint("4294967295", 10, &ui) && ui == UINT_MAX);
	CHECK(!kstrtoint("-2147483648", 10, &i) && i == INT_MIN);
	CHECK(!kstrtou8("255", 10, &small) && small == 255);
	CHECK(kstrtou8("256", 10, &small) == -ERANGE);
	CHECK(kstrtoint("2147483648", 10, &i) == -ERANGE);
	CHECK(kstrtouint("-1", 10, &ui) == -EINVAL);
	CHECK(kstrtoull("18446744073709551616", 10, &ull) == -ERANGE);
	CHECK(kstrtoint("", 10, &i) == -EINVAL && kstrtoint("1x", 10, &i) == -EINVAL);
	CHECK(!kstrtobool("yes", &yes) && yes && !kstrtobool("off", &yes) && !yes);
	CHECK(kstrtobool("?", &yes) == -EINVAL);
	return 0;
}

static int memory(void)
{
	char buffer[300], other[300];
	int at;

	memset(buffer, 'x', sizeof(buffer));
	CHECK(buffer[0] == 'x' && buffer[299] == 'x');
	memcpy(other, buffer, sizeof(buffer));
	CHECK(memcmp(buffer, other, sizeof(buffer)) == 0);
	other[299] = 'y';
	CHECK(memcmp(buffer, other, sizeof(buffer)) < 0 && memcmp(other, buffer, 300) > 0);
	for (at = 0; at < 300; at++)
		buffer[at] = at;
	memmove(buffer + 3, buffer, 290);
	CHECK(buffer[3] == 0 && buffer[292] == (char)289);
	memmove(buffer, buffer + 3, 290);
	CHECK(buffer[0] == 0 && buffer[289] == (char)289);
	CHECK(memchr(other, 'y', 300) == &other[299] && !memchr(other, 'z', 300));
	memzero_explicit(buffer, sizeof(buffer));
	CHECK(!memchr(buffer, 1, 300) && buffer[299] == 0);
	return 0;
}

static int strings(void)
{
	char buffer[8];
	char *copy;
	const char *text = "one two one";

	CHECK(strlen("") == 0 && strlen(text) == 11 && strnlen(text, 5) == 5 && strnlen("a", 5) == 1);
	CHECK(strcmp("abc", "abc") == 0 && strcmp("abc", "abd") < 0 && strcmp("b", "abc") > 0);
	CHECK(strcmp("ab", "abc") < 0 && strncmp("abc", "abd", 2) == 0 && strncmp("abc", "abd", 3) < 0);
	CHECK(strcasecmp("HeLLo", "hEllO") == 0);
	CHECK(strchr(text, 'o') == text && strrchr(text, 'o') == text + 8 && !strchr(text, 'x'));
	CHECK(strchr(text, 0) == text + 11);
	CHECK(strstr(text, "one") == text && strstr(text, "two") == text + 4);
	CHECK(!strstr(text, "three") && strstr(text, "") == text);
	CHECK(strcpy(buffer, "four") == buffer && !strcmp(buffer, "four"));
	strcat(buffer, &"teen"[2]);
	CHECK(!strcmp(buffer, "fouren"));
	memset(buffer, 'x', sizeof(buffer));
	strncpy(buffer, "ab", sizeof(buffer));
	CHECK(!memcmp(buffer, "ab\0\0\0\0\0\0", 8));
	CHECK(strscpy(buffer, "eleven letters", sizeof(buffer)) == -E2BIG);
	CHECK(!strcmp(buffer, "eleven "));
	CHECK(strscpy(buffer, "short", sizeof(buffer)) == 5 && !strcmp(buffer, "short"));
	CHECK(strlcpy(buffer, "eleven letters", sizeof(buffer)) == 14);
	CHECK(!strcmp(buffer, "eleven "));
	copy = kstrdup(text, GFP_KERNEL);
	CHECK(copy && copy != text && !strcmp(copy, text));
	kfree(copy);
	copy = kmemdup(text, 4, GFP_KERNEL);
	CHECK(copy && !memcmp(copy, "one ", 4));
	kfree(copy);
	return 0;
}

struct entry {
	int number;
	struct list_head link;
};

/* The numbers in order, as one decimal number. */
static int digits(struct list_head *list)
{
	struct entry *entry;
	int all = 0;

	list_for_each_entry(entry, list, link)
		all = all * 10 + entry->number;
	return all;
}

static int lists(void)
{
	struct entry entries[4] = { { .number = 1 }, { .number = 2 }, { .number = 3 }, { .number = 4 } };
	struct entry *entry, *after;
	struct list_head *place, *next;
	LIST_HEAD(list);
	LIST_HEAD(other);
	int at;

	CHECK(list_empty(&list));
	for (at = 0; at < 3; at++)
		list_add_tail(&entries[at].link, &list);
	CHECK(digits(&list) == 123 && !list_empty(&list) && !list_is_singular(&list));
	list_add(&entries[3].link, &list);
	CHECK(digits(&list) == 4123);
	CHECK(list_first_entry(&list, struct entry, link) == &entries[3]);
	CHECK(list_last_entry(&list, struct entry, link) == &entries[2]);
	CHECK(list_next_entry(&entries[3], link) == &entries[0]);
	CHECK(list_prev_entry(&entries[0], link) == &entries[3]);
	CHECK(list_is_first(&entries[3].link, &list) && list_is_last(&entries[2].link, &list));
	list_move(&entries[1].link, &list);
	CHECK(digits(&list) == 2413);
	list_move_tail(&entries[1].link, &list);
	CHECK(digits(&list) == 4132);
	list_del(&entries[0].link);
	CHECK(digits(&list) == 432);
	list_replace(&entries[2].link, &entries[0].link);
	CHECK(digits(&list) == 412);
	INIT_LIST_HEAD(&entries[2].link);
	list_add(&entries[2].link, &other);
	CHECK(list_is_singular(&other));
	list_splice_init(&other, &list);
	CHECK(digits(&list) == 3412 && list_empty(&other));
	at = 0;
	list_for_each_entry_reverse(entry, &list, link)
		at = at * 10 + entry->number;
	CHECK(at == 2143);
	at = 0;
	list_for_each(place, &list)
		at = at * 10 + list_entry(place, struct entry, link)->number;
	CHECK(at == 3412);
	list_for_each_prev(place, &list)
		at--;
	CHECK(at == 3408);
	list_for_each_safe(place, next, &list)
		if (list_entry(place, struct entry, link)->number == 4)
			list_del_init(place);
	CHECK(digits(&list) == 312);
	list_for_each_entry_safe(entry, after, &list, link)
		list_del(&entry->link);
	CHECK(list_empty(&list) && !list_first_entry_or_null(&list, struct entry, link));
	return 0;
}

struct bucket_entry {
	int number;
	struct hlist_node node;
};

static int hash_lists(void)
{
	struct bucket_entry a = { .number = 1 }, b = { .number = 2 }, *entry;
	HLIST_HEAD(bucket);
	int all = 0;

	CHECK(hlist_empty(&bucket));
	INIT_HLIST_NODE(&a.node);
	CHECK(hlist_unhashed(&a.node));
	hlist_add_head(&a.node, &bucket);
	hlist_add_head(&b.node, &bucket);
	hlist_for_each_entry(entry, &bucket, node)
		all = all * 10 + entry->number;
	CHECK(all == 21);
	hlist_del(&b.node);
	hlist_del_init(&a.node);
	CHECK(hlist_empty(&bucket) && hlist_unhashed(&a.node));
	return 0;
}

static int once(void)
{
	static int calls;

	return WARN_ON_ONCE(calls++ < 5);
}

/* The text of the warnings is the self-test's to check. */
static int warnings(void)
{
	int five = 5;

	OPTIMIZER_HIDE_VAR(five);
	CHECK(!WARN_ON(five == 6) && !WARN(five == 6, "never"));
	CHECK(WARN_ON(five == 5));
	CHECK(WARN(five == 5, "five is %d\n", five));
	CHECK(once() && once());
	CHECK(WARN_ONCE(five == 5, "five, once\n"));
	BUG_ON(five == 6);
	if (five == 6)
		BUG();
	return 0;
}

static int accesses(void)
{
	long number = 5;
	u8 small = 6;

	WRITE_ONCE(number, READ_ONCE(number) + 1);
	WRITE_ONCE(small, 7);
	CHECK(READ_ONCE(number) == 6 && READ_ONCE(small) == 7);
	barrier();
	CHECK(likely(number == 6) && !unlikely(number == 7));
	CHECK(__same_type(number, long) && !__same_type(number, int));
	CHECK(RELOC_HIDE(&number, 0) == &number);
	return 0;
}

static int __initdata only_for_init = 5;
static const int __initconst constant_for_init = 6;
static int in_time __ro_after_init;

static int __init called_by_init(void)
{
	return only_for_init + constant_for_init;
}

static noinline __maybe_unused int kept_apart(int number)
{
	return number + 1;
}

/* Runs from init, so init's data is there. */
static int __ref init_sections(void)
{
	in_time = called_by_init();
	CHECK(in_time == 11 && kept_apart(in_time) == 12);
	return 0;
}

int ctest_base_exported(int number);
int ctest_base_exported(int number)
{
	return number * 2;
}
EXPORT_SYMBOL(ctest_base_exported);

static int this_module(void)
{
	CHECK(!strcmp(THIS_MODULE->name, KBUILD_MODNAME));
	return 0;
}

MODULE_AUTHOR("This project");
MODULE_DESCRIPTION("Tests of the basic headers");
MODULE_VERSION("1");
MODULE_ALIAS("ctest_basic");

CTESTS(ONCE(types), ONCE(limits), ONCE(error_pointers), ONCE(arithmetic),
       ONCE(divisions), ONCE(numbers_from_text), ONCE(memory), ONCE(strings), ONCE(lists),
       ONCE(hash_lists), ONCE(warnings), ONCE(accesses), ONCE(init_sections), ONCE(this_module));
