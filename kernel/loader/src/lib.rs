//! The module loader, without the machine: what an ET_REL object needs, where
//! its parts go, and what each relocation writes.
//!
//! ```text
//!  bytes ──► Object ──► Plan ──► the caller allocates ──► link ──► Linked
//!            checked    sizes    memory at a base address,  bytes   addresses,
//!                                a per-CPU handle           in it   slots
//! ```
//!
//! Files, each of which uses only those above it:
//!
//! * `s390x/`: relocation types, fields, the PLT stub
//! * `escape.rs`, `demangle.rs`, `size.rs`: text of the file, names and distances, for
//!   people
//! * `error/`: everything that can be wrong, with its facts
//! * `name_hash.rs`, `name_table.rs`: a hash of names, and a table that grows bit by bit
//! * `tables.rs`, `validate.rs`: the file's tables, unchecked, and their check
//! * `section.rs`, `object.rs`, `relocation.rs`: the checked file and its parts, decoded
//! * `region.rs`: which sections share pages, and what those allow
//! * `layout.rs`: sections to regions
//! * `bound.rs`: a symbol as relocations use it: value, slot, stub
//! * `refusal.rs`: why a relocation is refused
//! * `plan.rs`: relocations to GOT slots, PLT stubs, symbols
//! * `apply.rs`: what a relocation comes to, and its bytes
//! * `code.rs`: what can be called
//! * `starts.rs`, `within.rs`: where sections begin, and what lies at an address
//! * `linked.rs`: the result, for whoever runs it
//! * `exports.rs`, `names.rs`: symbols by name and by place, without linear search
//! * `bindings.rs`: the rest of the result, for whoever shows it
//! * `link.rs`: symbols to addresses; sections, slots and stubs to bytes
//! * `image.rs`: the linked image and its hash
//! * `parameter/`: `name=value` into a linked image
//! * `startup.rs`: what of a module is called, and when
//! * `linux/`: what objects have that were compiled for Linux
//!
//! Errors change nothing but the caller's own buffers. Memory for book-keeping is
//! reserved fallibly, by the crate `fallible`, and grows with the tables of the file.
//! Recursion there is none, but for that of `demangle.rs`, which has a limit.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::disallowed_macros,
        clippy::disallowed_methods,
        clippy::disallowed_types
    )
)]

extern crate alloc;

mod apply;
mod bindings;
mod bound;
mod code;
mod demangle;
mod error;
mod escape;
mod exports;
mod image;
mod layout;
mod link;
mod linked;
pub mod linux;
mod name_hash;
mod name_table;
mod names;
mod object;
mod parameter;
mod plan;
mod refusal;
mod region;
mod relocation;
mod s390x;
mod section;
mod size;
mod starts;
mod startup;
mod tables;
mod validate;
mod within;

pub use apply::{Computed, Via};
pub use bindings::Bindings;
pub use demangle::Demangled;
pub use error::{Compiler, LoadError, Name, Place, Unrepresentable, Unusable};
pub use escape::Escaped;
pub use image::image_hash;
pub use layout::{Layout, Position};
pub use link::{Resolve, link};
pub use linked::{ExportedSymbol, Linked, Offer, Slot, Symbol, Variable};
pub use name_hash::name_hash;
pub use name_table::{Buckets, Growth, NameTable};
pub use object::Object;
pub use parameter::{Callback, ParameterError, ParameterKind, Setter, set_parameters};
pub use plan::Plan;
pub use region::{Region, RegionKind};
pub use relocation::Relocation;
pub use s390x::{Field, FieldError, Howto, PAGE_SIZE, RelativeTo, Target, type_name};
pub use section::{Section, SymbolEntry};
pub use startup::{Startup, StartupError};
pub use tables::LONGEST_NAME;
pub use within::Within;
