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
//! * `object.rs`, `section.rs`: the file and its parts, decoded
//! * `validate.rs`: every field checked before it is used
//! * `relocation.rs`: the types of the s390x ELF ABI: what they compute, into
//!   which field
//! * `field.rs`: the one place that writes bits
//! * `region.rs`: which sections share pages, and what those allow
//! * `plan.rs`: sections to regions, GOT slots, PLT stubs
//! * `image.rs`: the linked image and its hash
//! * `parameter.rs`, `parameter_error.rs`: `name=value` into a linked image
//! * `startup.rs`: what is called before init and after exit
//! * `link.rs`: symbols to addresses; sections, slots and stubs to bytes
//! * `apply.rs`: what a relocation comes to, and its bytes
//! * `exports.rs`, `names.rs`: symbols by name and by place, without linear search
//! * `linked.rs`: the result, for whoever runs or shows it
//! * `error.rs`: everything that can be wrong, with its facts
//!
//! Errors change nothing but the caller's own buffers. Memory for book-keeping is
//! reserved fallibly and grows with the tables of the file.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod apply;
mod error;
mod exports;
mod field;
mod image;
mod link;
mod linked;
mod names;
mod object;
mod parameter;
mod parameter_error;
mod plan;
mod region;
mod relocation;
mod section;
mod startup;
mod validate;

pub use apply::{Outcome, Via};
pub use error::{LoadError, Place};
pub use image::image_hash;
pub use link::{Resolve, link};
pub use linked::{Linked, Slot, Symbol, Variable};
pub use object::{LONGEST_NAME, Object};
pub use parameter::set_parameters;
pub use parameter_error::{ParameterError, ParameterKind};
pub use plan::{Plan, Position};
pub use region::{Region, RegionKind};
pub use relocation::{Relocation, kind_name};
pub use section::{Relocations, Section, SymbolEntry};
pub use startup::{StartupError, constructors, destructors};

/// Bytes in a page; regions start on one.
pub const PAGE_SIZE: u64 = 4096;
