/*
 * What the lessons share: a variable's place in section .data..percpu, and a line
 * that says what came of it. Each lesson defines `mine`, its way to the copy.
 */
#ifndef LESSON_H
#define LESSON_H

#include <linux/module.h>

/* As it was before Linux made the definitions weak. */
#define PLAIN_PER_CPU __attribute__((section(".data..percpu")))

#define LESSON(text)                                                              \
	static int __init lesson_init(void)                                       \
	{                                                                         \
		unsigned long *copy = mine();                                     \
										  \
		*copy += 1;                                                       \
		if (*copy != 1 || copy != per_cpu_ptr(handle(), smp_processor_id())) \
			return -EIO;                                              \
		pr_info("lesson " KBUILD_MODNAME ": " text ", and this CPU's copy counts %lu\n", \
			*copy);                                                   \
		return 0;                                                         \
	}                                                                         \
	static void __exit lesson_exit(void)                                      \
	{                                                                         \
	}                                                                         \
	module_init(lesson_init);                                                 \
	module_exit(lesson_exit);                                                 \
	MODULE_LICENSE("GPL")

/* The handle, from memory: no instruction's reach has a part in it. */
#define HANDLE(variable)                                                          \
	static unsigned long *const variable##_handle = &variable;                \
	static unsigned long *handle(void)                                        \
	{                                                                         \
		return *(unsigned long *const volatile *)&variable##_handle;      \
	}

#endif
