//! Exports: what one object makes known to others.
//!
//! An export of `NAME` is an entry in section `__ksymtab` under the symbol
//! `__ksymtab_NAME`. The loader goes by that symbol; the kernel image's own
//! entries are found between the linker's `__start___ksymtab` and
//! `__stop___ksymtab`.

/// An entry of the export table.
#[derive(Debug)]
#[repr(C)]
pub struct Export {
    value: *const (),
    name: *const u8,
}

// SAFETY: both pointers are to what never changes.
unsafe impl Sync for Export {}

impl Export {
    /// An entry; `name` ends with a NUL byte.
    pub const fn new(value: *const (), name: &'static str) -> Self {
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
    pub fn name(&self) -> &'static core::ffi::CStr {
        // SAFETY: `new` was given a string literal that ends with NUL.
        unsafe { core::ffi::CStr::from_ptr(self.name.cast()) }
    }
}

/// Workspace version and compiler: a module that was built by others isn't loaded.
pub const ABI_STAMP: &str = env!("ABI_STAMP");

/// Exports functions of the current scope by their names. Each must be
/// `#[no_mangle] extern "C"`.
#[macro_export]
macro_rules! export {
    ($($name:ident),+ $(,)?) => {
        $(const _: () = {
            #[used]
            #[unsafe(link_section = "__ksymtab")]
            #[unsafe(export_name = concat!("__ksymtab_", stringify!($name)))]
            static ENTRY: $crate::Export =
                $crate::Export::new($name as *const (), concat!(stringify!($name), "\0"));
        };)+
    };
}

/// Describes a module.
///
/// ```text
/// module! {
///     name: "hello",
///     description: "Says hello, and goodbye",
///     author: "A. Person",   // may be left out
///     license: "MIT",
///     init: init,          // fn() -> Result<(), i32>, the error an errno
///     exit: exit,          // fn(); without it the module can't be unloaded
/// }
/// ```
#[macro_export]
macro_rules! module {
    (name: $name:literal, description: $description:literal, $(author: $author:literal,)? license: $license:literal, $(init: $init:path,)? $(exit: $exit:path,)?) => {
        $crate::module_information!(NAME, "name=", $name);
        $crate::module_information!(DESCRIPTION, "description=", $description);
        $($crate::module_information!(AUTHOR, "author=", $author);)?
        $crate::module_information!(LICENSE, "license=", $license);
        $crate::module_information!(VERSION, "vermagic=", $crate::ABI_STAMP);

        $(
            /// Called by the loader once the module is in place.
            #[unsafe(no_mangle)]
            #[unsafe(link_section = ".init.text")]
            extern "C" fn init_module() -> i32 {
                match $init() {
                    Ok(()) => 0,
                    Err(errno) => i32::wrapping_neg(errno),
                }
            }
        )?

        $(
            /// Called by the loader before the module is taken away.
            #[unsafe(no_mangle)]
            extern "C" fn cleanup_module() {
                $exit()
            }
        )?

        #[panic_handler]
        fn panic(info: &::core::panic::PanicInfo<'_>) -> ! {
            $crate::report_panic($name, info)
        }
    };
}

/// An entry of section `.modinfo`: parts put together, ended by NUL.
#[doc(hidden)]
#[macro_export]
macro_rules! module_information {
    ($item:ident, $($part:expr),+) => {
        const _: () = {
            const LENGTH: usize = 1 $(+ $part.len())+;
            const fn text() -> [u8; LENGTH] {
                let mut text = [0; LENGTH];
                let mut rest: &mut [u8] = &mut text;
                $(
                    let (part, after) = rest.split_at_mut($part.len());
                    part.copy_from_slice($part.as_bytes());
                    rest = after;
                )+
                let _ = rest;
                text
            }
            #[used]
            #[unsafe(link_section = ".modinfo")]
            static $item: [u8; LENGTH] = text();
        };
    };
}
