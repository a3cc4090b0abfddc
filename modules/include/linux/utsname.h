/* What the machine and its kernel are called: the names are those of the Linux that is meant. */
#ifndef __LINUX_UTSNAME_H
#define __LINUX_UTSNAME_H

#include <linux/compiler.h>

#define __NEW_UTS_LEN 64

struct new_utsname {
	char sysname[__NEW_UTS_LEN + 1];
	char nodename[__NEW_UTS_LEN + 1];
	char release[__NEW_UTS_LEN + 1];
	char version[__NEW_UTS_LEN + 1];
	char machine[__NEW_UTS_LEN + 1];
	char domainname[__NEW_UTS_LEN + 1];
};

struct uts_namespace {
	struct new_utsname name;
};

static struct uts_namespace init_uts_ns __maybe_unused = {
	{ "Linux", "(none)", "6.1.0", "no Linux, but its names", "s390x", "(none)" },
};

#define init_utsname() (&init_uts_ns.name)
#define utsname() init_utsname()

#endif
