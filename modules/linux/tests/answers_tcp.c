// SPDX-License-Identifier: MIT
/* What is left of a window after a loss, by the papers that define it. */
#include "answers.h"
#include <linux/types.h>

/* The beginning of Linux's record of an algorithm. */
struct congestion_control {
	u32 (*threshold)(u8 *socket);
	void (*acknowledged)(u8 *socket, u32 number, u32 count);
	void *others[6];
	u32 (*undo)(u8 *socket);
	void *more[2];
	char name[16];
	void *place[4];
	void (*init)(u8 *socket);
};
static_assert(offsetof(struct congestion_control, init) == 136);
extern const struct congestion_control *congestion_control_named(const char *name);

ANSWERS(tcp_scalable, "Kelly, Scalable TCP: 7/8 of 80 are 70");
ANSWERS(tcp_highspeed, "RFC 3649, B: half of 38");
ANSWERS(tcp_bic, "Xu et al., BIC: half of 14, 4/5 of 1,000 to 1/1,000");
ANSWERS(tcp_lp, "RFC 5681, as Reno where nothing else sends");
ANSWERS(tcp_illinois, "Liu et al., TCP-Illinois: half, where the delay is unknown");

/* Of Linux's record of a socket. */
#define WINDOW(socket) (*(u32 *)((socket) + 1736))
#define THRESHOLD(socket) (*(u32 *)((socket) + 1732))
#define BOUND(socket) (*(u32 *)((socket) + 1744))
#define WINDOW_BEFORE(socket) (*(u32 *)((socket) + 1756))

static u8 socket[4096];

/* A socket whose window is what keeps it from sending more. */
static const struct congestion_control *begin(const char *name, u32 window, u32 threshold)
{
	const struct congestion_control *algorithm = congestion_control_named(name);

	ANSWER(!algorithm, 0);
	memset(socket, 0, sizeof(socket));
	WINDOW(socket) = window;
	THRESHOLD(socket) = threshold;
	BOUND(socket) = ~0u;
	socket[1599] |= 1;
	if (algorithm && algorithm->init)
		algorithm->init(socket);
	return algorithm;
}

static u32 left_of(const char *name, u32 window)
{
	const struct congestion_control *algorithm = begin(name, window, 2);

	return algorithm ? algorithm->threshold(socket) : 0;
}

/* The window after so many were acknowledged. */
static u32 window_after(const char *name, u32 window, u32 threshold, u32 count)
{
	const struct congestion_control *algorithm = begin(name, window, threshold);

	if (!algorithm)
		return 0;
	algorithm->acknowledged(socket, 0, count);
	return WINDOW(socket);
}

/* The window where a loss was none. */
static u32 window_again(const char *name, u32 window, u32 before)
{
	const struct congestion_control *algorithm = begin(name, window, 2);

	WINDOW_BEFORE(socket) = before;
	return algorithm ? algorithm->undo(socket) : 0;
}

static void windows(void)
{
	ANSWER(left_of("scalable", 80), 70);
	ANSWER(left_of("highspeed", 38), 19);
	ANSWER(left_of("bic", 14), 7);
	ANSWER(left_of("bic", 1000) - 799 <= 1, 1);
	ANSWER(left_of("illinois", 100), 50);
	ANSWER(left_of("lp", 11), 5);
	/* Slow start: one more for each. */
	ANSWER(window_after("scalable", 10, 100, 5), 15);
	ANSWER(window_after("lp", 10, 100, 5), 15);
	/* Behind it: one more for each window, or for each hundred. */
	ANSWER(window_after("lp", 10, 5, 10), 11);
	ANSWER(window_after("lp", 10, 5, 9), 10);
	ANSWER(window_after("scalable", 200, 5, 100), 201);
	ANSWER(window_again("scalable", 10, 20), 20);
}
ASK(windows);
