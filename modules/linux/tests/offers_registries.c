// SPDX-License-Identifier: MIT
/*
 * What is registered by name or number, but for algorithms: it is found, a second of the same name
 * is refused with the error that Linux has for it, and it is found no more. offers_net.c has what
 * belongs to the network.
 */
#include "answers.h"
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/types.h>

ANSWERS_OF_OFFERS("entries of the test's own, by name; errors by errno(3)");

/* LEDs' triggers. */

struct trigger {
	const char *name;
	u64 rest[10];
};
extern int offered_led_trigger_register(struct trigger *one);
extern void offered_led_trigger_unregister(struct trigger *one);
extern void offered_led_trigger_register_simple(const char *name, struct trigger **made);
extern void offered_led_trigger_unregister_simple(struct trigger *made);
extern struct trigger *led_trigger_named(const char *name);

static void triggers(void)
{
	static struct trigger one = { .name = "own-led" };
	struct trigger *simple;

	ANSWER(offered_led_trigger_register(&one), 0);
	ANSWER((u64)led_trigger_named("own-led"), (u64)&one);
	offered_led_trigger_register_simple("own-led", &simple);
	ANSWER((u64)simple, 0);
	offered_led_trigger_unregister(&one);
	ANSWER((u64)led_trigger_named("own-led"), 0);
	offered_led_trigger_register_simple("own-led", &simple);
	ANSWER((u64)led_trigger_named("own-led"), (u64)simple);
	ANSWER(offered_led_trigger_register(&one), (u64)-EEXIST);
	offered_led_trigger_unregister_simple(simple);
	ANSWER((u64)led_trigger_named("own-led"), 0);
}

/* Conditions on packets, by number. */

struct condition {
	int kind, bytes;
	u64 rest[7];
};
extern int offered_tcf_em_register(struct condition *one);
extern void offered_tcf_em_unregister(struct condition *one);
extern struct condition *condition_numbered(int kind);

static void conditions(void)
{
	static struct condition one = { .kind = 1000 }, same = { .kind = 1000 };

	ANSWER(offered_tcf_em_register(&one), 0);
	ANSWER(offered_tcf_em_register(&same), (u64)-EEXIST);
	ANSWER((u64)condition_numbered(1000), (u64)&one);
	offered_tcf_em_unregister(&one);
	ANSWER((u64)condition_numbered(1000), 0);
}

/* Charsets. */

struct charset {
	const char *name;
	u64 rest[5];
	void *owner;
	struct charset *next;
};
extern int offered___register_nls(struct charset *one, void *owner);
extern int offered_unregister_nls(struct charset *one);
extern struct charset *offered_load_nls(const char *name);
extern void offered_unload_nls(struct charset *one);

static void charsets(void)
{
	static struct charset one = { .name = "own-charset" };

	ANSWER((u64)offered_load_nls("own-charset"), 0);
	ANSWER(offered___register_nls(&one, &one), 0);
	ANSWER((u64)one.owner, (u64)&one);
	ANSWER(offered___register_nls(&one, &one), (u64)-EBUSY);
	ANSWER((u64)offered_load_nls("own-charset"), (u64)&one);
	offered_unload_nls(&one);
	ANSWER(offered_unregister_nls(&one), 0);
	ANSWER(offered_unregister_nls(&one), (u64)-EINVAL);
	ANSWER((u64)offered_load_nls("own-charset"), 0);
}

/* How fast TCP sends. */

struct control {
	void *functions[8];
	void *undo;
	void *more[2];
	char name[16];
	u64 rest[6];
};
extern int offered_tcp_register_congestion_control(struct control *one);
extern void offered_tcp_unregister_congestion_control(struct control *one);
extern struct control *congestion_control_named(const char *name);

static void controls(void)
{
	static struct control one = { .name = "own" }, same;

	/* Without what all must have. */
	ANSWER(offered_tcp_register_congestion_control(&one), (u64)-EINVAL);
	one.functions[0] = one.functions[1] = one.undo = controls;
	same = one;
	ANSWER(offered_tcp_register_congestion_control(&one), 0);
	ANSWER(offered_tcp_register_congestion_control(&same), (u64)-EEXIST);
	ANSWER((u64)congestion_control_named("own"), (u64)&one);
	offered_tcp_unregister_congestion_control(&one);
	ANSWER((u64)congestion_control_named("own"), 0);
}

