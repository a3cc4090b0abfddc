//! A crash dump: QEMU's, rewritten as it comes.
//!
//! ```text
//!  QEMU                                     FILE
//!  ELF header, program headers              ELF header
//!  notes of each CPU, LWP ids byte-swapped  pages that aren't zero, each once
//!  all of memory, at real addresses         a hole, which is read as zeros
//!                                           the same notes, LWP = CPU + 1, and one of ours
//!                                           program headers: memory, far mappings
//! ```
//!
//! Far mappings are those of CPU 0's translation tables that lead elsewhere than to the real
//! address of the same number: modules, chunks, stacks. Each is a program header of its own
//! for bytes that the file has once. Memory that is zero has headers, too, all for the hole.
//!
//! * `error.rs`: what can be wrong with a dump
//! * `bytes.rs`: numbers of an ELF file of this machine
//! * `source.rs`: QEMU's headers and notes
//! * `pages.rs`: which bytes of memory are where in the file
//! * `mappings.rs`: the translation tables
//! * `note.rs`: the note of this project's own
//! * `segments.rs`: what the program headers say
//! * `rewrite.rs`: all of it together

mod bytes;
mod error;
mod mappings;
mod note;
mod pages;
mod rewrite;
mod segments;
mod source;

pub use error::Error;
pub use note::build_id_of;
pub use rewrite::{Summary, rewrite};

#[cfg(test)]
mod tests;
