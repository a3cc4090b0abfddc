/* 64-bit counts are read and written in one piece here: readers need nothing more. */
#ifndef __LINUX_U64_STATS_SYNC_H
#define __LINUX_U64_STATS_SYNC_H

#include <linux/compiler.h>
#include <linux/types.h>

struct u64_stats_sync {
};

typedef struct {
	u64 v;
} u64_stats_t;

#define u64_stats_init(sync) do { (void)(sync); } while (0)
#define u64_stats_update_begin(sync) do { (void)(sync); barrier(); } while (0)
#define u64_stats_update_end(sync) do { (void)(sync); barrier(); } while (0)
#define u64_stats_fetch_begin(sync) ((void)(sync), 0U)
#define u64_stats_fetch_retry(sync, start) ((void)(sync), (void)(start), false)
#define u64_stats_fetch_begin_irq(sync) u64_stats_fetch_begin(sync)
#define u64_stats_fetch_retry_irq(sync, start) u64_stats_fetch_retry(sync, start)

static inline u64 u64_stats_read(const u64_stats_t *count)
{
	return READ_ONCE(count->v);
}

static inline void u64_stats_set(u64_stats_t *count, u64 value)
{
	WRITE_ONCE(count->v, value);
}

static inline void u64_stats_add(u64_stats_t *count, unsigned long value)
{
	WRITE_ONCE(count->v, count->v + value);
}

static inline void u64_stats_inc(u64_stats_t *count)
{
	u64_stats_add(count, 1);
}

#endif
