// SPDX-License-Identifier: MIT
/* Modules that test themselves when they are loaded: an init that returns 0 is the answer. */
#include "answers.h"

ANSWERS(test_static_keys, "its own test of each branch");
ANSWERS(test_static_key_base, "test_static_keys, which asks its keys");

static void nothing(void)
{
}
ASK(nothing);
