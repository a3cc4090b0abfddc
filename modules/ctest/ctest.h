/*
 * A small frame for tests that run in a module's init: on this kernel, where the
 * self-tests load them, and on Linux, against whose headers they compile unchanged.
 *
 *   static int adds(void) { CHECK(1 + 1 == 2); return 0; }
 *   CTESTS(ONCE(adds), ON_EACH_CPU(counts));
 *
 * The last line says how many passed; a failing test makes init fail.
 */
#ifndef CTEST_H
#define CTEST_H

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/smp.h>

struct ctest {
	const char *name;
	int (*run)(void);
	bool on_each_cpu;
};

/* Ends the test with the line and the condition unless it holds. */
#define CHECK(condition)                                                          \
	do {                                                                      \
		if (!(condition)) {                                               \
			pr_err("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			return -EINVAL;                                           \
		}                                                                 \
	} while (0)

#define ONCE(test) { #test, test, false }
/* With interruptions off, on one CPU after the other. */
#define ON_EACH_CPU(test) { #test, test, true }

struct ctest_call {
	const struct ctest *test;
	int result;
};

static void __maybe_unused ctest_call(void *info)
{
	struct ctest_call *call = info;

	call->result = call->test->run();
}

static int __maybe_unused ctest_run(const struct ctest *tests, int count)
{
	int passed = 0;
	int i;

	for (i = 0; i < count; i++) {
		struct ctest_call call = { &tests[i], 0 };
		int cpu;

		if (call.test->on_each_cpu) {
			for_each_online_cpu(cpu) {
				if (!call.result)
					smp_call_function_single(cpu, ctest_call, &call, 1);
			}
		} else {
			ctest_call(&call);
		}
		if (call.result)
			pr_err(KBUILD_MODNAME ": %s failed\n", call.test->name);
		else
			passed++;
	}
	printk(KERN_INFO KBUILD_MODNAME ": %d of %d tests passed\n", passed, count);
	return passed == count ? 0 : -EINVAL;
}

#define CTESTS(tests...)                                                          \
	static const struct ctest ctests[] = { tests };                           \
	static int __init ctest_init(void)                                        \
	{                                                                         \
		return ctest_run(ctests, ARRAY_SIZE(ctests));                     \
	}                                                                         \
	static void __exit ctest_exit(void)                                       \
	{                                                                         \
	}                                                                         \
	module_init(ctest_init);                                                  \
	module_exit(ctest_exit);                                                  \
	MODULE_LICENSE("GPL")

#endif
