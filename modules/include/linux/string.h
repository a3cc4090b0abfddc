#ifndef __LINUX_STRING_H
#define __LINUX_STRING_H

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/types.h>

extern void *memcpy(void *to, const void *from, size_t bytes);
extern void *memmove(void *to, const void *from, size_t bytes);
extern void *memset(void *to, int byte, size_t bytes);
extern int memcmp(const void *a, const void *b, size_t bytes);
extern void *memchr(const void *memory, int byte, size_t bytes);

extern size_t strlen(const char *text);
extern size_t strnlen(const char *text, size_t limit);
extern int strcmp(const char *a, const char *b);
extern int strncmp(const char *a, const char *b, size_t limit);
extern int strcasecmp(const char *a, const char *b);
extern char *strchr(const char *text, int byte);
extern char *strrchr(const char *text, int byte);
extern char *strstr(const char *text, const char *part);
extern char *strcpy(char *to, const char *from);
extern char *strncpy(char *to, const char *from, size_t size);
extern size_t strlcpy(char *to, const char *from, size_t size);
extern ssize_t strscpy(char *to, const char *from, size_t size);
extern char *strcat(char *to, const char *from);
extern char *kstrdup(const char *text, gfp_t flags);
extern void *kmemdup(const void *from, size_t bytes, gfp_t flags);

/* Not optimized away when nobody reads the memory again. */
static inline void memzero_explicit(void *memory, size_t bytes)
{
	memset(memory, 0, bytes);
	barrier_data(memory);
}

#endif
