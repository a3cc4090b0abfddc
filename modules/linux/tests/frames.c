// SPDX-License-Identifier: MIT
/*
 * Stack frames: a callback that two functions of Linux's lead to calls a third, whose callback
 * shows who called whom. And a WARN, behind which code goes on, and a BUG, behind which it
 * doesn't. tools/runner/tests/guest/linux.rs looks at what is printed.
 */
#include "answers.h"
#include <linux/printk.h>
#include <linux/types.h>

static bool crash;
module_param(crash, bool, 0);

struct submit { u32 flags; void *depend; void (*done)(void *); void *argument, *scribble; };
struct timings { u32 words[33]; };
struct limits { u32 words[36]; };
extern bool v4l2_find_dv_timings_cap(struct timings *, const struct limits *, u32,
				     bool (*)(const struct timings *, void *), void *);
extern u16 v4l2_phys_addr_for_input(u16 address, u8 input);
extern void *async_trigger_callback(struct submit *);
extern void async_tx_quiesce(void **);

static noinline void deepest(void *argument)
{
	(void)argument;
	dump_stack();
}

static noinline bool between(const struct timings *timings, void *argument)
{
	struct submit submit = { .done = deepest };

	(void)timings, (void)argument;
	async_trigger_callback(&submit);
	return true;
}

static int __init start(void)
{
	static struct timings timings;
	static struct limits limits;
	static u64 descriptor[64] = { 2 };
	void *named = descriptor;

	/* What it can show: frames that aren't interlaced. */
	limits.words[13] = 2;
	v4l2_find_dv_timings_cap(&timings, &limits, 0, between, NULL);
	pr_warn("behind the warning: %x\n", v4l2_phys_addr_for_input(0x1000, 0));
	if (crash)
		async_tx_quiesce(&named);
	return 0;
}
module_init(start);
MODULE_LICENSE("MIT");
