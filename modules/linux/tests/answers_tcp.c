// SPDX-License-Identifier: MIT
/* What is left of a window after a loss, by the papers that define it. */
#include "answers.h"
#include <linux/slab.h>
#include <linux/types.h>

/* The beginning of Linux's record of an algorithm. */
struct congestion_control {
	u32 (*threshold)(u8 *socket);
	void *others[12];
	char place[32];
	void (*init)(u8 *socket);
};
extern const struct congestion_control *congestion_control_named(const char *name);

ANSWERS(tcp_scalable, "Kelly, Scalable TCP: 7/8 of 80 are 70");
ANSWERS(tcp_highspeed, "RFC 3649, B: half of 38");
ANSWERS(tcp_bic, "Xu et al., BIC: half of 14, 4/5 of 1,000 to 1/1,000");
ANSWERS(tcp_illinois, "Liu et al., TCP-Illinois: half, where the delay is unknown");

static u32 left_of(const char *name, u32 window)
{
	const struct congestion_control *algorithm = congestion_control_named(name);
	u8 *socket = kzalloc(4096, GFP_KERNEL);
	u32 left = 0;

	if (algorithm && socket) {
		*(u32 *)(socket + 1736) = window;
		*(u32 *)(socket + 1744) = ~0u;
		if (algorithm->init)
			algorithm->init(socket);
		left = algorithm->threshold(socket);
	}
	kfree(socket);
	return left;
}

static void windows(void)
{
	ANSWER(left_of("scalable", 80), 70);
	ANSWER(left_of("highspeed", 38), 19);
	ANSWER(left_of("bic", 14), 7);
	ANSWER(left_of("bic", 1000) - 799 <= 1, 1);
	ANSWER(left_of("illinois", 100), 50);
}
ASK(windows);
