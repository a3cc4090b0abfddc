/* Where code and data of set-up and farewell lie. */
#ifndef __LINUX_INIT_H
#define __LINUX_INIT_H

#include <linux/compiler.h>
#include <linux/types.h>

#define __init __section(".init.text") __cold
#define __initdata __section(".init.data")
#define __initconst __section(".init.rodata")
#define __exit __section(".exit.text") __used __cold
#define __exitdata __section(".exit.data")
/* Read-only once init has returned. */
#define __ro_after_init __section(".data..ro_after_init")
#define __refdata
#define __ref
#define __init_or_module
#define __initdata_or_module
#define __initconst_or_module

typedef int (*initcall_t)(void);
typedef void (*exitcall_t)(void);

#endif
