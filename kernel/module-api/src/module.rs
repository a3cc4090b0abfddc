//! What a module says of itself, and its entry points.

/// Workspace version and compiler: a module that was built by others isn't loaded.
pub const ABI_STAMP: &str = env!("ABI_STAMP");

/// Describes a module.
///
/// ```text
/// module! {
///     name: "hello",         // may be left out: the package's name
///     description: "Says hello, and goodbye",
///     author: "A. Person",   // may be left out
///     license: "MIT",
///     init: init,          // fn() -> Result<(), i32>, the error an errno
///     exit: exit,          // fn(); without it the module can't be unloaded
/// }
/// ```
///
/// Init runs once, before anything else of the module; if it fails, the module is gone
/// again. Exit runs when nobody uses the module any more. Both may allocate and wait.
#[macro_export]
macro_rules! module {
    ($(name: $name:literal,)? description: $description:literal, $(author: $author:literal,)? license: $license:literal, $(init: $init:path,)? $(exit: $exit:path,)?) => {
        $crate::module_information!(NAME, "name=", $crate::module_name!($($name)?));
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

        #[cfg(target_os = "none")]
        #[panic_handler]
        fn __module_panicked(info: &::core::panic::PanicInfo<'_>) -> ! {
            $crate::report_panic($crate::module_name!($($name)?), info)
        }
    };
}

/// The module's name: the one that is given, or its package's.
#[doc(hidden)]
#[macro_export]
macro_rules! module_name {
    () => {
        env!("CARGO_PKG_NAME")
    };
    ($name:literal) => {
        $name
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
