/* Memory in pieces, for questions about what is given so. */
#ifndef __LINUX_PIECES_H
#define __LINUX_PIECES_H

#include "crypto_answers.h"

#define MOST_PIECES 64

struct scatterlist {
	unsigned long page_link;
	unsigned int offset, length;
	u64 dma[2];
};
extern void sg_init_table(struct scatterlist *pieces, unsigned int count);
extern void sg_init_one(struct scatterlist *piece, const void *memory, unsigned int bytes);
extern int sg_nents_for_len(struct scatterlist *piece, u64 bytes);
extern size_t sg_copy_from_buffer(struct scatterlist *piece, unsigned int count,
				  const void *memory, size_t bytes);
extern size_t sg_copy_to_buffer(struct scatterlist *piece, unsigned int count, void *memory,
				size_t bytes);

struct pieces {
	struct scatterlist list[MOST_PIECES];
	unsigned int used;
	/* Bytes that mean something, and all. */
	unsigned int count, room;
	u8 bytes[512];
	/* Each piece has space behind it that isn't used. */
	u8 memory[1024];
};

/* Puts the bytes into the pieces. */
static void scatter(struct pieces *pieces)
{
	size_t done = sg_copy_from_buffer(pieces->list, pieces->used, pieces->bytes, pieces->room);

	ANSWER(done, pieces->room);
}

/* Takes them from there; how many. */
static unsigned int gather(struct pieces *pieces)
{
	return sg_copy_to_buffer(pieces->list, pieces->used, pieces->bytes, pieces->room);
}

/* A text's bytes in pieces of so many, or in one; with space for more at the end. */
static struct pieces *make_pieces(const char *text, unsigned int piece, unsigned int more)
{
	struct pieces *made = kzalloc(sizeof(*made), GFP_KERNEL);

	if (!made)
		return NULL;
	made->count = from_hex(made->bytes, text);
	made->room = made->count + more;
	piece = piece ?: made->room ?: 1;
	made->used = (made->room + piece - 1) / piece;
	for (unsigned int at = 0, left = made->room; left; at++) {
		unsigned int bytes = left < piece ? left : piece;

		sg_init_one(&made->list[at], made->memory + at * (piece + 1), bytes);
		left -= bytes;
		/* Not the last, but for the last. */
		if (left)
			made->list[at].page_link &= ~2ul;
	}
	ANSWER(sg_nents_for_len(made->list, made->room), made->used);
	scatter(made);
	return made;
}

static void free_pieces(struct pieces *pieces)
{
	kfree(pieces);
}

#endif
