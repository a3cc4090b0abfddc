// SPDX-License-Identifier: MIT
/* Addresses of HDMI's control channel: four digits, one for each input on the way. */
#include "answers.h"
#include <linux/types.h>

extern u16 v4l2_phys_addr_for_input(u16 address, u8 input);

ANSWERS(v4l2_dv_timings, "CEC 1.4, physical addresses: input 2 of 1.0.0.0 is 1.2.0.0");

static void addresses(void)
{
	ANSWER(v4l2_phys_addr_for_input(0x1000, 2), 0x1200);
	ANSWER(v4l2_phys_addr_for_input(0x0000, 3), 0x3000);
	ANSWER(v4l2_phys_addr_for_input(0x1230, 4), 0x1234);
	ANSWER(v4l2_phys_addr_for_input(0xffff, 1), 0xffff);
}
ASK(addresses);
