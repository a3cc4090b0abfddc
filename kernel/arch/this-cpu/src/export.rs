//! Entries of the export table: what one object makes known to others.
//!
//! An export of `NAME` is an entry in section `__ksymtab` under the symbol
//! `__ksymtab_NAME`, as Linux has it. Of a module's table the loader reads the names
//! of those symbols; of the kernel image's own, the kernel reads the entries, from
//! the linker's `__start___ksymtab` to `__stop___ksymtab`.
//!
//! Names are unique among all objects that are loaded at once. So what a module
//! exports has the crate's name in front: module `counter` exports `counter_hit` and
//! `COUNTER_VISITS`, and a copy of it under another name exports others.

use core::ffi::{CStr, c_char};

/// An entry of the export table: a name, and a function's address or a per-CPU
/// variable's handle.
#[derive(Debug)]
#[repr(C)]
pub struct Export {
    value: *const (),
    name: *const c_char,
}

// SAFETY: L5: both pointers are to what never changes.
unsafe impl Sync for Export {}

impl Export {
    /// An entry, for a static in section `__ksymtab`.
    ///
    /// # Safety
    /// L5: `value` is the address of a function with the C calling convention, of a
    /// per-CPU variable's storage in the template, or of data that whoever imports the
    /// name knows the type of; it stays valid as long as the object is loaded.
    pub const unsafe fn new(value: *const (), name: &'static CStr) -> Self {
        Self {
            value,
            name: name.as_ptr(),
        }
    }

    /// The exported address; for a per-CPU variable, its handle.
    pub fn value(&self) -> usize {
        self.value as usize
    }

    /// The exported name.
    pub fn name(&self) -> &'static CStr {
        // SAFETY: L5: `new` took it from a `&'static CStr`.
        unsafe { CStr::from_ptr(self.name) }
    }
}

/// A string literal that ends with NUL, as a C string.
#[doc(hidden)]
pub const fn c_string(text: &'static str) -> &'static CStr {
    match CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => panic!("a name holds no NUL but the one at its end"),
    }
}

/// Fails to compile if a crate of this name would define, by the exports that its name
/// begins, a symbol that has a meaning of its own: `init_module`, or one of the
/// compiler's or the linker's.
#[doc(hidden)]
pub const fn check_export_prefix(crate_name: &str) {
    let name = crate_name.as_bytes();
    assert!(
        !matches!(name, b"init" | b"cleanup" | b"rust" | [b'_', ..]),
        "a crate of this name can't export: NAME_... may be a symbol with another meaning"
    );
}
