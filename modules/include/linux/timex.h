/* The TOD clock: asm/timex.h has it. */
#ifndef __LINUX_TIMEX_H
#define __LINUX_TIMEX_H

#include <asm/timex.h>

#endif
