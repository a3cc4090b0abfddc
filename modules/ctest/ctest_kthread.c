/* Threads, and who waits for them: kthread, rwsem, semaphore, completion, rcupdate. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
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

static int stores_cpu(void *data)
{
	*(int *)data = smp_processor_id();
	return 0;
}

static int threads_run_where_they_are_bound(void)
{
	int cpu;

	for_each_online_cpu(cpu) {
		int first = -1, second = -1;
		struct task_struct *bound = kthread_create(stores_cpu, &first, "bound");
		struct task_struct *on_cpu = kthread_create_on_cpu(stores_cpu, &second, cpu, "on/%u");

		CHECK(!IS_ERR(bound) && !IS_ERR(on_cpu));
		kthread_bind(bound, cpu);
		wake_up_process(bound);
		wake_up_process(on_cpu);
		CHECK(on_cpu->comm[3] == '0' + cpu % 10 || cpu > 9);
		while (READ_ONCE(first) < 0 || READ_ONCE(second) < 0)
			schedule();
		CHECK(kthread_stop(bound) == 0 && kthread_stop(on_cpu) == 0);
		CHECK(first == cpu && second == cpu);
	}
	return 0;
}

static DEFINE_SEMAPHORE(one_at_a_time);
static struct semaphore seats;
static int inside_now, most_inside;

static int takes_a_seat(void *data)
{
	int at;

	(void)data;
	for (at = 0; at < 50; at++) {
		down(&seats);
		if (down_interruptible(&one_at_a_time))
			return -EINTR;
		if (++inside_now > most_inside)
			most_inside = inside_now;
		up(&one_at_a_time);
		schedule();
		down(&one_at_a_time);
		inside_now--;
		up(&one_at_a_time);
		up(&seats);
	}
	return 0;
}

static int semaphores_count(void)
{
	struct task_struct *threads[5];
	int at;

	sema_init(&seats, 0);
	CHECK(down_trylock(&seats) == 1 && down_timeout(&seats, 2) == -ETIME);
	for (at = 0; at < 5; at++) {
		threads[at] = kthread_run(takes_a_seat, NULL, "seat/%d", at);
		CHECK(!IS_ERR(threads[at]));
	}
	msleep(2);
	CHECK(READ_ONCE(most_inside) == 0);
	up(&seats);
	up(&seats);
	for (at = 0; at < 5; at++)
		CHECK(kthread_stop(threads[at]) == 0);
	CHECK(inside_now == 0 && most_inside >= 1 && most_inside <= 2);
	CHECK(down_trylock(&seats) == 0 && down_timeout(&seats, 2) == 0);
	CHECK(down_trylock(&seats) == 1);
	return 0;
}

static int completes_at_its_end(void *data)
{
	kthread_complete_and_exit(data, 0);
}

static int an_end_completes(void)
{
	DECLARE_COMPLETION_ONSTACK(ended);
	struct task_struct *thread = kthread_create(completes_at_its_end, &ended, "ends");

	CHECK(!IS_ERR(thread));
	wake_up_process(thread);
	wait_for_completion(&ended);
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
       ONCE(threads_run_where_they_are_bound), ONCE(semaphores_count), ONCE(an_end_completes),
       ONCE(a_gate_and_a_mutex_hold_threads), ONCE(a_parked_thread_stands_still),
       ONCE(readers_are_waited_for));
