#ifndef __LINUX_HARDIRQ_H
#define __LINUX_HARDIRQ_H

#include <linux/interrupt.h>

#endif
