// SPDX-License-Identifier: MIT
/*
 * Parameters of Linux's form: each names operations that set it from a text, and print it.
 *
 *     0 name  8 module  16 operations  24 who may see it  32 the variable
 */
/* This project's own have the same names, and other records. */
#define kernel_param own_kernel_param
#define kernel_param_ops own_kernel_param_ops
#define param_ops_int own_param_ops_int
#define param_ops_uint own_param_ops_uint
#define param_ops_bool own_param_ops_bool
#define param_get_uint own_param_get_uint
#include "../provider.h"
#undef kernel_param
#undef kernel_param_ops
#undef param_ops_int
#undef param_ops_uint
#undef param_ops_bool
#undef param_get_uint
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/sprintf.h>
#include <linux/types.h>

struct kernel_param {
	const char *name;
	void *module;
	const struct kernel_param_ops *operations;
	u16 visible;
	s8 level;
	u8 flags;
	void *variable;
};
static_assert(sizeof(struct kernel_param) == 40);

/* The operations take a parameter without a value. */
#define NO_VALUE 1

struct kernel_param_ops {
	unsigned int flags;
	int (*set)(const char *text, const struct kernel_param *parameter);
	int (*get)(char *text, const struct kernel_param *parameter);
	void (*free)(void *variable);
};

static int set_int(const char *text, const struct kernel_param *parameter)
{
	long long number;
	int error = text ? kstrtoll(text, 0, &number) : -EINVAL;

	if (!error && number != (int)number)
		error = -ERANGE;
	if (!error)
		*(int *)parameter->variable = number;
	return error;
}

static int get_int(char *text, const struct kernel_param *parameter)
{
	return scnprintf(text, 4096, "%i\n", *(int *)parameter->variable);
}

const struct kernel_param_ops param_ops_int = { .set = set_int, .get = get_int };
OFFER_DATA(param_ops_int);

int param_set_uint_minmax(const char *text, const struct kernel_param *parameter,
			  unsigned int least, unsigned int most)
{
	unsigned long long number;
	int error = text ? kstrtoull(text, 0, &number) : -EINVAL;

	if (!error && number > UINT_MAX)
		error = -ERANGE;
	if (!error && (number < least || number > most))
		error = -EINVAL;
	if (!error)
		*(unsigned int *)parameter->variable = number;
	return error;
}
OFFER(param_set_uint_minmax);

static int set_uint(const char *text, const struct kernel_param *parameter)
{
	return param_set_uint_minmax(text, parameter, 0, UINT_MAX);
}

int param_get_uint(char *text, const struct kernel_param *parameter)
{
	return scnprintf(text, 4096, "%u\n", *(unsigned int *)parameter->variable);
}
OFFER(param_get_uint);

const struct kernel_param_ops param_ops_uint = { .set = set_uint, .get = param_get_uint };
OFFER_DATA(param_ops_uint);

/* Its name alone turns it on. */
static int set_bool(const char *text, const struct kernel_param *parameter)
{
	return kstrtobool(text ?: "1", parameter->variable);
}

static int get_bool(char *text, const struct kernel_param *parameter)
{
	return scnprintf(text, 4096, "%c\n", *(bool *)parameter->variable ? 'Y' : 'N');
}

const struct kernel_param_ops param_ops_bool = {
	.flags = NO_VALUE, .set = set_bool, .get = get_bool
};
OFFER_DATA(param_ops_bool);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers operations of parameters to Linux's modules");
