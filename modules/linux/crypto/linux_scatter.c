// SPDX-License-Identifier: MIT
/* Memory in pieces: going through it, copying to and from it, leaving out its beginning. */
#include "scatter.h"
#include <linux/bug.h>
#include <linux/errno.h>

struct scatterlist *sg_next(struct scatterlist *piece)
{
	if (piece->page_link & PIECE_LAST)
		return NULL;
	piece++;
	if (piece->page_link & PIECE_CHAINS)
		piece = (void *)(piece->page_link & ~(PIECE_CHAINS | PIECE_LAST));
	return piece;
}
OFFER(sg_next);

void sg_init_table(struct scatterlist *pieces, unsigned int count)
{
	memset(pieces, 0, count * sizeof(*pieces));
	if (count)
		pieces[count - 1].page_link = PIECE_LAST;
}
OFFER(sg_init_table);

void sg_init_one(struct scatterlist *piece, const void *memory, unsigned int bytes)
{
	unsigned long address = (unsigned long)memory;

	sg_init_table(piece, 1);
	piece->page_link |= (unsigned long)vmemmap + address / PAGE_BYTES * PAGE_RECORD;
	piece->offset = address % PAGE_BYTES;
	piece->length = bytes;
}
OFFER(sg_init_one);

/* How many pieces have these bytes; an error if all have fewer. */
int sg_nents_for_len(struct scatterlist *piece, u64 bytes)
{
	u64 total = 0;

	for (int count = 1; piece && bytes; piece = sg_next(piece), count++) {
		total += piece->length;
		if (total >= bytes)
			return count;
	}
	return bytes ? -EINVAL : 0;
}
OFFER(sg_nents_for_len);

/* Copies from where a walk is, or to there, and goes on behind. */
void scatterwalk_copychunks(void *memory, struct scatter_walk *at, size_t bytes, int out)
{
	u8 *place = memory;

	while (bytes) {
		unsigned int part = min_t(size_t, bytes, walk_span(at));

		/* Who asks for more than there is has counted wrongly. */
		BUG_ON(part == 0);
		/* 2 means: leave them out. */
		if (out == 1)
			memcpy(piece_address(at->sg, at->offset), place, part);
		else if (out == 0)
			memcpy(place, piece_address(at->sg, at->offset), part);
		at->offset += part;
		place += part;
		bytes -= part;
	}
}
OFFER(scatterwalk_copychunks);

void scatterwalk_map_and_copy(void *memory, struct scatterlist *piece, unsigned int start,
			      unsigned int bytes, int out)
{
	struct scatter_walk at;

	if (!bytes)
		return;
	walk_from(&at, piece);
	scatterwalk_copychunks(NULL, &at, start, 2);
	scatterwalk_copychunks(memory, &at, bytes, out);
}
OFFER(scatterwalk_map_and_copy);

/* The same memory without its first bytes; two pieces are made where they end inside one. */
struct scatterlist *scatterwalk_ffwd(struct scatterlist pieces[2], struct scatterlist *from,
				     unsigned int bytes)
{
	struct scatter_walk at;
	struct scatterlist *rest;

	if (!bytes)
		return from;
	walk_from(&at, from);
	scatterwalk_copychunks(NULL, &at, bytes, 2);
	if (!walk_span(&at)) {
		sg_init_table(pieces, 1);
		return pieces;
	}
	if (at.offset == at.sg->offset)
		return at.sg;
	sg_init_one(pieces, piece_address(at.sg, at.offset), walk_span(&at));
	rest = sg_next(at.sg);
	if (rest) {
		pieces[0].page_link &= ~PIECE_LAST;
		memset(&pieces[1], 0, sizeof(pieces[1]));
		pieces[1].page_link = (unsigned long)rest | PIECE_CHAINS;
	}
	return pieces;
}
OFFER(scatterwalk_ffwd);

void memcpy_sglist(struct scatterlist *to, struct scatterlist *from, unsigned int bytes)
{
	struct scatter_walk in, out;

	walk_from(&in, from);
	walk_from(&out, to);
	while (bytes) {
		unsigned int part = min(bytes, min(walk_span(&in), walk_span(&out)));
		u8 *source = part ? piece_address(in.sg, in.offset) : NULL;
		u8 *target = part ? piece_address(out.sg, out.offset) : NULL;

		BUG_ON(part == 0);
		if (source != target)
			memmove(target, source, part);
		in.offset += part;
		out.offset += part;
		bytes -= part;
	}
}
OFFER(memcpy_sglist);

static size_t copy(struct scatterlist *piece, unsigned int count, void *memory, size_t bytes,
		   bool out)
{
	size_t done = 0;

	for (; piece && count && done < bytes; piece = sg_next(piece), count--) {
		size_t part = min_t(size_t, bytes - done, piece->length);
		u8 *place = piece_address(piece, piece->offset);

		memcpy(out ? place : memory + done, out ? memory + done : place, part);
		done += part;
	}
	return done;
}

size_t sg_copy_from_buffer(struct scatterlist *piece, unsigned int count, const void *memory,
			   size_t bytes)
{
	return copy(piece, count, (void *)memory, bytes, true);
}
OFFER(sg_copy_from_buffer);

size_t sg_copy_to_buffer(struct scatterlist *piece, unsigned int count, void *memory,
			 size_t bytes)
{
	return copy(piece, count, memory, bytes, false);
}
OFFER(sg_copy_to_buffer);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Offers memory in pieces to Linux's modules");
