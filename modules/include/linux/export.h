/*
 * Exports: entries of section __ksymtab, an address and a name each, under the
 * symbol __ksymtab_NAME by which the loader finds them. The kernel makes no
 * difference between EXPORT_SYMBOL and EXPORT_SYMBOL_GPL.
 */
#ifndef __LINUX_EXPORT_H
#define __LINUX_EXPORT_H

#include <linux/compiler.h>
#include <linux/stringify.h>

struct kernel_symbol {
	const void *value;
	const char *name;
};

#define EXPORT_SYMBOL(symbol)                                                     \
	extern typeof(symbol) symbol;                                             \
	extern const struct kernel_symbol __ksymtab_##symbol;                     \
	const struct kernel_symbol __ksymtab_##symbol __used                      \
		__section("__ksymtab") = { (const void *)&symbol, #symbol }
#define EXPORT_SYMBOL_GPL(symbol) EXPORT_SYMBOL(symbol)
/*
 * With the CRC of Linux's declaration, for modules compiled for Linux, which see nothing else;
 * also of what another module or the kernel defines.
 */
#define EXPORT_SYMBOL_CRC(symbol, crc)                                            \
	__asm__(".pushsection __kcrctab,\"a\"\n"                                  \
		"__crc_" #symbol ": .long " __stringify(crc) "\n"                   \
		".popsection");                                                   \
	EXPORT_SYMBOL(symbol)

#define EXPORT_SYMBOL_NS(symbol, space) EXPORT_SYMBOL(symbol)
#define EXPORT_SYMBOL_NS_GPL(symbol, space) EXPORT_SYMBOL(symbol)

struct module;
#ifdef MODULE
extern struct module __this_module;
#define THIS_MODULE (&__this_module)
#endif

#endif
