/*
 * What the clock calls, what runs later, and where, who waits for a condition, and stacks:
 * timer, interrupt's tasklets, workqueue, wait, unwind.
 */
#include <asm/unwind.h>
#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
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

static int a_timer_rings_on_the_cpu_it_is_for(void)
{
	static struct rings rings;
	int cpu;

	for_each_online_cpu(cpu) {
		rings.left = 1;
		init_completion(&rings.done);
		timer_setup(&rings.timer, ring, 0);
		rings.timer.expires = jiffies + 1;
		add_timer_on(&rings.timer, cpu);
		wait_for_completion(&rings.done);
		CHECK(rings.cpu == cpu && !timer_pending(&rings.timer));
	}
	return 0;
}

static int soon, by_number;

static void run_soon(struct tasklet_struct *tasklet)
{
	soon += in_interrupt() ? 1 : 100;
	if (soon == 1)
		tasklet_schedule(tasklet);
}

static void run_by_number(unsigned long number)
{
	by_number += number;
}

static int tasklets_run_soon(void)
{
	static DECLARE_TASKLET(tasklet, run_soon);
	static DECLARE_TASKLET_OLD(old, run_by_number);
	static struct tasklet_struct made;
	unsigned long flags;

	soon = by_number = 0;
	/* Twice asked for, once run; and once more, as it asks itself. */
	local_irq_save(flags);
	tasklet_schedule(&tasklet);
	tasklet_schedule(&tasklet);
	local_irq_restore(flags);
	while (READ_ONCE(soon) < 2)
		schedule();
	tasklet_kill(&tasklet);
	CHECK(soon == 2);
	/* One that is kept from it runs when it may. */
	tasklet_init(&made, run_by_number, 3);
	tasklet_disable(&made);
	tasklet_schedule(&made);
	msleep(30);
	CHECK(by_number == 0);
	tasklet_enable(&made);
	tasklet_kill(&made);
	old.data = 4;
	tasklet_hi_schedule(&old);
	tasklet_kill(&old);
	CHECK(by_number == 7);
	return 0;
}

