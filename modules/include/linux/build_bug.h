/* What must hold already when the module is compiled. */
#ifndef __LINUX_BUILD_BUG_H
#define __LINUX_BUILD_BUG_H

#include <linux/compiler.h>

/* 0, or no program: for where a statement has no place. */
#define BUILD_BUG_ON_ZERO(condition) ((int)(sizeof(struct { int : (-!!(condition)); })))
#define BUILD_BUG_ON_INVALID(expression) ((void)(sizeof((long)(expression))))
#define BUILD_BUG_ON_MSG(condition, message) compiletime_assert(!(condition), message)
#define BUILD_BUG_ON(condition)                                                   \
	BUILD_BUG_ON_MSG(condition, "BUILD_BUG_ON failed: " #condition)
#define BUILD_BUG() BUILD_BUG_ON_MSG(1, "BUILD_BUG failed")
#define __BUILD_BUG_ON_NOT_POWER_OF_2(n) BUILD_BUG_ON(((n) & ((n)-1)) != 0)
#define BUILD_BUG_ON_NOT_POWER_OF_2(n)                                            \
	BUILD_BUG_ON((n) == 0 || (((n) & ((n)-1)) != 0))

#define static_assert(expression, ...)                                            \
	__static_assert(expression, ##__VA_ARGS__, #expression)
#define __static_assert(expression, message, ...) _Static_assert(expression, message)

#endif
