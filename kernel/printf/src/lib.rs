//! C's printf formats, as Linux reads them: what `printk` and `snprintf` of a
//! module in C mean.
//!
//! ```text
//!  "%-8.3lx|"   ──► specification.rs ──►  number.rs  ──►  sink
//!                   flags, width,         text, and
//!                   precision, size       its padding
//!       arguments ──────────────────────────┘
//! ```
//!
//! Conversions: `d i u x X o c s p %`, sizes `hh h l ll z t j`, flags `- + 0 # ` and blank, width
//! and precision as numbers or `*`. Of Linux's pointers: `%p` (hashed), `%px` (as it is), `%pS`,
//! `%pB` (symbol and offset), `%ps` (symbol), `%pK` (as `%p`), `%pe` (an error's name), and of what
//! lies there `%*ph` (bytes), `%pU` (UUIDs), `%pI4`, `%pI6`, `%pM` (network addresses), `%*pb`,
//! `%*pbl` (bitmaps), `%pa`. Others of Linux's are shown as `(%pd?)`, and the runner refuses to
//! build them (`unsupported.rs`); letters that say nothing belong to `%p` and are dropped.
//!
//! Where Linux differs from C, this is Linux: `0` pads also a number with a
//! precision, a precision of 0 shows a zero, `%#x` of zero is `0x0`, a precision without
//! digits is none, one below 0 is 0, and an unknown conversion is printed as it stands.
//!
//! Where the arguments come from, and what an address means, is the caller's: the
//! crate has no `unsafe` and no idea of a machine.
#![no_std]
#![forbid(unsafe_code)]

mod caller;
mod errno;
mod format;
mod memory;
mod number;
mod output;
mod parse;
mod scan;
mod specification;
mod unsupported;

pub use caller::{Arguments, Memory, Pointer, Sink};
pub use format::format;
pub use parse::{ParseError, signed, unsigned};
pub use scan::{Found, scan};
pub use specification::{Conversion, Size, Specification};
pub use unsupported::{Unsupported, unsupported};
