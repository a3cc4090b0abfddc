//! Instructions whose program checks are expected, and where each goes on.
//!
//! ```text
//!  section __ex_table, gathered by the linker
//!  ┌───────────────────────────┬────────────────────────────┐
//!  │ instruction - this field  │ continuation - this field  │   one entry a place
//!  └───────────────────────────┴────────────────────────────┘
//! ```
//!
//! What the instruction was to do hasn't been done; at its continuation register 0
//! holds the program-interruption code, which is never 0. Linux's `__ex_table` is
//! the model. There are few entries, so they are searched one by one. Keeps C9.

/// Lines for `asm!` that make an entry: for the instruction at a local label, going
/// on at another. The code must expect a changed register 0 there.
macro_rules! exception_table_entry {
    ($instruction:literal, $continuation:literal) => {
        concat!(
            ".pushsection __ex_table, \"a\"\n",
            ".balign 4\n",
            ".long ",
            $instruction,
            " - .\n",
            ".long ",
            $continuation,
            " - .\n",
            ".popsection",
        )
    };
}

pub(crate) use exception_table_entry;

#[repr(C)]
struct Entry {
    instruction: i32,
    continuation: i32,
}

fn entries() -> &'static [Entry] {
    unsafe extern "C" {
        static __start___ex_table: Entry;
        static __stop___ex_table: Entry;
    }
    let start = &raw const __start___ex_table;
    let end = &raw const __stop___ex_table;
    let count = (end as usize - start as usize) / size_of::<Entry>();
    // SAFETY: C9: the linker put nothing but entries between the two symbols, and
    // the section is read-only.
    unsafe { core::slice::from_raw_parts(start, count) }
}

/// The address that a field stands for, which counts from the field itself.
fn target(field: &i32) -> u64 {
    ((&raw const *field).addr() as u64).wrapping_add_signed((*field).into())
}

/// Where to go on after a program check of the instruction at this address, if one
/// is expected there.
pub fn continuation(instruction: u64) -> Option<u64> {
    let entry = entries()
        .iter()
        .find(|entry| target(&entry.instruction) == instruction)?;
    Some(target(&entry.continuation))
}
