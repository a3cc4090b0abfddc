/*
 * What a page's flags are called, by Linux's numbers. This kernel keeps none: its allocator
 * knows frames, not pages with a structure each, and printf's %pG is refused.
 */
#ifndef __LINUX_PAGE_FLAGS_H
#define __LINUX_PAGE_FLAGS_H

enum pageflags {
	PG_locked,
	PG_referenced,
	PG_uptodate,
	PG_dirty,
	PG_lru,
	PG_active,
	PG_workingset,
	PG_waiters,
	PG_error,
	PG_slab,
	PG_owner_priv_1,
	PG_arch_1,
	PG_reserved,
	PG_private,
	PG_private_2,
	PG_writeback,
	PG_head,
	PG_mappedtodisk,
	PG_reclaim,
	PG_swapbacked,
	PG_unevictable,
	PG_mlocked,
	NR_PAGEFLAGS,
};

#define PAGEFLAGS_MASK ((1UL << NR_PAGEFLAGS) - 1)

/* Nothing else is kept beside them. */
#define SECTIONS_WIDTH 0
#define SECTIONS_PGSHIFT 0
#define SECTIONS_MASK 0UL
#define NODES_WIDTH 0
#define NODES_PGSHIFT 0
#define NODES_MASK 0UL
#define ZONES_WIDTH 0
#define ZONES_PGSHIFT 0
#define ZONES_MASK 0UL
#define LAST_CPUPID_WIDTH 0
#define LAST_CPUPID_PGSHIFT 0
#define LAST_CPUPID_MASK 0UL
#define KASAN_TAG_WIDTH 0
#define KASAN_TAG_PGSHIFT 0
#define KASAN_TAG_MASK 0UL

#endif
