/*
 * Parameters: variables that `insmod NAME name=value` sets before init runs.
 *
 * Each has a record in section __param, which the loader reads (its layout is in
 * kernel/loader/src/parameter/record.rs); Rust's module_param! makes the same. The
 * permissions are for Linux's /sys: they are checked as Linux checks them, and mean
 * nothing more here.
 */
#ifndef __LINUX_MODULEPARAM_H
#define __LINUX_MODULEPARAM_H

#include <linux/build_bug.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/stat.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <linux/types.h>

#ifndef KBUILD_MODNAME
#define KBUILD_MODNAME "module"
#endif

/* Arguments are pasted and turned into text as they stand: none has a tag's name. */
#define __MODULE_INFO(_tag, _name, _info)                                         \
	static_assert(sizeof(_info) - 1 == __builtin_strlen(_info),               \
		      "a NUL inside would begin another entry of .modinfo");      \
	static const char __UNIQUE_ID(_name)[] __used __section(".modinfo")       \
		__aligned(1) = _tag "=" _info
#define MODULE_INFO(_tag, _info) __MODULE_INFO(#_tag, _tag, _info)
#define MODULE_PARM_DESC(_parm, _text) __MODULE_INFO("parm", _parm, #_parm ":" _text)
#define __MODULE_PARM_TYPE(_parm, _type) __MODULE_INFO("parmtype", _parm, #_parm ":" _type)

struct module;
struct kernel_param;

enum {
	KERNEL_PARAM_OPS_FL_NOARG = 1 << 0,
};

/* What a module does with a value itself; `set` returns 0 or a negative error number. */
struct kernel_param_ops {
	/* KERNEL_PARAM_OPS_FL_NOARG: the value may be left out, and is NULL then. */
	unsigned int flags;
	int (*set)(const char *value, const struct kernel_param *parameter);
	/* For Linux's /sys: nobody asks here. */
	int (*get)(char *buffer, const struct kernel_param *parameter);
	void (*free)(void *argument);
};

struct kparam_string {
	unsigned int maxlen;
	char *string;
};

struct kparam_array {
	unsigned int max;
	unsigned int elemsize;
	unsigned int *num;
	const struct kernel_param_ops *ops;
	void *elem;
	/* What an element is: a type of the loader's, where there are no `ops`. */
	unsigned long kind;
};

/* What a kernel_param_ops function gets. */
struct kernel_param {
	const char *name;
	struct module *mod;
	const struct kernel_param_ops *ops;
	const u16 perm;
	s8 level;
	u8 flags;
	union {
		void *arg;
		const struct kparam_string *str;
		const struct kparam_array *arr;
	};
};

