/*
 * Suites of KUnit: each form of EXPECT and ASSERT holds; with `wrong` some don't, and fail
 * their cases. Compiles for Linux, too.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/slab.h>

static bool wrong;
module_param(wrong, bool, 0);

static int begun;

static void numbers(struct kunit *test)
{
	int five = wrong ? 6 : 5;

	KUNIT_EXPECT_TRUE(test, begun > 0);
	KUNIT_EXPECT_FALSE(test, begun < 0);
	KUNIT_EXPECT_EQ(test, five, 5);
	KUNIT_EXPECT_NE(test, five, 4);
	KUNIT_EXPECT_LT(test, five, 7);
	KUNIT_EXPECT_LE(test, five, 6);
	KUNIT_EXPECT_GT(test, five, 4);
	KUNIT_EXPECT_GE(test, five, 5);
	KUNIT_EXPECT_EQ_MSG(test, 2 * 3, 6, "with %d", 3);
	KUNIT_SUCCEED(test);
}

static void texts_and_pointers(struct kunit *test)
{
	const char *text = "text";
	char *block;

	KUNIT_EXPECT_STREQ(test, text, "text");
	KUNIT_EXPECT_STRNEQ(test, text, "other");
	KUNIT_EXPECT_PTR_EQ(test, text, text);
	KUNIT_EXPECT_PTR_NE(test, (const void *)text, (const void *)test);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, text);
	block = kunit_kzalloc(test, 16, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, block);
	KUNIT_EXPECT_EQ(test, block[15], 0);
}

static int behind;

/* What comes behind an ASSERT that doesn't hold isn't run. */
static void asserts(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, behind, 0);
	KUNIT_ASSERT_TRUE_MSG(test, !wrong, "as asked for");
	behind++;
}

static void what_was_behind(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, behind, wrong ? 0 : 1);
}

static void skipped(struct kunit *test)
{
	kunit_skip(test, "never run");
	KUNIT_FAIL(test, "behind a skip");
}

static const int squares[] = { 1, 4, 9 };

static void describe(const int *square, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE, "%d", *square);
}

KUNIT_ARRAY_PARAM(squares, squares, describe);

static void each_square(struct kunit *test)
{
	const int *square = test->param_value;
	int root;

	for (root = 1; root * root < *square; root++)
		;
	KUNIT_EXPECT_EQ(test, root * root, *square);
}

static int before_each(struct kunit *test)
{
	begun++;
	test->priv = &begun;
	return 0;
}

static void after_each(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, test->priv, (void *)&begun);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(numbers),
	KUNIT_CASE(texts_and_pointers),
	KUNIT_CASE(asserts),
	KUNIT_CASE(what_was_behind),
	KUNIT_CASE(skipped),
	KUNIT_CASE_PARAM(each_square, squares_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "c_kunit",
	.init = before_each,
	.exit = after_each,
	.test_cases = cases,
};
kunit_test_suites(&suite);

MODULE_LICENSE("GPL");
