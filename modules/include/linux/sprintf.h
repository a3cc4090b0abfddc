/* Text into buffers, by the kernel's formats. */
#ifndef __LINUX_SPRINTF_H
#define __LINUX_SPRINTF_H

#include <linux/printk.h>
#include <linux/stdarg.h>
#include <linux/types.h>

extern __printf(2, 3) int sprintf(char *buffer, const char *format, ...);
extern __printf(2, 0) int vsprintf(char *buffer, const char *format, va_list arguments);
extern __printf(3, 4) int snprintf(char *buffer, size_t size, const char *format, ...);
extern __printf(3, 0) int vsnprintf(char *buffer, size_t size, const char *format,
				    va_list arguments);
extern __printf(3, 4) int scnprintf(char *buffer, size_t size, const char *format, ...);
extern __printf(3, 0) int vscnprintf(char *buffer, size_t size, const char *format,
				     va_list arguments);
extern void *__kmalloc(size_t bytes, gfp_t flags);

/* A block with the text; NULL if there is none. */
static inline __printf(2, 0) char *kvasprintf(gfp_t flags, const char *format, va_list arguments)
{
	va_list again;
	char *text;
	int length;

	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = __kmalloc(length + 1, flags);
	if (text)
		vsnprintf(text, length + 1, format, arguments);
	return text;
}

static inline __printf(2, 3) char *kasprintf(gfp_t flags, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = kvasprintf(flags, format, arguments);
	va_end(arguments);
	return text;
}

/* Numbers and texts out of a text: how many were found. */
extern __scanf(2, 3) int sscanf(const char *text, const char *format, ...);
extern __scanf(2, 0) int vsscanf(const char *text, const char *format, va_list arguments);

#endif