/* What the loader reads. */
struct __param_record {
	const char *name;
	const void *value;
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
#define __param_kind_short 7
#define __param_kind_ushort 8
#define __param_kind_byte 9
#define __param_kind_ullong 10
#define __param_kind_hexint 11
#define __param_kind_invbool 12
#define __param_kind_bint 13
#define __PARAM_KIND_ARRAY 14
#define __PARAM_KIND_STRING 15
#define __PARAM_KIND_CALLBACK 16

#define __param_type_int int
#define __param_type_uint unsigned int
#define __param_type_long long
#define __param_type_ulong unsigned long
#define __param_type_bool bool
#define __param_type_charp char *
#define __param_type_short short
#define __param_type_ushort unsigned short
#define __param_type_byte unsigned char
#define __param_type_ullong unsigned long long
#define __param_type_hexint unsigned int
#define __param_type_invbool bool
#define __param_type_bint int

#define __CHECK_PARAM_TYPE(_parm, _lvalue, _type)                                 \
	static_assert(_Generic((typeof(_lvalue) *)0, __param_type_##_type *: 1),  \
		      "the variable of parameter " #_parm " is no " #_type)
/* Who may read or write may not be more among the others than in the group, nor there
 * than the owner; and the others may not write. */
#define __CHECK_PARAM_PERMISSIONS(_parm, _perm)                                   \
	static_assert(((_perm) & ~0777) == 0, "permissions of " #_parm ": three octal digits"); \
	static_assert((((_perm) >> 6) & 4) >= (((_perm) >> 3) & 4) &&             \
			      (((_perm) >> 3) & 4) >= ((_perm)&4),                \
		      "permissions of " #_parm ": who may read it counts from the owner down"); \
	static_assert((((_perm) >> 6) & 2) >= (((_perm) >> 3) & 2),               \
		      "permissions of " #_parm ": the group may write what the owner may"); \
	static_assert(((_perm)&2) == 0, "permissions of " #_parm ": not everybody may write it")

#define __PARAM_RECORD(_parm, _place, _kind, _perm)                               \
	__CHECK_PARAM_PERMISSIONS(_parm, _perm);                                  \
	static const char __param_name_##_parm[] = #_parm;                        \
	static const struct __param_record __param_##_parm __used                 \
		__section("__param") = { __param_name_##_parm, _place, _kind, 0 }

#define module_param_named(_parm, _variable, _type, _perm)                        \
	__CHECK_PARAM_TYPE(_parm, _variable, _type);                              \
	__PARAM_RECORD(_parm, &(_variable), __param_kind_##_type, _perm);         \
	__MODULE_PARM_TYPE(_parm, #_type)
#define module_param(_parm, _type, _perm) module_param_named(_parm, _parm, _type, _perm)
#define module_param_unsafe(_parm, _type, _perm) module_param(_parm, _type, _perm)
#define module_param_named_unsafe(_parm, _variable, _type, _perm)                 \
	module_param_named(_parm, _variable, _type, _perm)

/* `name=1,2,3` sets the first elements, and *_count, if that isn't NULL, to how many. */
#define module_param_array_named(_parm, _array, _type, _count, _perm)             \
	__CHECK_PARAM_TYPE(_parm, (_array)[0], _type);                            \
	static const struct kparam_array __param_array_##_parm = {                \
		.max = ARRAY_SIZE(_array),                                        \
		.elemsize = sizeof((_array)[0]),                                  \
		.num = (unsigned int *)(_count),                                  \
		.elem = (_array),                                                 \
		.kind = __param_kind_##_type,                                     \
	};                                                                        \
	__PARAM_RECORD(_parm, &__param_array_##_parm, __PARAM_KIND_ARRAY, _perm); \
	__MODULE_PARM_TYPE(_parm, "array of " #_type)
#define module_param_array(_parm, _type, _count, _perm)                           \
	module_param_array_named(_parm, _parm, _type, _count, _perm)

/* A text with its NUL, copied to an array of so many bytes. */
#define module_param_string(_parm, _string, _bytes, _perm)                        \
	static const struct kparam_string __param_string_##_parm = { _bytes, _string }; \
	__PARAM_RECORD(_parm, &__param_string_##_parm, __PARAM_KIND_STRING, _perm); \
	__MODULE_PARM_TYPE(_parm, "string")

/* The module's own function gets the text, before its init runs. */
#define module_param_cb(_parm, _operations, _argument, _perm)                     \
	static const struct kernel_param __param_callback_##_parm = {             \
		.name = #_parm,                                                   \
		.mod = THIS_MODULE,                                               \
		.ops = (_operations),                                             \
		.perm = (_perm),                                                  \
		{ .arg = (void *)(_argument) },                                   \
	};                                                                        \
	__PARAM_RECORD(_parm, &__param_callback_##_parm, __PARAM_KIND_CALLBACK, _perm)

/* For a module's own `set`: what those of Linux do. */
#define __define_param(_name, _type, _format, _from_text)                         \
	static inline int param_set_##_name(const char *value,                    \
					    const struct kernel_param *parameter) \
	{                                                                         \
		return value ? _from_text(value, 0, (_type *)parameter->arg) : -EINVAL; \
	}                                                                         \
	static inline int param_get_##_name(char *buffer,                         \
					    const struct kernel_param *parameter) \
	{                                                                         \
		return scnprintf(buffer, 4096, _format "\n", *(_type *)parameter->arg); \
	}                                                                         \
	static const struct kernel_param_ops param_ops_##_name __maybe_unused = { \
		.set = param_set_##_name,                                         \
		.get = param_get_##_name,                                         \
	}
__define_param(byte, unsigned char, "%hhu", kstrtou8);
__define_param(short, short, "%hd", kstrtos16);
__define_param(ushort, unsigned short, "%hu", kstrtou16);
__define_param(int, int, "%d", kstrtoint);
__define_param(uint, unsigned int, "%u", kstrtouint);
__define_param(long, long, "%ld", kstrtol);
__define_param(ulong, unsigned long, "%lu", kstrtoul);
__define_param(ullong, unsigned long long, "%llu", kstrtoull);
__define_param(hexint, unsigned int, "%#08x", kstrtouint);

static inline int param_set_bool(const char *value, const struct kernel_param *parameter)
{
	return kstrtobool(value ? value : "1", parameter->arg);
}

static inline int param_get_bool(char *buffer, const struct kernel_param *parameter)
{
	return scnprintf(buffer, 4096, "%c\n", *(bool *)parameter->arg ? 'Y' : 'N');
}

static const struct kernel_param_ops param_ops_bool __maybe_unused = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = param_set_bool,
	.get = param_get_bool,
};

static inline int param_set_invbool(const char *value, const struct kernel_param *parameter)
{
	bool wanted;
	int error = value ? kstrtobool(value, &wanted) : -EINVAL;

	if (!error)
		*(bool *)parameter->arg = !wanted;
	return error;
}

static inline int param_get_invbool(char *buffer, const struct kernel_param *parameter)
{
	return scnprintf(buffer, 4096, "%c\n", *(bool *)parameter->arg ? 'N' : 'Y');
}

static const struct kernel_param_ops param_ops_invbool __maybe_unused = {
	.set = param_set_invbool,
	.get = param_get_invbool,
};

/* A copy, for good. */
static inline int param_set_charp(const char *value, const struct kernel_param *parameter)
{
	char *copy = value ? kstrdup(value, GFP_KERNEL) : NULL;

	if (!copy)
		return value ? -ENOMEM : -EINVAL;
	*(char **)parameter->arg = copy;
	return 0;
}

static inline int param_get_charp(char *buffer, const struct kernel_param *parameter)
{
	return scnprintf(buffer, 4096, "%s\n", *(char **)parameter->arg);
}

static const struct kernel_param_ops param_ops_charp __maybe_unused = {
	.set = param_set_charp,
	.get = param_get_charp,
};

static inline int param_set_copystring(const char *value, const struct kernel_param *parameter)
{
	if (!value || strlen(value) + 1 > parameter->str->maxlen)
		return value ? -ENOSPC : -EINVAL;
	strcpy(parameter->str->string, value);
	return 0;
}

static inline int param_get_string(char *buffer, const struct kernel_param *parameter)
{
	return scnprintf(buffer, 4096, "%s\n", parameter->str->string);
}

#define kernel_param_lock(module) do { (void)(module); } while (0)
#define kernel_param_unlock(module) do { (void)(module); } while (0)

#endif
