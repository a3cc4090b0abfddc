// SPDX-License-Identifier: MIT
/* Random numbers, of which the kernel has some from the first on. */
#include "../provider.h"
#include <linux/random.h>
#include <linux/types.h>

OFFER(get_random_bytes);

u32 random_word(void)
{
	u32 word;

	get_random_bytes(&word, sizeof(word));
	return word;
}
OFFER_AS(get_random_u32, random_word);

/* Nothing is to be waited for. */
int wait_until_random(void)
{
	return 0;
}
OFFER_AS(wait_for_random_bytes, wait_until_random);

bool is_random(void)
{
	return true;
}
OFFER_AS(rng_is_initialized, is_random);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers random numbers to Linux's modules");
