//! Functions with variable arguments, as C calls them.
//!
//! ```text
//!  caller's frame                     va_list
//!    +0   back chain                   gpr       registers consumed
//!    +16  %r2 .. %r6  ◄─────────────── reg_save  (%r2 at +16)
//!    +160 sixth argument and on  ◄──── overflow
//! ```
//!
//! Rust can't define such a function, so [`variadic!`](crate::variadic!) makes an entry that
//! saves the argument registers where the ABI keeps room for them in the caller's frame,
//! builds a va_list, and calls a function that takes its address. Floating-point
//! arguments don't occur: nothing here uses those registers. s390x ELF ABI,
//! "Parameter Passing" and "Variable Argument Lists".

/// C's `va_list`: its address is what a `va_list` parameter holds.
#[derive(Debug)]
#[repr(C)]
pub struct VaList {
    /// General registers consumed, of the five that hold arguments.
    registers: i64,
    /// Floating-point registers consumed.
    floats: i64,
    /// Next argument in memory.
    overflow: *const u64,
    /// Where %r0 would be saved: %r2 is 16 bytes up.
    saved: *const u64,
}

const ARGUMENT_REGISTERS: i64 = 5;
const FIRST_REGISTER: i64 = 2;

impl VaList {
    /// The next argument of 8 bytes or less, as it is passed: in a doubleword.
    ///
    /// # Safety
    /// C12: the list is one that a C function or [`variadic!`](crate::variadic!) made,
    /// whose frame still lives, and its caller passed one more argument.
    pub unsafe fn next(&mut self) -> u64 {
        if self.registers < ARGUMENT_REGISTERS {
            let place = self
                .saved
                .wrapping_offset((FIRST_REGISTER + self.registers) as isize);
            self.registers += 1;
            // SAFETY: C12: the caller's promise: a register that was saved.
            return unsafe { place.read() };
        }
        // SAFETY: C12: the caller's promise: an argument in memory.
        unsafe {
            let value = self.overflow.read();
            self.overflow = self.overflow.add(1);
            value
        }
    }
}

/// Defines `name(fixed arguments, ...)` in assembly: it calls `target` with the
/// fixed arguments and, after them, a `*mut VaList`; at most four are fixed.
///
/// `list` is the register of the list: 2 plus the number of fixed arguments.
///
/// # Safety
/// C12: `target` is an `extern "C"` function of so many arguments of 8 bytes or less,
/// and a `*mut VaList` as its last.
#[macro_export]
macro_rules! variadic {
    (unsafe $name:literal, fixed: $fixed:literal, list: $list:literal, $target:path) => {
        ::core::arch::global_asm!(
            ".text",
            concat!(".globl ", $name),
            concat!(".type ", $name, ", @function"),
            ".balign 16",
            concat!($name, ":"),
            "stmg %r2, %r15, 16(%r15)",
            "lgr %r1, %r15",
            "aghi %r15, -192",
            "stg %r1, 0(%r15)",
            "mvghi 160(%r15), {fixed}",
            "mvghi 168(%r15), 0",
            "la %r0, 160(%r1)",
            "stg %r0, 176(%r15)",
            "stg %r1, 184(%r15)",
            concat!("la %r", $list, ", 160(%r15)"),
            "brasl %r14, {target}",
            "lmg %r6, %r15, 240(%r15)",
            "br %r14",
            concat!(".size ", $name, ", .-", $name),
            fixed = const $fixed,
            target = sym $target,
        );
    };
}
