//! Interruptions: what came in, and who deals with it.
//!
//! ```text
//!  frame.rs            what an interruption leaves on a stack
//!  program.rs          program checks: codes, failing address, kind of access
//!  handlers.rs         what the kernel above does about interruptions
//!  exception_table.rs  instructions whose program checks are expected
//!  entry.rs            entry and way back, in assembler
//!  frame_information.rs    what a debugger knows of its frame
//!  dispatch.rs         from there to the handler
//!  catch.rs            program checks as values, for tests
//! ```
//!
//! A program check goes to the exception table's entry for the instruction, if there
//! is one, then to what the kernel knows of other code's, else to the innermost [`catch()`] of
//! this CPU, else to the kernel's handler.

mod catch;
mod dispatch;
mod entry;
mod exception_table;
mod frame;
mod frame_information;
pub(crate) mod handlers;
mod program;

pub use catch::catch;
pub use dispatch::{install, restart_asks};
pub use entry::{has_put_control_back, new_psws, start_psw};
pub(crate) use exception_table::exception_table_entry;
pub use frame::{MARKER, TrapFrame, kind};
pub use handlers::{Code, External, Handlers};
pub use program::{Access, ProgramCheck, code};
