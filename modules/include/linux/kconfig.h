/* What is built in: nothing of Linux's options but these. */
#ifndef __LINUX_KCONFIG_H
#define __LINUX_KCONFIG_H

#define CONFIG_64BIT 1
#define CONFIG_SMP 1
#define CONFIG_S390 1
#define CONFIG_MODULES 1
#define CONFIG_PRINTK 1
#define CONFIG_BUG 1
#define CONFIG_CPU_BIG_ENDIAN 1
#define CONFIG_KUNIT 1
#define CONFIG_SYMBOLIC_ERRNAME 1
#define CONFIG_HZ 100
#define CONFIG_NR_CPUS 256

/* Whether an option's macro is 1: then it puts an argument in front. */
#define __OPTION_IS_1 0,
#define __option_second(ignored, second, ...) second
#define __option_is(value) ___option_is(value)
#define ___option_is(value) ____option_is(__OPTION_IS_##value)
#define ____option_is(argument_or_junk) __option_second(argument_or_junk 1, 0)
#define IS_BUILTIN(option) __option_is(option)
#define IS_MODULE(option) __option_is(option##_MODULE)
#define IS_ENABLED(option) (IS_BUILTIN(option) || IS_MODULE(option))
#define IS_REACHABLE(option) IS_ENABLED(option)

#endif
