/* SPDX-License-Identifier: MIT */
/*
 * A TCG plugin: how many instructions the guest executed in each block of its code, and on
 * whose behalf. tools/runner/src/verbs/profile/ builds it, starts QEMU with it, and gives the
 * addresses their names.
 *
 *   out=FILE      where the counts go when QEMU ends
 *   begin=ADDRESS counting begins with a block that starts here
 *   end=ADDRESS   and ends before this one
 *
 *   part COUNT               a begin and its end: instructions between them
 *   frame N PARENT ADDRESS   stack N: PARENT's, and a call that returns to ADDRESS; 0 is empty
 *   count N ADDRESS COUNT    executed with stack N, in blocks that start at ADDRESS
 *   whole                    the last line
 *
 * Each instruction adds one to `executed` in the translated code itself. When a block begins,
 * what has been added since the one before began is that one's, so a block that an
 * interruption leaves in its middle counts as far as it came. A block never holds a call
 * but as its last instruction, so all of it is one function's.
 *
 * The stack of each CPU follows BRAS, BRASL and BASR, and BR %r14 and LPSWE back to what was
 * pushed. Where a return is missed, because an interruption came between, the next return
 * further out drops what was left.
 *
 * The counters are shared by all CPUs without a lock: under -icount one thread runs them all.
 */
#include "qemu_plugin.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

enum { CPUS = 248, BUCKETS = 1 << 16, DEEPEST = 1000 };

/* How a block's last instruction goes on. */
enum leaves { NEXT, CALL, RETURN };

struct block {
	uint64_t start, end;
	enum leaves leaves;
};

/* Calls that haven't returned: the last of them, and those before it. */
struct stack {
	struct stack *parent, *bucket;
	uint64_t return_address;
	unsigned int number, depth;
};

struct count {
	struct count *bucket;
	struct stack *stack;
	uint64_t start, executed;
};

static struct stack empty;
static struct stack *stacks[BUCKETS];
static struct count *counts[BUCKETS];
static unsigned int stacks_made;

/* Of each CPU: its stack, and the block that it executed last. */
static struct {
	struct stack *stack;
	const struct block *block;
} cpus[CPUS];

/* Instructions so far; up to which they are counted; since when this part is. */
static uint64_t executed, counted, part_began;
/* Who gets those that aren't counted yet: a place that is counted, or null. */
static struct count *current;
static bool counting;

static uint64_t begin_address, end_address;
static FILE *out;

static void *made(size_t bytes)
{
	void *memory = calloc(1, bytes);

	if (!memory) {
		fputs("profile: no memory\n", stderr);
		exit(1);
	}
	return memory;
}

static unsigned int hash(uint64_t a, uint64_t b)
{
	return ((a ^ b << 20) * UINT64_C(0x9e3779b97f4a7c15)) >> 48;
}

static struct stack *with_call(struct stack *parent, uint64_t return_address)
{
	struct stack **bucket = &stacks[hash(return_address, parent->number)];
	struct stack *stack;

	for (stack = *bucket; stack; stack = stack->bucket)
		if (stack->parent == parent && stack->return_address == return_address)
			return stack;
	stack = made(sizeof(*stack));
	stack->parent = parent;
	stack->bucket = *bucket;
	stack->return_address = return_address;
	stack->number = ++stacks_made;
	stack->depth = parent->depth + 1;
	return *bucket = stack;
}

static struct count *count_of(struct stack *stack, uint64_t start)
{
	struct count **bucket = &counts[hash(start, stack->number)];
	struct count *count;

	for (count = *bucket; count; count = count->bucket)
		if (count->stack == stack && count->start == start)
			return count;
	count = made(sizeof(*count));
	count->bucket = *bucket;
	count->stack = stack;
	count->start = start;
	return *bucket = count;
}

/* The stack after `last`, when the block at `start` follows it. */
static struct stack *after(struct stack *stack, const struct block *last, uint64_t start)
{
	struct stack *returned;

	if (last->leaves == CALL && start != last->end && stack->depth < DEEPEST)
		return with_call(stack, last->end);
	if (last->leaves == RETURN)
		for (returned = stack; returned != &empty; returned = returned->parent)
			if (returned->return_address == start)
				return returned->parent;
	return stack;
}