/* Searches in text. */

struct search;
struct prepared {
	struct search *search;
	u64 rest[3];
};
struct search {
	const char *name;
	struct prepared *(*init)(const void *pattern, unsigned int bytes, gfp_t flags, int how);
	void *find, *destroy, *pattern, *pattern_bytes, *owner;
	u64 list[2];
};
extern int offered_textsearch_register(struct search *one);
extern int offered_textsearch_unregister(struct search *one);
extern struct prepared *offered_textsearch_prepare(const char *name, const void *pattern,
						   unsigned int bytes, gfp_t flags, int how);
extern void offered_textsearch_destroy(struct prepared *prepared);

static struct prepared *prepare(const void *pattern, unsigned int bytes, gfp_t flags, int how)
{
	(void)how;
	ANSWER_BYTES(pattern, "ab", bytes);
	return kzalloc(sizeof(struct prepared), flags);
}

static void searches(void)
{
	static struct search one = { .name = "own-search", .init = prepare }, same;
	struct prepared *prepared;

	ANSWER(offered_textsearch_register(&one), (u64)-EINVAL);
	one.find = one.pattern = one.pattern_bytes = searches;
	same = one;
	ANSWER(offered_textsearch_register(&one), 0);
	ANSWER(offered_textsearch_register(&same), (u64)-EEXIST);
	prepared = offered_textsearch_prepare("own-search", "ab", 2, GFP_KERNEL, 0);
	ANSWER((u64)prepared->search, (u64)&one);
	offered_textsearch_destroy(prepared);
	ANSWER(offered_textsearch_unregister(&one), 0);
	ANSWER(offered_textsearch_unregister(&one), (u64)-ENOENT);
	prepared = offered_textsearch_prepare("own-search", "ab", 2, GFP_KERNEL, 0);
	ANSWER(PTR_ERR(prepared), (u64)-ENOENT);
}

/* Pools of memory. */

struct pool_driver {
	const char *type;
	void *module;
	int users;
	u64 list[2], functions[10];
};
extern void offered_zpool_register_driver(struct pool_driver *one);
extern int offered_zpool_unregister_driver(struct pool_driver *one);
extern const struct pool_driver *zpool_driver_of(const char *type);

static void pools(void)
{
	static struct pool_driver one = { .type = "own-pool" };

	offered_zpool_register_driver(&one);
	ANSWER((u64)zpool_driver_of("own-pool"), (u64)&one);
	one.users = 1;
	ANSWER(offered_zpool_unregister_driver(&one), (u64)-EBUSY);
	one.users = 0;
	ANSWER(offered_zpool_unregister_driver(&one), 0);
	ANSWER((u64)zpool_driver_of("own-pool"), 0);
}

/* Callbacks for CPUs: each that is online has its own called, unless one refuses. */

extern int offered___cpuhp_setup_state(int state, const char *name, bool invoke,
				       int (*startup)(unsigned int cpu),
				       int (*teardown)(unsigned int cpu), bool multi_instance);
extern void offered___cpuhp_remove_state(int state, bool invoke);

/* Linux's number for any place among those of CPUs that are online. */
#define ONLINE_DYNAMIC 201

static unsigned int here;

static int comes(unsigned int cpu)
{
	(void)cpu;
	__sync_fetch_and_add(&here, 1);
	return 0;
}

static int goes(unsigned int cpu)
{
	(void)cpu;
	__sync_fetch_and_sub(&here, 1);
	return 0;
}

static int refuse(unsigned int cpu)
{
	(void)cpu;
	return -ENXIO;
}

static void callbacks(void)
{
	int state = offered___cpuhp_setup_state(ONLINE_DYNAMIC, "own", true, comes, goes, false);

	ANSWER(state >= ONLINE_DYNAMIC && state < ONLINE_DYNAMIC + 20, 1);
	ANSWER(here, num_online_cpus());
	offered___cpuhp_remove_state(state, true);
	ANSWER(here, 0);
	ANSWER(offered___cpuhp_setup_state(ONLINE_DYNAMIC, "own", true, refuse, goes, false),
	       (u64)-ENXIO);
	ANSWER(here, 0);
}

static void ask(void)
{
	triggers();
	conditions();
	charsets();
	controls();
	searches();
	pools();
	callbacks();
}
ASK(ask);
