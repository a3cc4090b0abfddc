/* A date and its time: what printf's %pt would show. There is no such clock here. */
#ifndef __LINUX_RTC_H
#define __LINUX_RTC_H

#include <linux/types.h>

struct rtc_time {
	int tm_sec, tm_min, tm_hour;
	/* From 1; the month from 0, the year from 1900. */
	int tm_mday, tm_mon, tm_year;
	int tm_wday, tm_yday, tm_isdst;
};

#define rtc_time64_to_tm(arguments...) ((void)__unsupported(rtc_time64_to_tm))
#define rtc_tm_to_time64(arguments...) ((long long)__unsupported(rtc_tm_to_time64))

#endif
