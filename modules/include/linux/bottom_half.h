#ifndef __LINUX_BOTTOM_HALF_H
#define __LINUX_BOTTOM_HALF_H

#include <linux/interrupt.h>

#endif
