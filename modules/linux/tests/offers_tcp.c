// SPDX-License-Identifier: MIT
/* Reno's steps, by RFC 5681, and time in Linux's ticks of 4 ms. */
#include "answers.h"
#include <linux/jiffies.h>
#include <linux/types.h>

ANSWERS_OF_OFFERS("RFC 5681, sections 3.1 and 3.2; 250 ticks a second");

extern u32 offered_tcp_slow_start(u8 *socket, u32 count);
extern void offered_tcp_cong_avoid_ai(u8 *socket, u32 step, u32 count);
extern void offered_tcp_reno_cong_avoid(u8 *socket, u32 number, u32 count);
extern u32 offered_tcp_reno_ssthresh(u8 *socket);
extern u32 offered_tcp_reno_undo_cwnd(u8 *socket);
extern unsigned int offered_jiffies_to_usecs(unsigned long ticks);
extern unsigned int offered_jiffies_to_msecs(unsigned long ticks);
extern unsigned long offered___usecs_to_jiffies(unsigned int time);
extern unsigned long offered___msecs_to_jiffies(unsigned int time);
extern void offered_msleep(unsigned int time);
extern void offered_usleep_range_state(unsigned long least, unsigned long most,
				       unsigned int state);
extern void offered___udelay(unsigned long time);
extern void offered___ndelay(unsigned long time);
extern s64 offered_ktime_get(void);

static u8 socket[2304] __aligned(8);
#define FIELD(offset) (*(u32 *)(socket + (offset)))
#define IN_FLIGHT FIELD(1684)
#define THRESHOLD FIELD(1732)
#define WINDOW FIELD(1736)
#define BOUND FIELD(1744)
#define BEFORE FIELD(1756)

static void steps(void)
{
	BOUND = 1000;
	THRESHOLD = 16;
	WINDOW = 10;
	/* One more for each, up to the threshold; the rest is returned. */
	ANSWER(offered_tcp_slow_start(socket, 4), 0);
	ANSWER(WINDOW, 14);
	ANSWER(offered_tcp_slow_start(socket, 5), 3);
	ANSWER(WINDOW, 16);
	/* One more for a window of them. */
	offered_tcp_cong_avoid_ai(socket, 16, 15);
	ANSWER(WINDOW, 16);
	offered_tcp_cong_avoid_ai(socket, 16, 1);
	ANSWER(WINDOW, 17);
	socket[1599] = 1;
	IN_FLIGHT = 17;
	offered_tcp_reno_cong_avoid(socket, 0, 17);
	ANSWER(WINDOW, 18);
	ANSWER(offered_tcp_reno_ssthresh(socket), 9);
	WINDOW = 3;
	ANSWER(offered_tcp_reno_ssthresh(socket), 2);
	BEFORE = 40;
	ANSWER(offered_tcp_reno_undo_cwnd(socket), 40);
}

#undef jiffies
/* Linux's, of linux_ticks.c. */
extern unsigned long jiffies;

static void ticks(void)
{
	s64 start = offered_ktime_get(), passed;
	unsigned long before = READ_ONCE(jiffies), after;

	/* What it was late by before counts for nothing. */
	for (int patience = 1000; patience && READ_ONCE(jiffies) == before; patience--)
		offered_msleep(1);
	before = READ_ONCE(jiffies);
	offered_msleep(60);
	/* It may be late, where the host lets a CPU wait, and catches up; it's never ahead. */
	for (int patience = 1000; patience && READ_ONCE(jiffies) - before < 15 - 1; patience--)
		offered_msleep(2);
	after = READ_ONCE(jiffies);
	ANSWER(after - before >= 15 - 1, 1);
	passed = offered_ktime_get() - start;
	ANSWER((after - before) * 4000000 <= (u64)passed + 4000000, 1);
}

static void times(void)
{
	s64 before = offered_ktime_get();

	ANSWER(offered_jiffies_to_usecs(3), 12000);
	ANSWER(offered_jiffies_to_msecs(3), 12);
	ANSWER(offered___usecs_to_jiffies(4001), 2);
	ANSWER(offered___msecs_to_jiffies(5), 2);
	offered___ndelay(1000);
	offered___udelay(100);
	offered_usleep_range_state(100, 200, 2);
	offered_msleep(2);
	ANSWER(offered_ktime_get() - before >= 2201000, 1);
}

static void ask(void)
{
	steps();
	times();
	ticks();
}
ASK(ask);
