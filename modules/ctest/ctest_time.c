/*
 * What the clock calls, what runs later, who waits for a condition, and stacks: timer,
 * workqueue, wait, unwind.
 */
#include <asm/unwind.h>
#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kallsyms.h>
#include <linux/kthread.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

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
	/* Not on the stack: if a check fails, it is pending still when this returns. */
	static struct rings rings;
	unsigned long start = jiffies;

	rings.left = 3;
	init_completion(&rings.done);
	timer_setup(&rings.timer, ring, 0);
	CHECK(!timer_pending(&rings.timer));
	CHECK(mod_timer(&rings.timer, start + 2) == 0);
	wait_for_completion(&rings.done);
	CHECK(rings.rung == 3 && time_after_eq(jiffies, start + 4));
	CHECK(del_timer_sync(&rings.timer) == 0 && !timer_pending(&rings.timer));
	return 0;
}

static int a_timer_that_is_taken_back_never_rings(void)
{
	static struct rings rings, other;
	unsigned long flags;
	int armed, taken, again;

	rings.left = other.left = 1;
	init_completion(&rings.done);
	init_completion(&other.done);
	timer_setup(&rings.timer, ring, 0);
	timer_setup(&other.timer, ring, 0);
	CHECK(mod_timer(&other.timer, jiffies + 100 * HZ) == 0 && timer_pending(&other.timer));
	/* However late it is by then, it hasn't rung. */
	local_irq_save(flags);
	rings.timer.expires = jiffies + 1;
	add_timer(&rings.timer);
	armed = timer_pending(&rings.timer);
	taken = del_timer(&rings.timer);
	again = del_timer(&rings.timer);
	local_irq_restore(flags);
	CHECK(armed && taken == 1 && again == 0);
	CHECK(mod_timer_pending(&rings.timer, jiffies) == 0);
	/* It rings earlier than it was to. */
	CHECK(mod_timer(&other.timer, jiffies + 3) == 1);
	wait_for_completion(&other.done);
	CHECK(rings.rung == 0 && other.rung == 1);
	return 0;
}

struct job {
	int number, ran;
	bool in_interrupt, sleeps;
	struct task_struct *by;
	struct work_struct work;
};

static atomic_t jobs_done = ATOMIC_INIT(0);

static void do_job(struct work_struct *work)
{
	struct job *job = container_of(work, struct job, work);

	job->in_interrupt = in_interrupt();
	job->by = current;
	if (job->sleeps)
		msleep(3);
	job->ran = atomic_inc_return(&jobs_done);
}

static int works_run_later(void)
{
	struct job job = { .sleeps = true }, others[6];
	int at;

	atomic_set(&jobs_done, 0);
	INIT_WORK(&job.work, do_job);
	CHECK(!work_pending(&job.work) && !flush_work(&job.work));
	CHECK(schedule_work(&job.work));
	for (at = 0; at < 6; at++) {
		others[at] = (struct job){ .number = at };
		INIT_WORK(&others[at].work, do_job);
		CHECK(schedule_work(&others[at].work));
	}
	flush_work(&job.work);
	CHECK(job.ran && !job.in_interrupt && job.by != current && !work_pending(&job.work));
	flush_scheduled_work();
	CHECK(atomic_read(&jobs_done) == 7);
	/* Again, by the same structure; what is taken back never runs. */
	CHECK(schedule_work(&job.work));
	cancel_work_sync(&job.work);
	at = atomic_read(&jobs_done);
	msleep(5);
	CHECK(atomic_read(&jobs_done) == at);
	return 0;
}

static int an_ordered_queue_keeps_its_order(void)
{
	struct workqueue_struct *queue = alloc_ordered_workqueue("ordered", 0);
	struct job jobs[8];
	int at;

	CHECK(queue);
	atomic_set(&jobs_done, 0);
	for (at = 0; at < 8; at++) {
		jobs[at] = (struct job){ .number = at, .sleeps = at % 2 };
		INIT_WORK(&jobs[at].work, do_job);
		CHECK(queue_work(queue, &jobs[at].work));
	}
	destroy_workqueue(queue);
	for (at = 0; at < 8; at++)
		CHECK(jobs[at].ran == at + 1);
	return 0;
}

static bool rung_in_interrupt;
static struct job of_timer;

static void ring_for_work(struct timer_list *timer)
{
	(void)timer;
	rung_in_interrupt = in_interrupt();
	schedule_work(&of_timer.work);
}

static int interruptions_leave_work_for_later(void)
{
	static DEFINE_TIMER(timer, ring_for_work);

	CHECK(!in_interrupt() && in_task());
	local_bh_disable();
	CHECK(in_interrupt() && in_softirq());
	local_bh_enable();
	CHECK(!in_softirq());
	INIT_WORK(&of_timer.work, do_job);
	of_timer.ran = 0;
	mod_timer(&timer, jiffies + 1);
	while (!READ_ONCE(of_timer.ran))
		schedule();
	CHECK(rung_in_interrupt && !of_timer.in_interrupt);
	flush_work(&of_timer.work);
	return 0;
}

static int delayed_works_wait(void)
{
	static struct delayed_work delayed;
	unsigned long start = jiffies;

	INIT_DELAYED_WORK(&delayed, (work_func_t)NULL);
	delayed.work.func = of_timer.work.func;
	CHECK(schedule_delayed_work(&delayed, 100 * HZ) && delayed_work_pending(&delayed));
	CHECK(!schedule_delayed_work(&delayed, 1));
	CHECK(cancel_delayed_work_sync(&delayed) && !delayed_work_pending(&delayed));
	CHECK(!cancel_delayed_work_sync(&delayed));
	CHECK(time_before(jiffies, start + 50 * HZ));
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
       ONCE(works_run_later), ONCE(an_ordered_queue_keeps_its_order),
       ONCE(interruptions_leave_work_for_later), ONCE(delayed_works_wait),
       ONCE(conditions_are_waited_for), ONCE(callers_have_names));
