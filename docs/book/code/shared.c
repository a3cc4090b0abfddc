/*
 * What an increment costs: alone; beside a thread that counts elsewhere; beside one that counts
 * in the same place. Prints nanoseconds for ten thousand increments of each.
 *
 * A round is short, and counts only if both threads ran all the time: then each made about as
 * many increments as the other. On a busy machine many don't. Of those that count, the time is
 * taken that a twentieth of them were below: what others disturb little.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 600
#define COUNT 20000L

/* Far enough apart for any cache. */
static struct { _Alignas(256) long value; } counters[2];
static long *others_counter;
static int stop;

static long nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

static void *other(void *unused)
{
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
		__atomic_fetch_add(others_counter, 1, __ATOMIC_RELAXED);
	return unused;
}

static int compare(const void *left, const void *right)
{
	return (*(const long *)left > *(const long *)right) -
	       (*(const long *)left < *(const long *)right);
}

/* Nanoseconds for ten thousand; 0 if they never ran at once. */
static long cost(int threads, int which)
{
	static long times[ROUNDS];
	int round, found = 0;
	pthread_t thread;

	others_counter = &counters[which].value;
	stop = 0;
	if (threads > 1)
		pthread_create(&thread, NULL, other, NULL);
	for (round = 0; round < ROUNDS; round++) {
		long before = *(volatile long *)others_counter, start = nanoseconds();
		long count, time, others;

		for (count = 0; count < COUNT; count++)
			__atomic_fetch_add(&counters[0].value, 1, __ATOMIC_RELAXED);
		time = nanoseconds() - start;
		others = *(volatile long *)others_counter - before - (which ? 0 : COUNT);
		if (threads == 1 || (others > COUNT / 3 && others < 3 * COUNT))
			times[found++] = time;
	}
	__atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
	if (threads > 1)
		pthread_join(thread, NULL);
	qsort(times, found, sizeof(times[0]), compare);
	return found ? times[found / 20] * 10000 / COUNT : 0;
}

int main(void)
{
	printf("%ld %ld %ld\n", cost(1, 0), cost(2, 1), cost(2, 0));
	return 0;
}
