//! What `./qemu-run.sh` does besides booting one guest: a room for each verb.
//!
//! ```text
//!  book           docs/book, as pages
//!  bench          what a guest measured, beside Linux
//!  profile        where a guest's instructions go
//!  lessons        the claims of docs/thread.md, as experiments
//!  linux          modules of Debian's Linux, as they are shipped
//!  kit            all of it, for a room without a network
//!  lab            exercises that grade themselves
//!  linux_sources  files of Linux's own, as they stand
//!  hostile        broken input
//!  soak           all at once, for long
//!  fuzz           input by coverage, without a guest
//!  debug          gdb
//!  report         a run as a page
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
pub mod fuzz;
pub mod gate;
pub mod hostile;
pub mod kit;
pub mod lab;
pub mod lessons;
pub mod linux;
pub mod linux_sources;
pub mod profile;
pub mod report;
pub mod soak;
mod transcript;
