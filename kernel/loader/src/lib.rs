//! The module loader, without the machine: what an ET_REL object needs, where
//! its parts go, and what each relocation writes.
//!
//! ```text
//!  bytes ──► Object ──► Plan ──► the caller allocates ──► link ──► Linked
//!            valid      sizes    memory at a base address,  bytes   addresses,
//!            now                 a per-CPU handle           in it   slots
//!
//!  base   ► text │ PLT │ rodata │ GOT │ data │ bss │ init text, rodata, data
//!  handle ► per-CPU sections, merged: the template of the module's statics
//! ```
//!
//! * `object.rs`: the file, every field checked before it is used
//! * `relocation.rs`: the types of the s390x ELF ABI: what they compute, into
//!   which field
//! * `field.rs`: the one place that writes bits
//! * `region.rs`: which sections share pages, and what those allow
//! * `plan.rs`: sections to regions, GOT slots, PLT stubs
//! * `parameter.rs`: `name=value` into a linked image
//! * `startup.rs`: what is called before init and after exit
//! * `link.rs`: symbols to addresses, relocations to bytes
//! * `error.rs`: everything that can be wrong, with its facts
//!
//! Errors change nothing but the caller's own buffers. Memory for book-keeping is
//! reserved fallibly and grows with the tables of the file.
#![cfg_attr(not(test), no_std)]

extern crate alloc;

mod error;
mod field;
mod link;
mod object;
mod parameter;
mod plan;
mod region;
mod relocation;
mod startup;

pub use error::{LoadError, Place};
pub use link::{Linked, Resolve, Slot, Symbol, Variable, link};
pub use object::{Object, Section, SymbolEntry};
pub use parameter::{ParameterError, ParameterKind, set_parameters};
pub use plan::Plan;
pub use region::{Region, RegionKind};
pub use relocation::{Relocation, kind_name};
pub use startup::{StartupError, constructors, destructors};

/// Bytes in a page; regions start on one.
pub const PAGE_SIZE: u64 = 4096;
