//! The prefix area ("lowcore"): 8 KiB at real address 0, another one per CPU.
//!
//! ```text
//!  CPU 0: prefix 0              real 0 ──► absolute 0
//!  CPU 1: prefix 0x7e000        real 0 ──► absolute 0x7e000, and back
//!
//!  0x000 ┌────────────────────────────┐ ◄ low-address protection to 0x1ff
//!  0x080 │ interruption parameters    │
//!  0x120 │ old PSWs                   │
//!  0x1a0 │ new PSWs                   │
//!  0x200 ├────────────────────────────┤ from here on software's
//!        │ save areas, stacks         │
//!  0x330 │ per-CPU offset (816)       │
//!  0x338 │ CPU number (824)           │
//!  0x340 │ words of Linux's objects   │ ◄ here and from 0x3a0 on
//!  0x348 │ interrupt nesting, ranks   │ ◄ nesting.rs
//!  0x3a0 │ words of Linux's objects   │ to 0x3bf
//!  0x400 │ start, save area           │
//! 0x1000 ├────────────────────────────┤
//!        │ unmapped                   │ machine-check save areas (real only)
//! 0x2000 └────────────────────────────┘
//! ```
//!
//! Virtual page 0 maps it read-only: accessors read byte 816 with no base
//! register, and a write through a null pointer is a program check. What the
//! kernel writes it writes through [`ALIAS`], a second, writable mapping of real
//! page 0. Layout: Principles of Operation, chapter 3, "Assigned Storage
//! Locations". Keeps C1.
//!
//! | file | what |
//! |---|---|
//! | `layout.rs` | each field, at its offset |
//! | `linux_words.rs` | what code compiled for Linux reads |
//! | `nesting.rs` | interrupts-off sections and held locks |
//! | `current.rs` | the running CPU's other words, read and set |

mod current;
mod layout;
mod linux_words;
mod nesting;

pub use current::{
    OFFSET_BEFORE_SETUP, is_before_setup, is_interrupt_stack, keep_control_registers,
    linux_preempt_count, per_cpu_offset, prefix_of_this_cpu, real_address,
    restore_linux_preempt_count, set_linux_task, set_per_cpu_offset, set_restart, set_stacks,
};
pub(crate) use current::{catcher, fault_depth, old_external};
pub use layout::{ALIAS, Classes, Lowcore, SIZE};
pub use linux_words::LinuxWords;
pub use nesting::{
    LOCKS_COUNTED, held_ranks, held_ranks_and_mode, hold_rank, lock_mark, release_all_ranks,
    release_rank, section_from, with_ranks_set_aside,
};
pub(crate) use nesting::{count, interrupt_depth, nesting, outermost_section, restore_nesting};
