// SPDX-License-Identifier: MIT
/* Which functions are offered by the providers that are there, and how often each was called. */
#include "../provider.h"
#include <linux/mutex.h>
#include <linux/printk.h>

static struct offers *all;
static DEFINE_MUTEX(changing);

void add_offers(struct offers *offers)
{
	mutex_lock(&changing);
	offers->next = all;
	all = offers;
	mutex_unlock(&changing);
}
EXPORT_SYMBOL(add_offers);

void remove_offers(struct offers *offers)
{
	struct offers **place;

	mutex_lock(&changing);
	for (place = &all; *place; place = &(*place)->next) {
		if (*place == offers) {
			*place = offers->next;
			break;
		}
	}
	mutex_unlock(&changing);
}
EXPORT_SYMBOL(remove_offers);

/* Prints which have been called since the last time. */
void print_calls(void)
{
	mutex_lock(&changing);
	for (struct offers *offers = all; offers; offers = offers->next) {
		for (struct offered *it = offers->first; it != offers->end; it++) {
			unsigned long calls = xchg(&it->calls, 0);

			if (calls)
				pr_warn("called: %s %s %lu\n", offers->provider, it->symbol,
					calls);
		}
	}
	mutex_unlock(&changing);
}
EXPORT_SYMBOL(print_calls);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Counts what Linux's modules call of what they are offered");
