//! The module loader, without the machine: what an ET_REL object needs, where
//! its parts go, and what each relocation writes.
//!
//! ```text
//!  bytes ──► Object ──► Plan ──► the caller allocates ──► link ──► Linked
//!            valid      sizes    memory at a base address,  bytes   addresses,
//!            now                 a per-CPU handle           in it   slots
//!
//!  base ►┌──────────────────────────┐
//!        │ text sections │ PLT      │ r-x     one stub a function that may be far
//!        ├──────────────────────────┤ page
//!        │ rodata │ GOT             │ r--     one slot a distinct target
//!        ├──────────────────────────┤ page
//!        │ data │ bss               │ rw-
//!        └──────────────────────────┘
//!  handle ► per-CPU sections, merged: the template of the module's statics
//! ```
//!
//! * `object.rs`, `section.rs`: the file and its parts, decoded
//! * `validate.rs`: every field checked before it is used
//! * `relocation.rs`: the types of the s390x ELF ABI: what they compute, into
//!   which field
//! * `field.rs`: the one place that writes bits
//! * `plan.rs`: sections to regions, GOT slots, PLT stubs
//! * `link.rs`: symbols to addresses; sections, slots and stubs to bytes
//! * `apply.rs`: what a relocation comes to, and its bytes
//! * `exports.rs`, `names.rs`: symbols by name and by place, without linear search
//! * `linked.rs`: the result, for whoever runs or shows it
//! * `error.rs`: everything that can be wrong, with its facts
//!
//! Errors change nothing but the caller's own buffers. Memory for book-keeping is
//! reserved fallibly and grows with the tables of the file.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod apply;
mod error;
mod exports;
mod field;
mod link;
mod linked;
mod names;
mod object;
mod plan;
mod relocation;
mod section;
mod validate;

pub use apply::{Outcome, Via};
pub use error::{LoadError, Place};
pub use link::{Resolve, link};
pub use linked::{Linked, Slot, Symbol, Variable};
pub use object::{LONGEST_NAME, Object};
pub use plan::{Plan, Position, Region, RegionKind};
pub use relocation::{Relocation, kind_name};
pub use section::{Relocations, Section, SymbolEntry};

/// Bytes in a page; regions start on one.
pub const PAGE_SIZE: u64 = 4096;
