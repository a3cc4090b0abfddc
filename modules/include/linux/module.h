/*
 * A module: its entry points, and what it says of itself in section .modinfo.
 *
 * The loader calls init_module and cleanup_module; module_init and module_exit
 * make those other names of the functions given.
 */
#ifndef __LINUX_MODULE_H
#define __LINUX_MODULE_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kmod.h>
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/stat.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <linux/time.h>
#include <linux/types.h>

#define MODULE_NAME_LEN 56

struct module {
	char name[MODULE_NAME_LEN];
};

/* As in Linux each may stand without a semicolon behind it. */
#define module_init(function)                                                     \
	static inline initcall_t __maybe_unused __inittest(void)                  \
	{                                                                         \
		return function;                                                  \
	}                                                                         \
	int init_module(void) __copy(function) __attribute__((alias(#function)));

#define module_exit(function)                                                     \
	static inline exitcall_t __maybe_unused __exittest(void)                  \
	{                                                                         \
		return function;                                                  \
	}                                                                         \
	void cleanup_module(void) __copy(function) __attribute__((alias(#function)));

/* What would be called at boot, if it weren't a module. */
#define early_initcall(function) module_init(function)
#define pure_initcall(function) module_init(function)
#define core_initcall(function) module_init(function)
#define postcore_initcall(function) module_init(function)
#define arch_initcall(function) module_init(function)
#define subsys_initcall(function) module_init(function)
#define fs_initcall(function) module_init(function)
#define rootfs_initcall(function) module_init(function)
#define device_initcall(function) module_init(function)
#define late_initcall(function) module_init(function)
#define console_initcall(function) module_init(function)

extern int init_module(void);
extern void cleanup_module(void);

#define MODULE_LICENSE(_text) MODULE_INFO(license, _text)
#define MODULE_AUTHOR(_text) MODULE_INFO(author, _text)
#define MODULE_DESCRIPTION(_text) MODULE_INFO(description, _text)
#define MODULE_VERSION(_text) MODULE_INFO(version, _text)
#define MODULE_ALIAS(_text) MODULE_INFO(alias, _text)
#define MODULE_SOFTDEP(_text) MODULE_INFO(softdep, _text)
#define MODULE_FIRMWARE(_text) MODULE_INFO(firmware, _text)
#define MODULE_IMPORT_NS(_space) MODULE_INFO(import_ns, #_space)

#define MODULE_DEVICE_TABLE(type, name) __unsupported_MODULE_DEVICE_TABLE
#define module_name(module) ((module) ? (module)->name : "kernel")
#define try_module_get(module) ((bool)__unsupported(try_module_get))
#define module_put(module) ((void)__unsupported(module_put))

/* Whether an address is in some CPU's copy of a module's static per-CPU variables. */
extern bool is_module_percpu_address(unsigned long address);

#ifdef MODULE
static_assert(sizeof(KBUILD_MODNAME) <= MODULE_NAME_LEN,
	      "a module's name, which is its file's, has at most 55 bytes");
/* Here, and not in a file of its own, because a module is one C file. */
MODULE_INFO(name, KBUILD_MODNAME);
#ifdef MODULE_ABI_STAMP
MODULE_INFO(vermagic, MODULE_ABI_STAMP);
#endif
struct module __this_module __weak = { .name = KBUILD_MODNAME };
#endif

#endif