static void account(void)
{
	if (current)
		current->executed += executed - counted;
	counted = executed;
}

static void part_ends(void)
{
	if (counting)
		fprintf(out, "part %" PRIu64 "\n", executed - part_began);
	counting = false;
}

static void block_begins(unsigned int cpu, void *user)
{
	const struct block *block = user;

	account();
	if (block->start == end_address)
		part_ends();
	if (block->start == begin_address && !counting) {
		counting = true;
		part_began = executed;
	}
	if (cpu < CPUS) {
		struct stack *stack = cpus[cpu].stack ? cpus[cpu].stack : &empty;

		if (cpus[cpu].block)
			stack = after(stack, cpus[cpu].block, block->start);
		cpus[cpu].stack = stack;
		cpus[cpu].block = block;
		current = counting ? count_of(stack, block->start) : NULL;
	}
}

static enum leaves leaves(const uint8_t *code, size_t size)
{
	uint8_t low = code[1] & 0xf, high = code[1] >> 4;

	switch (code[0]) {
	case 0x07: /* BCR: to register 14 */
		return size == 2 && low == 14 && high != 0 ? RETURN : NEXT;
	case 0x0d: /* BASR */
		return size == 2 && low != 0 ? CALL : NEXT;
	case 0xa7: /* BRAS */
		return size == 4 && low == 5 && high == 14 ? CALL : NEXT;
	case 0xc0: /* BRASL */
		return size == 6 && low == 5 && high == 14 ? CALL : NEXT;
	case 0xb2: /* LPSWE */
		return size == 4 && code[1] == 0xb2 ? RETURN : NEXT;
	default:
		return NEXT;
	}
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *translation)
{
	size_t instructions = qemu_plugin_tb_n_insns(translation);
	struct qemu_plugin_insn *instruction = NULL;
	struct block *block = made(sizeof(*block));
	size_t index;

	(void)id;
	for (index = 0; index < instructions; index++) {
		instruction = qemu_plugin_tb_get_insn(translation, index);
		if (index == 0)
			block->start = qemu_plugin_insn_vaddr(instruction);
		qemu_plugin_register_vcpu_insn_exec_inline(instruction,
				QEMU_PLUGIN_INLINE_ADD_U64, &executed, 1);
	}
	if (instruction) {
		size_t size = qemu_plugin_insn_size(instruction);

		block->end = qemu_plugin_insn_vaddr(instruction) + size;
		block->leaves = leaves(qemu_plugin_insn_data(instruction), size);
	}
	qemu_plugin_register_vcpu_tb_exec_cb(translation, block_begins,
			QEMU_PLUGIN_CB_NO_REGS, block);
}

static void ended(qemu_plugin_id_t id, void *user)
{
	unsigned int bucket;

	(void)id;
	(void)user;
	account();
	part_ends();
	for (bucket = 0; bucket < BUCKETS; bucket++) {
		struct stack *stack;
		struct count *count;

		for (stack = stacks[bucket]; stack; stack = stack->bucket)
			fprintf(out, "frame %u %u %" PRIu64 "\n", stack->number,
					stack->parent->number, stack->return_address);
		for (count = counts[bucket]; count; count = count->bucket)
			fprintf(out, "count %u %" PRIu64 " %" PRIu64 "\n",
					count->stack->number, count->start, count->executed);
	}
	fputs("whole\n", out);
	fclose(out);
}

__attribute__((visibility("default")))
int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *machine, int argc,
		char **argv)
{
	int argument;

	(void)machine;
	for (argument = 0; argument < argc; argument++) {
		const char *text = argv[argument];

		if (!strncmp(text, "out=", 4))
			out = fopen(text + 4, "w");
		else if (!strncmp(text, "begin=", 6))
			begin_address = strtoull(text + 6, NULL, 0);
		else if (!strncmp(text, "end=", 4))
			end_address = strtoull(text + 4, NULL, 0);
	}
	if (!out || !begin_address || !end_address) {
		fputs("profile: out=FILE, begin=ADDRESS and end=ADDRESS are needed\n", stderr);
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
