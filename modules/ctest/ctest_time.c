/* What the clock calls, who waits for a condition, and stacks: timer, wait, unwind. */
#include <asm/unwind.h>
#include <linux/completion.h>
#include <linux/kallsyms.h>
#include <linux/kthread.h>
#include <linux/timer.h>
#include <linux/wait.h>

#include "ctest.h"

struct rings {
	int left, rung, cpu;
	struct timer_list timer;
	struct completion done;
};

static void ring(struct timer_list *timer)
{
	struct rings *rings = from_timer(rings, timer, timer);

	rings->cpu = smp_processor_id();
	rings->rung++;
	if (--rings->left)
		mod_timer(timer, jiffies + 1);
	else
		complete(&rings->done);
}

static int a_timer_rings_when_it_is_due(void)
{
	struct rings rings = { .left = 3 };
	unsigned long start = jiffies;

	init_completion(&rings.done);
	timer_setup(&rings.timer, ring, 0);
	CHECK(!timer_pending(&rings.timer));
	CHECK(mod_timer(&rings.timer, start + 2) == 0 && timer_pending(&rings.timer));
	wait_for_completion(&rings.done);
	CHECK(rings.rung == 3 && time_after_eq(jiffies, start + 4));
	CHECK(del_timer_sync(&rings.timer) == 0 && !timer_pending(&rings.timer));
	return 0;
}

static int a_timer_that_is_taken_back_never_rings(void)
{
	struct rings rings = { .left = 1 }, other = { .left = 1 };

	init_completion(&other.done);
	timer_setup(&rings.timer, ring, 0);
	timer_setup(&other.timer, ring, 0);
	rings.timer.expires = jiffies + 1;
	add_timer(&rings.timer);
	CHECK(mod_timer(&other.timer, jiffies + 100 * HZ) == 0);
	CHECK(del_timer(&rings.timer) == 1 && del_timer(&rings.timer) == 0);
	CHECK(mod_timer_pending(&rings.timer, jiffies) == 0);
	/* It rings earlier than it was to. */
	CHECK(mod_timer(&other.timer, jiffies + 3) == 1);
	wait_for_completion(&other.done);
	CHECK(rings.rung == 0 && other.rung == 1);
	return 0;
}

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int opened;

static int opens(void *data)
{
	while (!waitqueue_active(&queue))
		schedule();
	WRITE_ONCE(opened, 1);
	wake_up(&queue);
	return data != NULL;
}

static int conditions_are_waited_for(void)
{
	struct task_struct *thread = kthread_run(opens, NULL, "opens");

	CHECK(!IS_ERR(thread));
	wait_event(queue, READ_ONCE(opened));
	CHECK(opened && kthread_stop(thread) == 0 && !waitqueue_active(&queue));
	CHECK(wait_event_timeout(queue, opened == 2, 2) == 0);
	CHECK(wait_event_interruptible_timeout(queue, opened == 1, 2) > 0);
	CHECK(wait_event_interruptible(queue, opened) == 0);
	return 0;
}

/* Whether its caller's caller, by name, is among the callers. */
static noinline long is_called_by(const char *name, long addend, unsigned long *pointer)
{
	struct unwind_state state;
	char symbol[KSYM_SYMBOL_LEN];
	bool found = false;

	*pointer = current_frame_address();
	unwind_for_each_frame(&state, NULL, NULL, 0) {
		sprint_symbol(symbol, unwind_get_return_address(&state));
		found |= !strncmp(symbol, name, strlen(name)) && symbol[strlen(name)] == '+';
	}
	return found && !unwind_error(&state) ? addend + 1 : 0;
}

static noinline int callers_have_names(void)
{
	unsigned long here = current_frame_address(), there, flags, *at = &there;
	const char *name = "callers_have_names";
	long found = is_called_by(name, 4, at);

	CHECK(found == 5 && there < here && here - there < 0x4000);
	CHECK(is_called_by("no_such_function", 4, &there) == 0);
	local_irq_save(flags);
	found = call_on_stack(3, S390_lowcore.nodat_stack, long, is_called_by, const char *,
			      name, long, 6L, unsigned long *, at);
	local_irq_restore(flags);
	CHECK(found == 7 && (there > here || here - there >= 0x4000));
	return 0;
}

CTESTS(ONCE(a_timer_rings_when_it_is_due), ONCE(a_timer_that_is_taken_back_never_rings),
       ONCE(conditions_are_waited_for), ONCE(callers_have_names));
