/*
 * KUnit: suites of test cases that run when their module is loaded, each reported as a line of
 * KTAP, and to the runner as a sub-test. A case that fails fails the run; the module stays,
 * as in Linux, unless a suite couldn't be begun.
 *
 *   static void adds(struct kunit *test) { KUNIT_EXPECT_EQ(test, 1 + 1, 2); }
 *   static struct kunit_case cases[] = { KUNIT_CASE(adds), {} };
 *   static struct kunit_suite suite = { .name = "sums", .test_cases = cases };
 *   kunit_test_suite(suite);
 *
 * An EXPECT that doesn't hold fails the case, which goes on; an ASSERT ends it.
 */
#ifndef __KUNIT_TEST_H
#define __KUNIT_TEST_H

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#define KUNIT_PARAM_DESC_SIZE 128

enum kunit_status {
	KUNIT_SUCCESS,
	KUNIT_FAILURE,
	KUNIT_SKIPPED,
};

struct kunit_suite;

struct kunit {
	void *priv;
	const char *name;
	const void *param_value;
	int param_index;
	enum kunit_status status;
	char reason[128];
	/* Where an ASSERT goes on: registers 6 to 15. */
	unsigned long end[10];
	struct list_head resources;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *previous, char *description);
	enum kunit_status status;
};