struct job {
	int number, ran, cpu;
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
	job->cpu = raw_smp_processor_id();
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

static DEFINE_PER_CPU(struct job, job_here);

static int works_run_where_they_are_queued(void)
{
	struct workqueue_struct *queue = alloc_workqueue("one", 0, 1);
	int cpu, count = 0;

	CHECK(queue);
	atomic_set(&jobs_done, 0);
	for_each_online_cpu(cpu) {
		struct job *job = per_cpu_ptr(&job_here, cpu);

		*job = (struct job){ .cpu = -1, .sleeps = cpu % 2 };
		INIT_WORK(&job->work, do_job);
		CHECK(queue_work_on(cpu, queue, &job->work));
		/* Each has a thread, of which there are 64. */
		if (++count % 32 == 0)
			flush_workqueue(queue);
	}
	flush_workqueue(queue);
	for_each_online_cpu(cpu)
		CHECK(per_cpu(job_here, cpu).cpu == cpu);
	CHECK(atomic_read(&jobs_done) == count);
	destroy_workqueue(queue);
	/* By the kernel's own queue. */
	cpu = cpumask_last(cpu_online_mask);
	per_cpu(job_here, cpu).cpu = -1;
	CHECK(schedule_work_on(cpu, &per_cpu(job_here, cpu).work));
	flush_work(&per_cpu(job_here, cpu).work);
	CHECK(per_cpu(job_here, cpu).cpu == cpu && atomic_read(&jobs_done) == count + 1);
	return 0;
}

static atomic_t at_once = ATOMIC_INIT(0);
static int most_at_once, times;

static void runs_alone(struct work_struct *work)
{
	(void)work;
	if (atomic_inc_return(&at_once) > most_at_once)
		most_at_once = atomic_read(&at_once);
	WRITE_ONCE(times, times + 1);
	msleep(3);
	atomic_dec(&at_once);
}

static int a_work_runs_once_at_a_time(void)
{
	static DECLARE_WORK(work, runs_alone);
	int cpu = cpumask_last(cpu_online_mask);

	most_at_once = times = 0;
	CHECK(schedule_work(&work));
	while (!READ_ONCE(times))
		schedule();
	/* While it runs; there are threads enough. */
	CHECK(schedule_work(&work));
	flush_work(&work);
	CHECK(times == 2 && most_at_once == 1);
	CHECK(schedule_work(&work));
	while (READ_ONCE(times) < 3)
		schedule();
	CHECK(schedule_work_on(cpu, &work));
	flush_work(&work);
	CHECK(times == 4 && most_at_once == 1);
	return 0;
}

static struct work_struct reused;
static bool other_ran, first_saw_it, first_ended;

static void other_work(struct work_struct *work)
{
	(void)work;
	WRITE_ONCE(other_ran, true);
}

static void makes_its_place_anothers(struct work_struct *work)
{
	int tries;

	INIT_WORK(work, other_work);
	schedule_work(work);
	for (tries = 0; !READ_ONCE(other_ran) && tries < 1000; tries++)
		msleep(1);
	first_saw_it = READ_ONCE(other_ran);
	smp_store_release(&first_ended, true);
}

/* As one that frees itself, and another that is allocated there. */
static int another_work_in_its_place_waits_for_nobody(void)
{
	other_ran = first_saw_it = first_ended = false;
	INIT_WORK(&reused, makes_its_place_anothers);
	CHECK(schedule_work(&reused));
	while (!smp_load_acquire(&first_ended))
		schedule();
	CHECK(first_saw_it);
	flush_work(&reused);
	return 0;
}

static DEFINE_PER_CPU(int, visits);

static void visit(struct work_struct *work)
{
	(void)work;
	msleep(1);
	__this_cpu_inc(visits);
}

static int each_cpu_is_visited(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(visits, cpu) = 0;
	CHECK(schedule_on_each_cpu(visit) == 0);
	for_each_possible_cpu(cpu)
		CHECK(per_cpu(visits, cpu) == (cpu_online(cpu) ? 1 : 0));
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

static void note_the_cpu(struct work_struct *work)
{
	(void)to_delayed_work(work);
	WRITE_ONCE(of_timer.cpu, raw_smp_processor_id());
}

static int delayed_works_run_where_they_are_for(void)
{
	static struct delayed_work delayed;
	int cpu = cpumask_last(cpu_online_mask);

	of_timer.cpu = -1;
	INIT_DELAYED_WORK(&delayed, note_the_cpu);
	CHECK(schedule_delayed_work_on(cpu, &delayed, 1));
	while (READ_ONCE(of_timer.cpu) < 0)
		schedule();
	CHECK(of_timer.cpu == cpu);
	/* Before it is due. */
	of_timer.cpu = -1;
	CHECK(schedule_delayed_work_on(cpu, &delayed, 100 * HZ));
	flush_delayed_work(&delayed);
	CHECK(of_timer.cpu == cpu);
	return 0;
}

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int opened, looks;

/* Opens when somebody waits, who has looked and found it shut. */
static int opens(void *data)
{
	while (!waitqueue_active(&queue) || !READ_ONCE(looks))
		schedule();
	WRITE_ONCE(opened, 1);
	wake_up(&queue);
	return data != NULL;
}

static int is_open(void)
{
	int found = READ_ONCE(opened);

	WRITE_ONCE(looks, looks + 1);
	return found;
}

static int conditions_are_waited_for(void)
{
	struct task_struct *thread;

	opened = looks = 0;
	thread = kthread_run(opens, NULL, "opens");
	CHECK(!IS_ERR(thread));
	wait_event(queue, is_open());
	CHECK(opened && looks > 1 && kthread_stop(thread) == 0 && !waitqueue_active(&queue));
	CHECK(wait_event_timeout(queue, opened == 2, 2) == 0);
	CHECK(wait_event_interruptible_timeout(queue, opened == 1, 2) > 0);
	CHECK(wait_event_interruptible(queue, opened) == 0);
	return 0;
}

static int waiters_say_so_themselves(void)
{
	struct task_struct *thread;
	DEFINE_WAIT(wait);

	opened = looks = 0;
	thread = kthread_run(opens, NULL, "opens");
	CHECK(!IS_ERR(thread) && !waitqueue_active(&queue));
	for (;;) {
		prepare_to_wait(&queue, &wait, TASK_INTERRUPTIBLE);
		if (is_open())
			break;
		schedule();
	}
	finish_wait(&queue, &wait);
	CHECK(looks > 1 && !waitqueue_active(&queue) && kthread_stop(thread) == 0);
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
       ONCE(a_timer_rings_on_the_cpu_it_is_for), ONCE(tasklets_run_soon), ONCE(works_run_later),
       ONCE(an_ordered_queue_keeps_its_order), ONCE(works_run_where_they_are_queued),
       ONCE(a_work_runs_once_at_a_time), ONCE(another_work_in_its_place_waits_for_nobody),
       ONCE(each_cpu_is_visited), ONCE(interruptions_leave_work_for_later),
       ONCE(delayed_works_wait), ONCE(delayed_works_run_where_they_are_for),
       ONCE(conditions_are_waited_for), ONCE(waiters_say_so_themselves),
       ONCE(callers_have_names));
