/*
 * Parameters: variables that `insmod NAME name=value` sets before init runs.
 *
 * Each has a record in section __param, which the loader reads (its layout is in
 * kernel/loader/src/parameter.rs); Rust's module_param! makes the same. The
 * permissions are for Linux's /sys, and have no meaning here.
 */
#ifndef __LINUX_MODULEPARAM_H
#define __LINUX_MODULEPARAM_H

#include <linux/build_bug.h>
#include <linux/init.h>
#include <linux/stringify.h>
#include <linux/types.h>

#ifndef KBUILD_MODNAME
#define KBUILD_MODNAME "module"
#endif

#define __MODULE_INFO(tag, name, info)                                            \
	static const char __UNIQUE_ID(name)[] __used __section(".modinfo")        \
		__aligned(1) = __stringify(tag) "=" info
#define MODULE_INFO(tag, info) __MODULE_INFO(tag, tag, info)
#define MODULE_PARM_DESC(parm, text) __MODULE_INFO(parm, parm, #parm ":" text)
#define __MODULE_PARM_TYPE(name, type) __MODULE_INFO(parmtype, parmtype, #name ":" type)

struct kernel_param {
	const char *name;
	void *value;
	u32 kind;
	u32 zero;
};

/* Types that a parameter can have; any other is an unknown name. */
#define __param_kind_int 1
#define __param_kind_uint 2
#define __param_kind_long 3
#define __param_kind_ulong 4
#define __param_kind_bool 5
#define __param_kind_charp 6
#define __param_check_int(variable) int *: 1
#define __param_check_uint(variable) unsigned int *: 1
#define __param_check_long(variable) long *: 1
#define __param_check_ulong(variable) unsigned long *: 1
#define __param_check_bool(variable) bool *: 1
#define __param_check_charp(variable) char **: 1

#define module_param_named(parm, variable, type, perm)                            \
	static_assert(_Generic(&(variable), __param_check_##type(variable)),      \
		      "the variable of parameter " #parm " is no " #type);        \
	static_assert((perm) >= 0 && (perm) <= 0777, "permissions of " #parm);    \
	static const char __param_name_##parm[] = #parm;                          \
	static const struct kernel_param __param_##parm __used                    \
		__section("__param") = { __param_name_##parm, &(variable),        \
					 __param_kind_##type, 0 };                \
	__MODULE_PARM_TYPE(parm, #type)
#define module_param(name, type, perm) module_param_named(name, name, type, perm)

#define module_param_array(name, type, count, perm) __unsupported_module_param_array
#define module_param_string(name, string, length, perm) __unsupported_module_param_string
#define module_param_cb(name, operations, argument, perm) __unsupported_module_param_cb

#endif
