// SPDX-License-Identifier: MIT
/*
 * How fast TCP sends: algorithms by name, and Reno's steps (RFC 5681), which others are made of.
 * There are no sockets here; but the algorithms work on records, of which this much is known:
 *
 *     the socket's record   1240 state, five bits   1599 whether the window is the limit, one bit
 *     1684 most in flight   1732 threshold          1736 window   1740 acknowledged   1744 bound
 *     1756 window before the loss
 */
#include "../registry.h"
#include "../provider.h"
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

struct congestion_control {
	u32 (*threshold)(u8 *socket);
	void (*acknowledged)(u8 *socket, u32 number, u32 count);
	void *others[5];
	void *control;
	u32 (*undo)(u8 *socket);
	void *more[2];
	char name[16];
	void *owner;
	struct list_head list;
	u32 key, flags;
	void (*init)(u8 *socket);
	void (*release)(u8 *socket);
};
static_assert(offsetof(struct congestion_control, name) == 88);
static_assert(offsetof(struct congestion_control, list) == 112);

REGISTRY(algorithms);

int tcp_register_congestion_control(struct congestion_control *algorithm)
{
	if (!algorithm->threshold || !algorithm->undo ||
	    !(algorithm->acknowledged || algorithm->control))
		return -EINVAL;
	return REGISTER(&algorithms, algorithm, list, other, !strcmp(other->name, algorithm->name));
}
OFFER(tcp_register_congestion_control);

void tcp_unregister_congestion_control(struct congestion_control *algorithm)
{
	UNREGISTER(&algorithms, algorithm, list);
}
OFFER(tcp_unregister_congestion_control);

/* For the tests: the algorithm of a name. */
struct congestion_control *congestion_control_named(const char *name)
{
	struct congestion_control *found;

	LOOK_UP(&algorithms, found, list, !strcmp(found->name, name));
	return found;
}
EXPORT_SYMBOL(congestion_control_named);

static u32 *field(u8 *socket, unsigned int offset)
{
	return (u32 *)(socket + offset);
}
#define IS_LIMIT(socket) ((socket)[1599] & 1)
#define MOST_IN_FLIGHT(socket) (*field(socket, 1684))
#define THRESHOLD(socket) (*field(socket, 1732))
#define WINDOW(socket) (*field(socket, 1736))
#define ACKNOWLEDGED(socket) (*field(socket, 1740))
#define BOUND(socket) (*field(socket, 1744))
#define WINDOW_BEFORE(socket) (*field(socket, 1756))

static bool is_slow_start(u8 *socket)
{
	return WINDOW(socket) < THRESHOLD(socket);
}

/* One more for each that is acknowledged, up to the threshold; what of them is left. */
u32 tcp_slow_start(u8 *socket, u32 count)
{
	u32 window = min(WINDOW(socket) + count, THRESHOLD(socket));

	count -= window - WINDOW(socket);
	WINDOW(socket) = min(window, BOUND(socket));
	return count;
}
OFFER(tcp_slow_start);

/* One more for each `step` that are acknowledged. */
void tcp_cong_avoid_ai(u8 *socket, u32 step, u32 count)
{
	/* From when the step was longer. */
	if (ACKNOWLEDGED(socket) >= step) {
		ACKNOWLEDGED(socket) = 0;
		WINDOW(socket)++;
	}
	ACKNOWLEDGED(socket) += count;
	WINDOW(socket) += ACKNOWLEDGED(socket) / step;
	ACKNOWLEDGED(socket) %= step;
	WINDOW(socket) = min(WINDOW(socket), BOUND(socket));
}
OFFER(tcp_cong_avoid_ai);

void tcp_reno_cong_avoid(u8 *socket, u32 number, u32 count)
{
	bool is_limit = IS_LIMIT(socket);

	(void)number;
	if (is_slow_start(socket))
		is_limit |= WINDOW(socket) < 2 * MOST_IN_FLIGHT(socket);
	if (!is_limit)
		return;
	if (is_slow_start(socket))
		count = tcp_slow_start(socket, count);
	if (count)
		tcp_cong_avoid_ai(socket, WINDOW(socket), count);
}
OFFER(tcp_reno_cong_avoid);

/* Half of the window after a loss. */
u32 tcp_reno_ssthresh(u8 *socket)
{
	return max(WINDOW(socket) / 2, 2u);
}
OFFER(tcp_reno_ssthresh);

u32 tcp_reno_undo_cwnd(u8 *socket)
{
	return max(WINDOW(socket), WINDOW_BEFORE(socket));
}
OFFER(tcp_reno_undo_cwnd);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers algorithms of TCP by name, and Reno's steps");
