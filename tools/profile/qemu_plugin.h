/* SPDX-License-Identifier: MIT */
/*
 * What profile.c uses of QEMU's interface for TCG plugins, version 1 (QEMU 7.2), declared
 * from its documentation, docs/devel/tcg-plugins.
 */
#ifndef QEMU_PLUGIN_H
#define QEMU_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

/* One plugin that is loaded. */
typedef uint64_t qemu_plugin_id_t;

/* A block of instructions that is being translated, and an instruction of it: valid only
 * within the call for the translation. */
struct qemu_plugin_tb;
struct qemu_plugin_insn;

/* What a callback may do with the guest's registers. Only the first is needed here. */
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

/* What is done in the translated code itself. */
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

/* About the machine; nothing of it is looked at. */
struct qemu_info_t;

/* A block is translated. */
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
		void (*callback)(qemu_plugin_id_t, struct qemu_plugin_tb *));
/* A CPU is about to execute this block. */
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block,
		void (*callback)(unsigned int cpu, void *user),
		enum qemu_plugin_cb_flags flags, void *user);
/* Each execution of this instruction adds `by` to `*to`. */
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *instruction,
		enum qemu_plugin_op operation, void *to, uint64_t by);
/* QEMU ends. */
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
		void (*callback)(qemu_plugin_id_t, void *user), void *user);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block,
		size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *instruction);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *instruction);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);

#endif
