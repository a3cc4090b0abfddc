/*
 * Lines on the kernel's log. The kernel formats: kernel/printf has the
 * conversions; the build ends where a format has one of Linux's beyond those. A
 * text without a newline is held until more comes.
 */
#ifndef __LINUX_PRINTK_H
#define __LINUX_PRINTK_H

#include <linux/init.h>
#include <linux/kern_levels.h>
#include <linux/stdarg.h>
#include <linux/types.h>

extern __printf(1, 2) __cold int _printk(const char *format, ...);
extern __printf(1, 0) int vprintk(const char *format, va_list arguments);
extern void dump_stack(void);

#define printk(format, ...) _printk(format, ##__VA_ARGS__)

/* Checked as a printk, and nothing more. */
#define no_printk(format, ...)                                                    \
	({                                                                        \
		if (0)                                                            \
			_printk(format, ##__VA_ARGS__);                           \
		0;                                                                \
	})

#ifndef pr_fmt
#define pr_fmt(format) format
#endif

#define pr_emerg(format, ...) printk(KERN_EMERG pr_fmt(format), ##__VA_ARGS__)
#define pr_alert(format, ...) printk(KERN_ALERT pr_fmt(format), ##__VA_ARGS__)
#define pr_crit(format, ...) printk(KERN_CRIT pr_fmt(format), ##__VA_ARGS__)
#define pr_err(format, ...) printk(KERN_ERR pr_fmt(format), ##__VA_ARGS__)
#define pr_warn(format, ...) printk(KERN_WARNING pr_fmt(format), ##__VA_ARGS__)
#define pr_notice(format, ...) printk(KERN_NOTICE pr_fmt(format), ##__VA_ARGS__)
#define pr_info(format, ...) printk(KERN_INFO pr_fmt(format), ##__VA_ARGS__)
#define pr_cont(format, ...) printk(KERN_CONT format, ##__VA_ARGS__)

#ifdef DEBUG
#define pr_debug(format, ...) printk(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)
#define pr_devel(format, ...) printk(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)
#else
#define pr_debug(format, ...) no_printk(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)
#define pr_devel(format, ...) no_printk(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)
#endif

/* The first time only. */
#define printk_once(format, ...)                                                  \
	({                                                                        \
		static bool __local_printed__;                                            \
		bool __local_first__ = !__local_printed__;                                        \
										  \
		__local_printed__ = true;                                                 \
		if (__local_first__)                                                      \
			printk(format, ##__VA_ARGS__);                            \
		__local_first__;                                                          \
	})
#define pr_err_once(format, ...) printk_once(KERN_ERR pr_fmt(format), ##__VA_ARGS__)
#define pr_warn_once(format, ...) printk_once(KERN_WARNING pr_fmt(format), ##__VA_ARGS__)
#define pr_notice_once(format, ...) printk_once(KERN_NOTICE pr_fmt(format), ##__VA_ARGS__)
#define pr_info_once(format, ...) printk_once(KERN_INFO pr_fmt(format), ##__VA_ARGS__)

#define pr_emerg_once(format, ...) printk_once(KERN_EMERG pr_fmt(format), ##__VA_ARGS__)
#define pr_alert_once(format, ...) printk_once(KERN_ALERT pr_fmt(format), ##__VA_ARGS__)
#define pr_crit_once(format, ...) printk_once(KERN_CRIT pr_fmt(format), ##__VA_ARGS__)
#ifdef DEBUG
#define pr_debug_once(format, ...) printk_once(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)
#else
#define pr_debug_once(format, ...) no_printk(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)
#endif

/* Ten lines of a place in five seconds. */
extern long long ktime_get(void);
struct __lines_of_place {
	long long from;
	int count;
};

static inline bool __may_print(struct __lines_of_place *place)
{
	long long now = ktime_get();

	if (!place->count || now - place->from > 5000000000LL) {
		place->from = now;
		place->count = 0;
	}
	return place->count < 10 && ++place->count;
}

#define printk_ratelimited(format, ...)                                           \
	({                                                                        \
		static struct __lines_of_place __local_place__;                   \
		if (__may_print(&__local_place__))                                \
			printk(format, ##__VA_ARGS__);                            \
	})
#define pr_emerg_ratelimited(format, ...) printk_ratelimited(KERN_EMERG pr_fmt(format), ##__VA_ARGS__)
#define pr_err_ratelimited(format, ...) printk_ratelimited(KERN_ERR pr_fmt(format), ##__VA_ARGS__)
#define pr_warn_ratelimited(format, ...) printk_ratelimited(KERN_WARNING pr_fmt(format), ##__VA_ARGS__)
#define pr_notice_ratelimited(format, ...) printk_ratelimited(KERN_NOTICE pr_fmt(format), ##__VA_ARGS__)
#define pr_info_ratelimited(format, ...) printk_ratelimited(KERN_INFO pr_fmt(format), ##__VA_ARGS__)
#define pr_debug_ratelimited(format, ...) no_printk(KERN_DEBUG pr_fmt(format), ##__VA_ARGS__)

#define DUMP_PREFIX_NONE 0
#define DUMP_PREFIX_ADDRESS 1
#define DUMP_PREFIX_OFFSET 2
/* modules/lib/hexdump.c */
extern int hex_dump_to_buffer(const void *buffer, size_t bytes, int row, int group, char *line,
			      size_t room, bool ascii);
extern void print_hex_dump(const char *level, const char *prefix, int kind, int row, int group,
			   const void *buffer, size_t bytes, bool ascii);
#define print_hex_dump_bytes(prefix, kind, buffer, bytes)                          \
	print_hex_dump(KERN_DEBUG, prefix, kind, 16, 1, buffer, bytes, true)
#define print_hex_dump_debug(prefix, kind, row, group, buffer, bytes, ascii)       \
	print_hex_dump(KERN_DEBUG, prefix, kind, row, group, buffer, bytes, ascii)

#endif
