#ifndef __LINUX_LCM_H
#define __LINUX_LCM_H

#include <linux/gcd.h>

#endif
