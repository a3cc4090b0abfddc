//! What `./qemu-run.sh` does besides booting one guest: a room for each verb.
//!
//! ```text
//!  bench          what a guest measured, beside Linux
//!  profile        where a guest's instructions go
//!  lessons        the claims of docs/thread.md, as experiments
//!  linux_sources  files of Linux's own, as they stand
//!  hostile        broken input
//!  fuzz           input by coverage, without a guest
//!  debug          gdb
//!  gate           the verb `test`
//! ```
//!
//! * `blocks.rs`: generated parts of documents
//! * `debian.rs`: Linux, fetched

pub mod bench;
mod blocks;
mod debian;
pub mod debug;
pub mod fuzz;
pub mod gate;
pub mod hostile;
pub mod lessons;
pub mod linux_sources;
pub mod profile;
