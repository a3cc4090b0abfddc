/* What must not be, reported with file and line; BUG() ends the run. */
#ifndef __LINUX_BUG_H
#define __LINUX_BUG_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/printk.h>

extern __printf(4, 5) __cold void warn_slowpath_fmt(const char *file, int line,
						    unsigned int taint,
						    const char *format, ...);
extern __cold void __bug(const char *file, int line) __noreturn;

#define BUG() __bug(__FILE__, __LINE__)
#define BUG_ON(condition)                                                         \
	do {                                                                      \
		if (unlikely(condition))                                          \
			BUG();                                                    \
	} while (0)

/* Each is whether the condition held. */
#define WARN(condition, format...)                                                \
	({                                                                        \
		int __local_warned__ = !!(condition);                             \
		if (unlikely(__local_warned__))                                           \
			warn_slowpath_fmt(__FILE__, __LINE__, 9, format);         \
		unlikely(__local_warned__);                                               \
	})
#define WARN_ON(condition)                                                        \
	({                                                                        \
		int __local_warned__ = !!(condition);                                     \
		if (unlikely(__local_warned__))                                           \
			warn_slowpath_fmt(__FILE__, __LINE__, 9, NULL);           \
		unlikely(__local_warned__);                                               \
	})
#define __warn_once(condition, warn)                                              \
	({                                                                        \
		static bool __local_already_done__;                                       \
		int __local_once__ = !!(condition);                                       \
		if (unlikely(__local_once__ && !__local_already_done__)) {                \
			__local_already_done__ = true;                                    \
			warn;                                                     \
		}                                                                 \
		unlikely(__local_once__);                                                 \
	})
#define WARN_ONCE(condition, format...) __warn_once(condition, (void)WARN(1, format))
#define WARN_ON_ONCE(condition) __warn_once(condition, (void)WARN_ON(1))
#define WARN_TAINT(condition, taint, format...) WARN(condition, format)
#define CHECK_DATA_CORRUPTION(condition, format...) WARN(condition, format)

#endif
