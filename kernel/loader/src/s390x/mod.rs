//! What of the loader is s390x: which relocation types there are, how each is computed
//! and written, and the stub of the procedure linkage table.
//!
//! * `field.rs`: bits of instructions and data, and what fits them
//! * `howto.rs`: the table of relocation types
//! * `plt.rs`: the stub
//!
//! Source: the s390x ELF ABI supplement, "Relocation" and "Procedure Linkage Table".

mod field;
mod howto;
mod plt;

pub use field::{Field, FieldError};
pub(crate) use howto::TYPES;
pub use howto::{Howto, RelativeTo, Target, type_name};
pub(crate) use plt::{STUB, stub};

/// Bytes in a page of virtual memory; a module's regions start on one.
pub const PAGE_SIZE: u64 = 4096;

/// Bytes in a slot of the global offset table. `lgrl` of a slot that isn't aligned to
/// them is a specification exception.
pub(crate) const SLOT: u64 = 8;

/// Alignment of an instruction.
pub(crate) const INSTRUCTION: u64 = 2;