struct kunit_suite {
	const char name[256];
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(function) { .run_case = function, .name = #function }
#define KUNIT_CASE_PARAM(function, generate)                                      \
	{ .run_case = function, .name = #function, .generate_params = generate }
#define KUNIT_CASE_SLOW(function) KUNIT_CASE(function)

/* Each element of an array, one after another. */
#define KUNIT_ARRAY_PARAM(name, array, describe)                                  \
	static const void *name##_gen_params(const void *previous, char *description) \
	{                                                                         \
		typeof((array)[0]) *next = previous ? (typeof(next))previous + 1 : (array); \
										  \
		if (next - (array) >= (long)ARRAY_SIZE(array))                    \
			return NULL;                                              \
		void (*describes)(typeof(next), char *) = describe;               \
		if (describes)                                                    \
			describes(next, description);                             \
		return next;                                                      \
	}

/*
 * setjmp and longjmp of the registers that a function leaves as they were (s390x ELF ABI,
 * "Registers"); modules have no floating-point ones.
 */
__asm__(".pushsection .text.kunit,\"ax\",@progbits\n"
	".balign 8\n"
	".type __kunit_set, @function\n"
	"__kunit_set:\n"
	"	stmg %r6,%r15,0(%r2)\n"
	"	lghi %r2,0\n"
	"	br %r14\n"
	".size __kunit_set, .-__kunit_set\n"
	".type __kunit_jump, @function\n"
	"__kunit_jump:\n"
	"	lmg %r6,%r15,0(%r2)\n"
	"	lghi %r2,1\n"
	"	br %r14\n"
	".size __kunit_jump, .-__kunit_jump\n"
	".popsection\n");
extern int __kunit_set(unsigned long *registers)
	__attribute__((returns_twice, visibility("hidden")));
extern __noreturn void __kunit_jump(unsigned long *registers)
	__attribute__((visibility("hidden")));

/* For the runner: passed, failed or skipped, with a reason where there is one. */
extern void kunit_report(const char *suite, const char *test, int status, const char *reason);

/* Memory that goes with the case. */
struct __kunit_block {
	struct list_head at;
	unsigned long long memory[];
};

static inline void *kunit_kmalloc(struct kunit *test, size_t bytes, gfp_t flags)
{
	struct __kunit_block *block = kmalloc(sizeof(*block) + bytes, flags);

	if (!block)
		return NULL;
	list_add(&block->at, &test->resources);
	return block->memory;
}

#define kunit_kzalloc(test, bytes, flags) kunit_kmalloc(test, bytes, (flags) | __GFP_ZERO)
#define kunit_kmalloc_array(test, count, bytes, flags)                            \
	kunit_kmalloc(test, size_mul(count, bytes), flags)
#define kunit_kcalloc(test, count, bytes, flags)                                  \
	kunit_kzalloc(test, size_mul(count, bytes), flags)

static inline void kunit_kfree(struct kunit *test, const void *memory)
{
	struct __kunit_block *block;

	(void)test;
	if (!memory)
		return;
	block = container_of((void *)memory, struct __kunit_block, memory);
	list_del(&block->at);
	kfree(block);
}

static inline void __kunit_free_all(struct kunit *test)
{
	while (!list_empty(&test->resources))
		kunit_kfree(test, list_first_entry(&test->resources, struct __kunit_block, at)->memory);
}

#define kunit_printk(level, test, format, ...)                                    \
	printk(level "    # %s: " format, (test)->name, ##__VA_ARGS__)
#define kunit_info(test, format, ...) kunit_printk(KERN_INFO, test, format, ##__VA_ARGS__)
#define kunit_warn(test, format, ...) kunit_printk(KERN_WARNING, test, format, ##__VA_ARGS__)
#define kunit_err(test, format, ...) kunit_printk(KERN_ERR, test, format, ##__VA_ARGS__)
#define kunit_log(level, test, format, ...) kunit_printk(level, test, format, ##__VA_ARGS__)

#define kunit_mark_skipped(test, format, ...)                                     \
	do {                                                                      \
		(test)->status = KUNIT_SKIPPED;                                   \
		scnprintf((test)->reason, sizeof((test)->reason), format, ##__VA_ARGS__); \
	} while (0)
#define kunit_skip(test, format, ...)                                             \
	do {                                                                      \
		kunit_mark_skipped(test, format, ##__VA_ARGS__);                  \
		__kunit_end(test);                                                \
	} while (0)

/* Leaves the case: back to where it was called from. */
static noinline __noreturn __maybe_unused void __kunit_end(struct kunit *test)
{
	__kunit_jump(test->end);
}

static __printf(3, 4) __maybe_unused void __kunit_fail(struct kunit *test, const char *place,
							const char *format, ...)
{
	char text[sizeof(test->reason)];
	va_list arguments;

	va_start(arguments, format);
	vscnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	printk(KERN_ERR "    # %s: FAILED at %s: %s\n", test->name, place, text);
	if (test->status != KUNIT_FAILURE)
		scnprintf(test->reason, sizeof(test->reason), "%s: %s", place, text);
	test->status = KUNIT_FAILURE;
}

#define __KUNIT_PLACE __FILE__ ":" __stringify(__LINE__)

/* `fatal` ends the case. What comes behind is a format of the test's own. */
#define __KUNIT_CHECK(test, fatal, condition, failure, arguments, format, ...)    \
	do {                                                                      \
		struct kunit *__local_test__ = (test);                            \
		if (likely(condition))                                            \
			break;                                                    \
		__kunit_fail(__local_test__, __KUNIT_PLACE, failure " " format,   \
			     __KUNIT_ARGUMENTS arguments, ##__VA_ARGS__);         \
		if (fatal)                                                        \
			__kunit_end(__local_test__);                              \
	} while (0)
#define __KUNIT_ARGUMENTS(arguments...) arguments

#define __KUNIT_BOOL(test, fatal, value, wanted, format, ...)                     \
	__KUNIT_CHECK(test, fatal, ((value) ? true : false) == wanted, "%s is to be %s", \
		      (#value, wanted ? "true" : "false"), format, ##__VA_ARGS__)
/* Both are taken once, as numbers; pointers are compared as such. */
#define __KUNIT_BINARY(test, fatal, left, operator, right, format, ...)           \
	do {                                                                      \
		const typeof(left) __local_left__ = (left);                       \
		const typeof(right) __local_right__ = (right);                    \
		__KUNIT_CHECK(test, fatal, __local_left__ operator __local_right__, \
			      "%s " #operator " %s isn't so: %lld, %lld",         \
			      (#left, #right, (long long)__local_left__,          \
			       (long long)__local_right__),                       \
			      format, ##__VA_ARGS__);                             \
	} while (0)
#define __KUNIT_POINTERS(test, fatal, left, operator, right, format, ...)         \
	do {                                                                      \
		const void *__local_left__ = (left);                              \
		const void *__local_right__ = (right);                            \
		__KUNIT_CHECK(test, fatal, __local_left__ operator __local_right__, \
			      "%s " #operator " %s isn't so: %px, %px",           \
			      (#left, #right, __local_left__, __local_right__), format, \
			      ##__VA_ARGS__);                                     \
	} while (0)
#define __KUNIT_TEXTS(test, fatal, left, operator, right, format, ...)            \
	do {                                                                      \
		const char *__local_left__ = (left);                              \
		const char *__local_right__ = (right);                            \
		__KUNIT_CHECK(test, fatal, strcmp(__local_left__, __local_right__) operator 0, \
			      "%s " #operator " %s isn't so: \"%s\", \"%s\"",     \
			      (#left, #right, __local_left__, __local_right__), format, \
			      ##__VA_ARGS__);                                     \
	} while (0)
#define __KUNIT_MEMORY(test, fatal, left, operator, right, bytes, format, ...)    \
	do {                                                                      \
		const void *__local_left__ = (left);                              \
		const void *__local_right__ = (right);                            \
		const size_t __local_bytes__ = (bytes);                           \
		__KUNIT_CHECK(test, fatal,                                        \
			      memcmp(__local_left__, __local_right__, __local_bytes__) operator 0, \
			      "%s " #operator " %s isn't so: %*ph, %*ph",         \
			      (#left, #right, (int)__local_bytes__, __local_left__, \
			       (int)__local_bytes__, __local_right__),            \
			      format, ##__VA_ARGS__);                             \
	} while (0)
#define __KUNIT_POINTER_OK(test, fatal, pointer, format, ...)                     \
	do {                                                                      \
		const void *__local_pointer__ = (pointer);                        \
		__KUNIT_CHECK(test, fatal, !IS_ERR_OR_NULL(__local_pointer__),    \
			      "%s is no pointer but %ld",                         \
			      (#pointer, PTR_ERR(__local_pointer__)), format, ##__VA_ARGS__); \
	} while (0)

#define KUNIT_SUCCEED(test) do { (void)(test); } while (0)
#define KUNIT_FAIL(test, format, ...)                                             \
	__KUNIT_CHECK(test, false, false, "%s", ("fails"), format, ##__VA_ARGS__)
#define KUNIT_FAIL_AND_ABORT(test, format, ...)                                   \
	__KUNIT_CHECK(test, true, false, "%s", ("fails"), format, ##__VA_ARGS__)

#define KUNIT_EXPECT_TRUE(test, value) __KUNIT_BOOL(test, false, value, true, "")
#define KUNIT_EXPECT_TRUE_MSG(test, value, format, ...)                           \
	__KUNIT_BOOL(test, false, value, true, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_FALSE(test, value) __KUNIT_BOOL(test, false, value, false, "")
#define KUNIT_EXPECT_FALSE_MSG(test, value, format, ...)                          \
	__KUNIT_BOOL(test, false, value, false, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_EQ(test, left, right) __KUNIT_BINARY(test, false, left, ==, right, "")
#define KUNIT_EXPECT_EQ_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, false, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_NE(test, left, right) __KUNIT_BINARY(test, false, left, !=, right, "")
#define KUNIT_EXPECT_NE_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, false, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_LT(test, left, right) __KUNIT_BINARY(test, false, left, <, right, "")
#define KUNIT_EXPECT_LT_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, false, left, <, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_LE(test, left, right) __KUNIT_BINARY(test, false, left, <=, right, "")
#define KUNIT_EXPECT_LE_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, false, left, <=, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_GT(test, left, right) __KUNIT_BINARY(test, false, left, >, right, "")
#define KUNIT_EXPECT_GT_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, false, left, >, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_GE(test, left, right) __KUNIT_BINARY(test, false, left, >=, right, "")
#define KUNIT_EXPECT_GE_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, false, left, >=, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_PTR_EQ(test, left, right) __KUNIT_POINTERS(test, false, left, ==, right, "")
#define KUNIT_EXPECT_PTR_EQ_MSG(test, left, right, format, ...)                       \
	__KUNIT_POINTERS(test, false, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_PTR_NE(test, left, right) __KUNIT_POINTERS(test, false, left, !=, right, "")
#define KUNIT_EXPECT_PTR_NE_MSG(test, left, right, format, ...)                       \
	__KUNIT_POINTERS(test, false, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_STREQ(test, left, right) __KUNIT_TEXTS(test, false, left, ==, right, "")
#define KUNIT_EXPECT_STREQ_MSG(test, left, right, format, ...)                       \
	__KUNIT_TEXTS(test, false, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_STRNEQ(test, left, right) __KUNIT_TEXTS(test, false, left, !=, right, "")
#define KUNIT_EXPECT_STRNEQ_MSG(test, left, right, format, ...)                       \
	__KUNIT_TEXTS(test, false, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_MEMEQ(test, left, right, bytes) __KUNIT_MEMORY(test, false, left, ==, right, bytes, "")
#define KUNIT_EXPECT_MEMNEQ(test, left, right, bytes) __KUNIT_MEMORY(test, false, left, !=, right, bytes, "")
#define KUNIT_EXPECT_NULL(test, pointer) KUNIT_EXPECT_PTR_EQ(test, pointer, NULL)
#define KUNIT_EXPECT_NULL_MSG(test, pointer, format, ...)                         \
	KUNIT_EXPECT_PTR_EQ_MSG(test, pointer, NULL, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_NOT_NULL(test, pointer) KUNIT_EXPECT_PTR_NE(test, pointer, NULL)
#define KUNIT_EXPECT_NOT_NULL_MSG(test, pointer, format, ...)                     \
	KUNIT_EXPECT_PTR_NE_MSG(test, pointer, NULL, format, ##__VA_ARGS__)
#define KUNIT_EXPECT_NOT_ERR_OR_NULL(test, pointer) __KUNIT_POINTER_OK(test, false, pointer, "")
#define KUNIT_EXPECT_NOT_ERR_OR_NULL_MSG(test, pointer, format, ...)              \
	__KUNIT_POINTER_OK(test, false, pointer, format, ##__VA_ARGS__)

#define KUNIT_ASSERT_TRUE(test, value) __KUNIT_BOOL(test, true, value, true, "")
#define KUNIT_ASSERT_TRUE_MSG(test, value, format, ...)                           \
	__KUNIT_BOOL(test, true, value, true, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_FALSE(test, value) __KUNIT_BOOL(test, true, value, false, "")
#define KUNIT_ASSERT_FALSE_MSG(test, value, format, ...)                          \
	__KUNIT_BOOL(test, true, value, false, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_EQ(test, left, right) __KUNIT_BINARY(test, true, left, ==, right, "")
#define KUNIT_ASSERT_EQ_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, true, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_NE(test, left, right) __KUNIT_BINARY(test, true, left, !=, right, "")
#define KUNIT_ASSERT_NE_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, true, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_LT(test, left, right) __KUNIT_BINARY(test, true, left, <, right, "")
#define KUNIT_ASSERT_LT_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, true, left, <, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_LE(test, left, right) __KUNIT_BINARY(test, true, left, <=, right, "")
#define KUNIT_ASSERT_LE_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, true, left, <=, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_GT(test, left, right) __KUNIT_BINARY(test, true, left, >, right, "")
#define KUNIT_ASSERT_GT_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, true, left, >, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_GE(test, left, right) __KUNIT_BINARY(test, true, left, >=, right, "")
#define KUNIT_ASSERT_GE_MSG(test, left, right, format, ...)                       \
	__KUNIT_BINARY(test, true, left, >=, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_PTR_EQ(test, left, right) __KUNIT_POINTERS(test, true, left, ==, right, "")
#define KUNIT_ASSERT_PTR_EQ_MSG(test, left, right, format, ...)                       \
	__KUNIT_POINTERS(test, true, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_PTR_NE(test, left, right) __KUNIT_POINTERS(test, true, left, !=, right, "")
#define KUNIT_ASSERT_PTR_NE_MSG(test, left, right, format, ...)                       \
	__KUNIT_POINTERS(test, true, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_STREQ(test, left, right) __KUNIT_TEXTS(test, true, left, ==, right, "")
#define KUNIT_ASSERT_STREQ_MSG(test, left, right, format, ...)                       \
	__KUNIT_TEXTS(test, true, left, ==, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_STRNEQ(test, left, right) __KUNIT_TEXTS(test, true, left, !=, right, "")
#define KUNIT_ASSERT_STRNEQ_MSG(test, left, right, format, ...)                       \
	__KUNIT_TEXTS(test, true, left, !=, right, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_MEMEQ(test, left, right, bytes) __KUNIT_MEMORY(test, true, left, ==, right, bytes, "")
#define KUNIT_ASSERT_MEMNEQ(test, left, right, bytes) __KUNIT_MEMORY(test, true, left, !=, right, bytes, "")
#define KUNIT_ASSERT_NULL(test, pointer) KUNIT_ASSERT_PTR_EQ(test, pointer, NULL)
#define KUNIT_ASSERT_NULL_MSG(test, pointer, format, ...)                         \
	KUNIT_ASSERT_PTR_EQ_MSG(test, pointer, NULL, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_NULL(test, pointer) KUNIT_ASSERT_PTR_NE(test, pointer, NULL)
#define KUNIT_ASSERT_NOT_NULL_MSG(test, pointer, format, ...)                     \
	KUNIT_ASSERT_PTR_NE_MSG(test, pointer, NULL, format, ##__VA_ARGS__)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pointer) __KUNIT_POINTER_OK(test, true, pointer, "")
#define KUNIT_ASSERT_NOT_ERR_OR_NULL_MSG(test, pointer, format, ...)              \
	__KUNIT_POINTER_OK(test, true, pointer, format, ##__VA_ARGS__)

/* Runs a case up to its end, or to an ASSERT that doesn't hold. */
static noinline __maybe_unused void __kunit_call(struct kunit *test, void (*run)(struct kunit *))
{
	if (!__kunit_set(test->end))
		run(test);
}

static __maybe_unused void __kunit_run_once(struct kunit_suite *suite, struct kunit_case *one,
					     struct kunit *test)
{
	int error = suite->init ? suite->init(test) : 0;

	if (error)
		__kunit_fail(test, "init", "of the case: %d", error);
	else
		__kunit_call(test, one->run_case);
	if (suite->exit)
		suite->exit(test);
	__kunit_free_all(test);
}

static __maybe_unused void __kunit_run_case(struct kunit_suite *suite, struct kunit_case *one,
					     int number, int *failed)
{
	char description[KUNIT_PARAM_DESC_SIZE] = "";
	struct kunit test = { .name = one->name };
	const char *directive = "";

	INIT_LIST_HEAD(&test.resources);
	if (!one->generate_params) {
		__kunit_run_once(suite, one, &test);
	} else {
		bool any_failed = false, any_ran = false;

		while ((test.param_value = one->generate_params(test.param_value, description))) {
			test.status = KUNIT_SUCCESS;
			__kunit_run_once(suite, one, &test);
			any_failed |= test.status == KUNIT_FAILURE;
			any_ran |= test.status != KUNIT_SKIPPED;
			test.param_index++;
			printk(KERN_INFO "        %s %d %s%s%s\n",
			       test.status == KUNIT_FAILURE ? "not ok" : "ok", test.param_index,
			       description, test.status == KUNIT_SKIPPED ? " # SKIP " : "",
			       test.status == KUNIT_SKIPPED ? test.reason : "");
		}
		/* As the last one, unless one failed, or ran. */
		if (any_failed)
			test.status = KUNIT_FAILURE;
		else if (any_ran)
			test.status = KUNIT_SUCCESS;
	}
	one->status = test.status;
	if (test.status == KUNIT_SKIPPED)
		directive = " # SKIP ";
	*failed += test.status == KUNIT_FAILURE;
	printk(KERN_INFO "    %s %d %s%s%s\n",
	       test.status == KUNIT_FAILURE ? "not ok" : "ok", number, one->name, directive,
	       test.status == KUNIT_SKIPPED ? test.reason : "");
	kunit_report(suite->name, one->name, test.status,
		     test.status == KUNIT_SUCCESS ? NULL : test.reason);
}

static __maybe_unused int __kunit_run_suite(struct kunit_suite *suite, int number)
{
	int count = 0, failed = 0, at, error;

	while (suite->test_cases[count].run_case)
		count++;
	printk(KERN_INFO "    KTAP version 1\n");
	printk(KERN_INFO "    # Subtest: %s\n", suite->name);
	printk(KERN_INFO "    1..%d\n", count);
	error = suite->suite_init ? suite->suite_init(suite) : 0;
	if (error)
		kunit_report(suite->name, "suite_init", KUNIT_FAILURE, "the suite can't be begun");
	for (at = 0; !error && at < count; at++)
		__kunit_run_case(suite, &suite->test_cases[at], at + 1, &failed);
	if (suite->suite_exit)
		suite->suite_exit(suite);
	printk(KERN_INFO "%s %d %s\n", error || failed ? "not ok" : "ok", number, suite->name);
	return error;
}

static __maybe_unused int __kunit_run_suites(struct kunit_suite **suites, int count)
{
	int at, error = 0;

	printk(KERN_INFO "KTAP version 1\n");
	printk(KERN_INFO "1..%d\n", count);
	for (at = 0; at < count; at++)
		error = __kunit_run_suite(suites[at], at + 1) ?: error;
	return error;
}

/* A module has these once; it has no init of its own, then. */
#define kunit_test_suites(suites...)                                              \
	static int __init __kunit_init(void)                                      \
	{                                                                         \
		struct kunit_suite *all[] = { suites };                           \
										  \
		return __kunit_run_suites(all, ARRAY_SIZE(all));                  \
	}                                                                         \
	static void __exit __kunit_exit(void)                                     \
	{                                                                         \
	}                                                                         \
	module_init(__kunit_init)                                                 \
	module_exit(__kunit_exit)
#define kunit_test_suite(suite) kunit_test_suites(&suite)

#endif
