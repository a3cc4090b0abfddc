//! What `./qemu-run.sh` does besides booting one guest: a room for each verb.
//!
//! ```text
//!  book           docs/book, as pages
//!  bench          what a guest measured, beside Linux
//!  profile        where a guest's instructions go
//!  lessons        the claims of docs/thread.md, as experiments
//!  lab            exercises that grade themselves
//!  linux_sources  files of Linux's own, as they stand
//!  hostile        broken input
//!  debug          gdb
//!  gate           the verb `test`
//! ```
//!
//! * `blocks.rs`: generated parts of documents
//! * `debian.rs`: Linux, fetched
//! * `transcript.rs`: commands and answers

pub mod bench;
mod blocks;
pub mod book;
mod debian;
pub mod debug;
pub mod gate;
pub mod hostile;
pub mod lab;
pub mod lessons;
pub mod linux_sources;
pub mod profile;
mod transcript;
