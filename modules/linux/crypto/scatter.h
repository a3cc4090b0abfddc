/*
 * Memory in pieces, as Linux 6.1 describes it: an array of pieces, the last of which says so, or
 * names the next array. A piece names its first page, by the address that the page's record has
 * in `vmemmap`; of what page_link is, the two lowest bits are flags.
 *
 *     page_link │ record of a page, 64 bytes each   +1 next array  +2 last
 */
#ifndef __LINUX_SCATTER_PROVIDERS_H
#define __LINUX_SCATTER_PROVIDERS_H

#include "../provider.h"
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#define PIECE_CHAINS 1ul
#define PIECE_LAST 2ul
#define PAGE_RECORD 64
#define PAGE_BYTES 4096ul

/* Where the record of the page at address 0 would be. */
extern u8 *vmemmap;

struct scatterlist {
	unsigned long page_link;
	unsigned int offset, length;
	u64 dma[2];
};
static_assert(sizeof(struct scatterlist) == 32);

/* A place in it. */
struct scatter_walk {
	struct scatterlist *sg;
	unsigned int offset;
};

extern struct scatterlist *sg_next(struct scatterlist *piece);
extern void sg_init_one(struct scatterlist *piece, const void *memory, unsigned int bytes);
extern struct scatterlist *scatterwalk_ffwd(struct scatterlist pieces[2],
					    struct scatterlist *from, unsigned int bytes);
extern void scatterwalk_copychunks(void *memory, struct scatter_walk *at, size_t bytes, int out);

/* The address of an offset in a piece: memory has its own addresses here. */
static inline u8 *piece_address(const struct scatterlist *piece, unsigned int offset)
{
	unsigned long record = (piece->page_link & ~(PIECE_CHAINS | PIECE_LAST)) -
			       (unsigned long)vmemmap;

	return (u8 *)(record / PAGE_RECORD * PAGE_BYTES + offset);
}

static inline void walk_from(struct scatter_walk *at, struct scatterlist *piece)
{
	at->sg = piece;
	at->offset = piece ? piece->offset : 0;
}

/* Bytes up to the end of its piece, over pieces that have none; 0 behind the last. */
static inline unsigned int walk_span(struct scatter_walk *at)
{
	while (at->sg && at->offset >= at->sg->offset + at->sg->length)
		walk_from(at, sg_next(at->sg));
	return at->sg ? at->sg->offset + at->sg->length - at->offset : 0;
}

#endif
