/*
 * Lines on the kernel's log. The kernel formats: kernel/printf has the
 * conversions. A text without a newline is held until more comes.
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
		static bool __printed;                                            \
		bool __first = !__printed;                                        \
										  \
		__printed = true;                                                 \
		if (__first)                                                      \
			printk(format, ##__VA_ARGS__);                            \
		__first;                                                          \
	})
#define pr_err_once(format, ...) printk_once(KERN_ERR pr_fmt(format), ##__VA_ARGS__)
#define pr_warn_once(format, ...) printk_once(KERN_WARNING pr_fmt(format), ##__VA_ARGS__)
#define pr_notice_once(format, ...) printk_once(KERN_NOTICE pr_fmt(format), ##__VA_ARGS__)
#define pr_info_once(format, ...) printk_once(KERN_INFO pr_fmt(format), ##__VA_ARGS__)

#define printk_ratelimited(format, ...) ((int)__unsupported(printk_ratelimited))
#define print_hex_dump(arguments...) ((void)__unsupported(print_hex_dump))

#endif
