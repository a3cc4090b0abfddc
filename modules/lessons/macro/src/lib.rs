//! How this kernel does it in Rust: the type decides.
//!
//! `percpu!` names its symbol in an assembler operand, `HITS@GOTENT`, and nowhere else,
//! so the compiler has no chance to form the address by itself. `PerCpu` holds a
//! handle, and no symbol is named. Both are a `Variable`, and one function takes
//! either: what the mail asked of `__builtin_constant_p`, the type checker answers.
#![no_std]

use module_api::{PerCpu, Variable, errno, module, percpu, print_text};

module! {
    name: "macro",
    description: "A static and an allocated variable, distinguished by type",
    license: "MIT",
    init: init,
    exit: exit,
}

percpu! {
    static HITS: u64 = 0;
}

/// Counts on either kind.
fn hit(variable: &impl Variable<Value = u64>) -> u64 {
    variable.inc_return()
}

/// The static one, by itself, for the listing.
#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn mine() -> u64 {
    hit(&HITS)
}

fn init() -> Result<(), i32> {
    let allocated = PerCpu::<u64>::alloc().map_err(|_| errno::ENOMEM)?;
    let counts = (mine(), hit(&allocated), hit(&allocated));
    if counts != (1, 1, 2) {
        return Err(errno::EIO);
    }
    print_text("lesson macro: the slot holds one handle, the pointer is another, and both count");
    Ok(())
}

fn exit() {}
