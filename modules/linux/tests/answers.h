/*
 * Tests that ask modules of Linux's what is known: each is a module whose init compares
 * answers with published ones, or ones that the host has worked out, never with the asked
 * module's own. What it asks, and where its numbers are from, the runner's table shows.
 */
#ifndef __LINUX_ANSWERS_H
#define __LINUX_ANSWERS_H

#include <linux/errno.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

/* It is compiled with -mpacked-stack, as what it calls. */
MODULE_INFO(frames, "packed");

/* For each module that is asked: its name, and where the right answers are from. */
#define ANSWERS(module, source) MODULE_INFO(answers, #module ": " source)

/* For what providers offer, which is called as offered_NAME: where the right answers are from. */
#define ANSWERS_OF_OFFERS(source) MODULE_INFO(asks_offers, source)

/* What a line has that the test prints: the runner looks for it. */
#define PRINTS(text) MODULE_INFO(prints, text)

/* How many answers were wrong. */
static int wrong_answers __maybe_unused;

#define ANSWER(expression, known)                                                 \
	do {                                                                      \
		unsigned long long __local_found__ = (expression);                        \
		unsigned long long __local_known__ = (known);                             \
									          \
		if (__local_found__ != __local_known__) {                                 \
			pr_err("%s is %#llx, and known to be %#llx\n", #expression, \
			       __local_found__, __local_known__);                         \
			wrong_answers++;                                          \
		}                                                                 \
	} while (0)

/* Bytes, by their number. */
#define ANSWER_BYTES(found, known, bytes) ANSWER(!!memcmp(found, known, bytes), 0)

/* What the module's questions are in. */
#define ASK(questions)                                                            \
	static int __init __ask(void)                                             \
	{                                                                         \
		questions();                                                      \
		return wrong_answers ? -EBADMSG : 0;                              \
	}                                                                         \
	module_init(__ask);                                                       \
	static void __exit __asked(void)                                          \
	{                                                                         \
	}                                                                         \
	module_exit(__asked);                                                     \
	MODULE_LICENSE("MIT")

#endif
