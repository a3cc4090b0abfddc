/* Threads, and who waits for them: kthread, rwsem, completion, rcupdate. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/smp.h>

#include "ctest.h"

struct work {
	int begun, cpu, counted;
	struct completion done;
};

static int until_stopped(void *data)
{
	struct work *work = data;

	work->begun = 1;
	work->cpu = smp_processor_id();
	complete(&work->done);
	while (!kthread_should_stop()) {
		work->counted++;
		msleep(1);
	}
	return smp_processor_id() == work->cpu ? 42 : -1;
}

static int a_thread_runs_until_it_is_stopped(void)
{
	struct work work = { 0 };
	struct task_struct *thread;

	init_completion(&work.done);
	thread = kthread_run(until_stopped, &work, "counts/%d", 7);
	CHECK(!IS_ERR(thread));
	CHECK(strcmp(thread->comm, "counts/7") == 0 && thread->pid != 0);
	CHECK(thread != current && current->pid == 0);
	wait_for_completion(&work.done);
	while (!READ_ONCE(work.counted))
		msleep(1);
	CHECK(kthread_stop(thread) == 42);
	CHECK((work.cpu == smp_processor_id()) == (num_online_cpus() == 1));
	return 0;
}

static int a_thread_that_never_began(void)
{
	struct work work = { 0 };
	struct task_struct *thread = kthread_create(until_stopped, &work, "sleeps");

	CHECK(!IS_ERR(thread));
	msleep(2);
	CHECK(kthread_stop(thread) == -EINTR && !work.begun);
	return 0;
}

static DECLARE_RWSEM(gate);
static DEFINE_MUTEX(counting);
static int passed;

static int passes_the_gate(void *data)
{
	int at;

	(void)data;
	down_read(&gate);
	for (at = 0; at < 100; at++) {
		int seen;

		mutex_lock(&counting);
		seen = passed;
		schedule();
		passed = seen + 1;
		mutex_unlock(&counting);
	}
	up_read(&gate);
	return current->pid;
}

static int a_gate_and_a_mutex_hold_threads(void)
{
	struct task_struct *threads[6];
	int at;

	down_write(&gate);
	for (at = 0; at < 6; at++) {
		threads[at] = kthread_run(passes_the_gate, NULL, "gate/%d", at);
		CHECK(!IS_ERR(threads[at]));
	}
	msleep(2);
	CHECK(passed == 0 && !down_read_trylock(&gate));
	up_write(&gate);
	for (at = 0; at < 6; at++)
		CHECK(kthread_stop(threads[at]) > 0);
	CHECK(passed == 600 && down_write_trylock(&gate));
	up_write(&gate);
	return 0;
}

static int parks(void *data)
{
	int *turns = data;

	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		WRITE_ONCE(*turns, *turns + 1);
		schedule();
	}
	return 0;
}

static int a_parked_thread_stands_still(void)
{
	int turns = 0, then;
	struct task_struct *thread = kthread_run(parks, &turns, "parks");

	CHECK(!IS_ERR(thread) && kthread_park(thread) == 0);
	then = READ_ONCE(turns);
	msleep(2);
	CHECK(READ_ONCE(turns) == then);
	kthread_unpark(thread);
	msleep(2);
	CHECK(kthread_stop(thread) == 0 && turns > then);
	return 0;
}

static bool inside, left;

static int reads(void *data)
{
	(void)data;
	rcu_read_lock();
	WRITE_ONCE(inside, true);
	mdelay(5);
	WRITE_ONCE(left, true);
	rcu_read_unlock();
	return 0;
}

static int readers_are_waited_for(void)
{
	struct task_struct *thread = kthread_run(reads, NULL, "reads");
	struct { int value; struct rcu_head rcu; } *freed = kmalloc(sizeof(*freed), GFP_KERNEL);

	CHECK(!IS_ERR(thread) && freed);
	while (!READ_ONCE(inside))
		schedule();
	synchronize_rcu();
	CHECK(READ_ONCE(left));
	kfree_rcu(freed, rcu);
	CHECK(kthread_stop(thread) == 0);
	return 0;
}

CTESTS(ONCE(a_thread_runs_until_it_is_stopped), ONCE(a_thread_that_never_began),
       ONCE(a_gate_and_a_mutex_hold_threads), ONCE(a_parked_thread_stands_still),
       ONCE(readers_are_waited_for));
