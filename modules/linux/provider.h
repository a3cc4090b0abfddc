/*
 * Providers: modules that offer to code compiled for Linux 6.1 what it imports.
 *
 * Such code sees exports with a CRC and nothing else. A provider states one for each:
 *
 *     OFFER(name)          a function of this file or of the kernel, whose declaration here
 *                          says the same as Linux's
 *     OFFER_AS(name, own)  what this file has as `own`, where a header of modules/include
 *                          has something else under the name
 *     REFUSES(name), REFUSES_AS(name, own)
 *                          a function that can mean nothing here: it answers with Linux's
 *                          error for a thing that is missing, and never with a success that
 *                          did nothing
 *     ENDS_RUN(name)       a function that never returns, for it ends the run: no test can go on
 *                          behind it
 *     OFFER_DATA(name), OFFER_DATA_AS(name, own)
 *                          a variable, of the kernel or of this file; of this file
 *
 * The numbers are those of Module.symvers in Debian's package of headers, by which the
 * runner makes the file that has a LINUX_CRC_name for each. So what is offered under a
 * name must be what Linux has under it: the same arguments, the same kind of thing (a
 * function or a variable), the same layout of what it points to.
 *
 * Calls are counted, in front of the function:
 *
 *     __linux_NAME:  larl  %r1,count        the runner renames it: it is the NAME that is
 *     offered_NAME:  agsi  0(%r1),1         exported, and NAME itself, if it is in the file,
 *                    jg    NAME             becomes own_NAME
 *
 * A test calls what is offered as offered_NAME. `own` mustn't be static.
 */
#ifndef __LINUX_PROVIDER_H
#define __LINUX_PROVIDER_H

#include <linux/build_bug.h>
#include <linux/export.h>
#include <linux/module.h>

/* What calls code compiled for Linux has stack frames as it: -mpacked-stack (arch::packed_call). */
MODULE_INFO(frames, "packed");

/* A function that is offered, and how often it was called. */
struct offered {
	const char *symbol;
	unsigned long calls;
};

/* All of a module. */
struct offers {
	struct offers *next;
	const char *provider;
	struct offered *first, *end;
};
extern void add_offers(struct offers *offers);
extern void remove_offers(struct offers *offers);

__asm__(".pushsection offered,0,\"aw\",@progbits\n"
	".balign 8\n"
	"offered_first:\n"
	".popsection\n"
	".pushsection offered,2\n"
	"offered_end:\n"
	".popsection");
extern struct offered offered_first[], offered_end[];
static struct offers __offers = {
	.provider = KBUILD_MODNAME, .first = offered_first, .end = offered_end
};

static void __attribute__((constructor)) __add_offers(void)
{
	add_offers(&__offers);
}

static void __attribute__((destructor)) __remove_offers(void)
{
	remove_offers(&__offers);
}

#define __LABEL(label) ".globl " #label "\n.type " #label ",@function\n" #label ":\n"
#define __OFFER(symbol, own, crc)                                                 \
	static_assert(__builtin_types_compatible_p(typeof(&*(own)), typeof(&(own))),      \
		      #symbol " is a variable: OFFER_DATA");                        \
	__asm__(".pushsection offered,1\n"                                        \
		"0: .quad 2f, 0\n"                                                \
		".popsection\n"                                                   \
		".pushsection .rodata.offered,\"a\"\n"                              \
		"2: .string \"" #symbol "\"\n"                                      \
		".popsection\n"                                                   \
		".pushsection .text.offered,\"ax\"\n"                               \
		".balign 8\n"                                                     \
		__LABEL(__linux_##symbol) __LABEL(offered_##symbol)                 \
		"larl %r1,0b\n"                                                   \
		"agsi 8(%r1),1\n"                                                 \
		"jg " #own "@PLT\n"                                               \
		".popsection\n"                                                   \
		".pushsection __kcrctab,\"a\"\n"                                    \
		"__crc_" #symbol ": .long " __stringify(crc) "\n"                   \
		".popsection");                                                   \
	extern typeof(own) __linux_##symbol;                                        \
	extern const struct kernel_symbol __ksymtab_##symbol;                     \
	const struct kernel_symbol __ksymtab_##symbol __used                      \
		__section("__ksymtab") = { (const void *)&__linux_##symbol, #symbol };  \
	extern typeof(own) offered_##symbol;                                      \
	EXPORT_SYMBOL(offered_##symbol)

#define OFFER_AS(symbol, own) __OFFER(symbol, own, LINUX_CRC_##symbol)
#define REFUSES_AS(symbol, own) MODULE_INFO(refuses, #symbol); OFFER_AS(symbol, own)
#define OFFER(symbol) OFFER_AS(symbol, symbol)
#define REFUSES(symbol) REFUSES_AS(symbol, symbol)
#define ENDS_RUN(symbol) MODULE_INFO(ends_run, #symbol); OFFER(symbol)

#define __OFFER_DATA(symbol, crc) EXPORT_SYMBOL_CRC(symbol, crc)
#define OFFER_DATA(symbol) __OFFER_DATA(symbol, LINUX_CRC_##symbol)

#define __OFFER_DATA_AS(symbol, own, crc)                                         \
	__asm__(".globl __linux_" #symbol "\n.set __linux_" #symbol ", " #own "\n"   \
		".pushsection __kcrctab,\"a\"\n"                                    \
		"__crc_" #symbol ": .long " __stringify(crc) "\n"                   \
		".popsection");                                                   \
	extern const struct kernel_symbol __ksymtab_##symbol;                     \
	const struct kernel_symbol __ksymtab_##symbol __used                      \
		__section("__ksymtab") = { (const void *)&own, #symbol }
#define OFFER_DATA_AS(symbol, own) __OFFER_DATA_AS(symbol, own, LINUX_CRC_##symbol)

#endif
