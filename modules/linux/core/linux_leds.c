// SPDX-License-Identifier: MIT
/*
 * What lights a LED: triggers by name. This machine has no LED, so no trigger has one: an event
 * goes to each that a trigger has, which are none.
 */
#include "../registry.h"
#include "../provider.h"
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

struct led;

struct led_trigger {
	const char *name;
	int (*activate)(struct led *led);
	void (*deactivate)(struct led *led);
	unsigned int brightness;
	void *kind;
	u32 lock;
	struct list_head leds;
	struct list_head next;
	const void **groups;
};
static_assert(sizeof(struct led_trigger) == 88);

REGISTRY(triggers);

int led_trigger_register(struct led_trigger *trigger)
{
	trigger->lock = 0;
	INIT_LIST_HEAD(&trigger->leds);
	return REGISTER(&triggers, trigger, next, other, !strcmp(other->name, trigger->name));
}
OFFER(led_trigger_register);

void led_trigger_unregister(struct led_trigger *trigger)
{
	UNREGISTER(&triggers, trigger, next);
}
OFFER(led_trigger_unregister);

/* One that does nothing by itself; NULL if there can't be one. */
void led_trigger_register_simple(const char *name, struct led_trigger **made)
{
	struct led_trigger *trigger = kzalloc(sizeof(*trigger), GFP_KERNEL);

	if (trigger) {
		trigger->name = name;
		if (led_trigger_register(trigger)) {
			kfree(trigger);
			trigger = NULL;
		}
	}
	*made = trigger;
}
OFFER(led_trigger_register_simple);

void led_trigger_unregister_simple(struct led_trigger *trigger)
{
	if (trigger)
		led_trigger_unregister(trigger);
	kfree(trigger);
}
OFFER(led_trigger_unregister_simple);

/* For the tests: the trigger of a name. */
struct led_trigger *led_trigger_named(const char *name)
{
	struct led_trigger *found;

	LOOK_UP(&triggers, found, next, !strcmp(found->name, name));
	return found;
}
EXPORT_SYMBOL(led_trigger_named);

/* Who calls these has a LED in hand, which can't be. */

void led_set_brightness_nosleep(struct led *led, unsigned int brightness)
{
	(void)led, (void)brightness;
}
REFUSES(led_set_brightness_nosleep);

void led_trigger_event(struct led_trigger *trigger, unsigned int brightness)
{
	(void)trigger, (void)brightness;
}
REFUSES(led_trigger_event);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers triggers of LEDs by name to Linux's modules");
