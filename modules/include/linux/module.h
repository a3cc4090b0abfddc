/*
 * A module: its entry points, and what it says of itself in section .modinfo.
 *
 * The loader calls init_module and cleanup_module; module_init and module_exit
 * make those other names of the functions given.
 */
#ifndef __LINUX_MODULE_H
#define __LINUX_MODULE_H

#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/stringify.h>
#include <linux/types.h>

struct module {
	char name[56];
};

#define module_init(function)                                                     \
	static inline initcall_t __maybe_unused __inittest(void)                  \
	{                                                                         \
		return function;                                                  \
	}                                                                         \
	int init_module(void) __copy(function) __attribute__((alias(#function)))

#define module_exit(function)                                                     \
	static inline exitcall_t __maybe_unused __exittest(void)                  \
	{                                                                         \
		return function;                                                  \
	}                                                                         \
	void cleanup_module(void) __copy(function) __attribute__((alias(#function)))

extern int init_module(void);
extern void cleanup_module(void);

#define MODULE_LICENSE(license) MODULE_INFO(license, license)
#define MODULE_AUTHOR(author) MODULE_INFO(author, author)
#define MODULE_DESCRIPTION(description) MODULE_INFO(description, description)
#define MODULE_VERSION(version) MODULE_INFO(version, version)
#define MODULE_ALIAS(alias) MODULE_INFO(alias, alias)
#define MODULE_SOFTDEP(dependency) MODULE_INFO(softdep, dependency)
#define MODULE_FIRMWARE(firmware) MODULE_INFO(firmware, firmware)
#define MODULE_IMPORT_NS(space) MODULE_INFO(import_ns, #space)

#define MODULE_DEVICE_TABLE(type, name) __unsupported_MODULE_DEVICE_TABLE
#define try_module_get(module) ((bool)__unsupported(try_module_get))
#define module_put(module) ((void)__unsupported(module_put))
#define request_module(name...) ((int)__unsupported(request_module))

#ifdef MODULE
/* Here, and not in a file of its own, because a module is one C file. */
MODULE_INFO(name, KBUILD_MODNAME);
#ifdef MODULE_ABI_STAMP
MODULE_INFO(vermagic, MODULE_ABI_STAMP);
#endif
struct module __this_module __weak = { .name = KBUILD_MODNAME };
#endif

#endif
