// SPDX-License-Identifier: MIT
/* What modules of the network register: data of their own, options, kinds of devices, files. */
#include "answers.h"
#include <linux/types.h>

ANSWERS_OF_OFFERS("entries of the test's own, by name; errors by errno(3)");

/* Of Linux's namespace this much is known: where /proc/net is. */
struct net {
	char before[168];
	void *files;
};
extern struct net init_net;

/* What a module does for each namespace; there is one. */
struct for_each_net {
	u64 list[2];
	int (*init)(struct net *net);
	void *before_exit;
	void (*exit)(struct net *net);
	void *exit_all[2];
	unsigned int *number;
	size_t bytes;
};
extern int offered_register_pernet_subsys(struct for_each_net *one);
extern void offered_unregister_pernet_subsys(struct for_each_net *one);

static struct net *begun, *ended;

static int begin(struct net *net)
{
	begun = net;
	return 0;
}

static int refuse(struct net *net)
{
	(void)net;
	return -EXDEV;
}

static void end(struct net *net)
{
	ended = net;
}

static void namespaces(void)
{
	static struct for_each_net one = { .init = begin, .exit = end };

	ANSWER(offered_register_pernet_subsys(&one), 0);
	ANSWER((u64)begun, (u64)&init_net);
	ANSWER((u64)ended, 0);
	offered_unregister_pernet_subsys(&one);
	ANSWER((u64)ended, (u64)&init_net);
	one.init = refuse;
	ANSWER(offered_register_pernet_subsys(&one), (u64)-EXDEV);
}

/* Options of sockets, by family and number. */

struct option {
	u64 list[2];
	u8 family;
	int set_first, set_end;
	void *set;
	int get_first, get_end;
	int (*get)(void *socket, int number, void *user, int *bytes);
	void *owner;
};
extern int offered_nf_register_sockopt(struct option *one);
extern void offered_nf_unregister_sockopt(struct option *one);
extern int offered_nf_getsockopt(void *socket, u8 family, int number, void *user, int *bytes);

static int get(void *socket, int number, void *user, int *bytes)
{
	(void)socket, (void)user, (void)bytes;
	return number + 1;
}

static void options(void)
{
	static struct option one = { .family = 45, .get_first = 10, .get_end = 20, .get = get };
	static struct option other = { .family = 45, .get_first = 19, .get_end = 21, .get = get };

	ANSWER(offered_nf_getsockopt(NULL, 45, 10, NULL, NULL), (u64)-ENOPROTOOPT);
	ANSWER(offered_nf_register_sockopt(&one), 0);
	ANSWER(offered_nf_register_sockopt(&other), (u64)-EBUSY);
	ANSWER(offered_nf_getsockopt(NULL, 45, 10, NULL, NULL), 11);
	ANSWER(offered_nf_getsockopt(NULL, 45, 20, NULL, NULL), (u64)-ENOPROTOOPT);
	offered_nf_unregister_sockopt(&one);
	ANSWER(offered_nf_getsockopt(NULL, 45, 10, NULL, NULL), (u64)-ENOPROTOOPT);
}

/* Kinds of devices. */

struct kind {
	u64 list[2];
	const char *name;
	size_t own_bytes;
	void *allocate;
	void (*set_up)(void *device);
	char rest[160];
};
extern int offered_rtnl_link_register(struct kind *one);
extern void offered_rtnl_link_unregister(struct kind *one);
extern void (*set_up_of(const char *name, size_t *own_bytes))(void *device);

static void set_up(void *device)
{
	(void)device;
}

static void kinds(void)
{
	static struct kind one = { .name = "own-kind", .own_bytes = 77, .set_up = set_up }, same;
	size_t bytes;

	same = one;
	ANSWER(offered_rtnl_link_register(&one), 0);
	ANSWER(offered_rtnl_link_register(&same), (u64)-EEXIST);
	ANSWER((u64)set_up_of("own-kind", &bytes), (u64)set_up);
	ANSWER(bytes, 77);
	offered_rtnl_link_unregister(&one);
	ANSWER((u64)set_up_of("own-kind", &bytes), 0);
}

/* Files, whose lines a sequence shows: three. */

struct seq_file {
	u64 before[14];
	void *state;
};
static_assert(sizeof(struct seq_file) == 120);
struct sequence {
	void *(*start)(struct seq_file *file, s64 *position);
	void (*stop)(struct seq_file *file, void *at);
	void *(*next)(struct seq_file *file, void *at, s64 *position);
	int (*show)(struct seq_file *file, void *at);
};
extern void *offered_proc_create_net_data(const char *name, unsigned short mode, void *parent,
					  const struct sequence *sequence, unsigned int bytes,
					  void *data);
extern void *offered_proc_create_seq_private(const char *name, unsigned short mode, void *parent,
					     const struct sequence *sequence, unsigned int bytes,
					     void *data);
extern void offered_remove_proc_entry(const char *name, void *parent);
extern __printf(2, 3) void offered_seq_printf(struct seq_file *file, const char *format, ...);
extern int read_proc(const char *name, char *text, size_t room);

static void *start(struct seq_file *file, s64 *position)
{
	(void)file;
	return *position < 3 ? (void *)(*position + 1) : NULL;
}

static void stop(struct seq_file *file, void *at)
{
	(void)file, (void)at;
}

static void *next(struct seq_file *file, void *at, s64 *position)
{
	(void)at;
	++*position;
	return start(file, position);
}

/* And whether the namespace is known. */
static int show(struct seq_file *file, void *at)
{
	struct net *known = *(struct net **)file->state;

	offered_seq_printf(file, "%lu %s\n", (unsigned long)at,
			   known == &init_net ? "net" : "none");
	return 0;
}

static void files(void)
{
	static const struct sequence sequence = {
		.start = start, .stop = stop, .next = next, .show = show
	};
	char text[64];

	ANSWER(read_proc("own-file", text, sizeof(text)), (u64)-ENOENT);
	ANSWER(!offered_proc_create_net_data("own-file", 0444, init_net.files, &sequence, 8, NULL), 0);
	ANSWER(read_proc("own-file", text, sizeof(text)), 18);
	ANSWER(strcmp(text, "1 net\n2 net\n3 net\n"), 0);
	/* The name is taken. */
	ANSWER(!offered_proc_create_seq_private("own-file", 0444, init_net.files, &sequence, 8, NULL),
	       1);
	offered_remove_proc_entry("own-file", init_net.files);
	ANSWER(read_proc("own-file", text, sizeof(text)), (u64)-ENOENT);
	ANSWER(!offered_proc_create_seq_private("own-file", 0444, init_net.files, &sequence, 8, NULL),
	       0);
	ANSWER(read_proc("own-file", text, sizeof(text)), 21);
	ANSWER(strcmp(text, "1 none\n2 none\n3 none\n"), 0);
	offered_remove_proc_entry("own-file", init_net.files);
	ANSWER(read_proc("own-file", text, sizeof(text)), (u64)-ENOENT);
}

static void ask(void)
{
	namespaces();
	options();
	kinds();
	files();
}
ASK(ask);
