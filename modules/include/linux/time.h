#ifndef __LINUX_TIME_H
#define __LINUX_TIME_H

#include <linux/jiffies.h>
#include <linux/time64.h>
#include <linux/timekeeping.h>

#endif
