/*
 * Providers: modules that offer to code compiled for Linux 6.1 what it imports.
 *
 * Such code sees exports with a CRC and nothing else. A provider states one for each:
 *
 *     OFFER(name)      a symbol of this file, of another module or of the kernel, whose
 *                      declaration here says the same as Linux's
 *     OFFER_AS(name, own)  what this file has as `own`, where a header of modules/include
 *                      has something else under the name
 *
 * The numbers are those of Module.symvers in Debian's package of headers, by which the
 * runner makes the file that has a LINUX_CRC_name for each. So what is offered under a
 * name must be what Linux has under it: the same arguments, the same kind of thing (a
 * function or a variable), the same layout of what it points to.
 *
 * What can mean nothing here answers with Linux's error for a thing that is missing, and
 * never with a success that did nothing.
 */
#ifndef __LINUX_PROVIDER_H
#define __LINUX_PROVIDER_H

#include <linux/export.h>
#include <linux/module.h>

/* What calls code compiled for Linux has stack frames as it: -mpacked-stack (arch::packed_call). */
MODULE_INFO(frames, "packed");

#define __OFFER(symbol, crc) EXPORT_SYMBOL_CRC(symbol, crc)
#define OFFER(symbol) __OFFER(symbol, LINUX_CRC_##symbol)
#define OFFER_DATA(symbol) OFFER(symbol)
#define REFUSES(symbol) OFFER(symbol)
#define REFUSES_AS(symbol, own) OFFER_AS(symbol, own)

#define __OFFER_AS(symbol, own, crc)                                              \
	__asm__(".globl " #symbol "\n.set " #symbol ", " #own);                   \
	__asm__(".pushsection __kcrctab,\"a\"\n"                                  \
		"__crc_" #symbol ": .long " __stringify(crc) "\n"                   \
		".popsection");                                                   \
	extern const struct kernel_symbol __ksymtab_##symbol;                     \
	const struct kernel_symbol __ksymtab_##symbol __used                      \
		__section("__ksymtab") = { (const void *)&own, #symbol }
#define OFFER_AS(symbol, own) __OFFER_AS(symbol, own, LINUX_CRC_##symbol)

#endif
