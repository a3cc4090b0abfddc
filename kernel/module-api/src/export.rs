//! Exports of functions, by the module's name and by any.

/// Exports functions with the crate's name in front: `hit` of crate `counter` becomes
/// `counter_hit`, for other modules and for the monitor's `call`. So a copy of a module
/// exports names of its own.
///
/// ```
/// # use module_api::export;
/// export! {
///     /// The next number.
///     extern "C" fn next(number: u64) -> u64 {
///         number + 1
///     }
///
///     /// Nothing.
///     extern "C" fn nothing() {}
/// }
/// # assert_eq!(next(1), 2);
/// ```
///
/// They are functions of the C calling convention, with no `unsafe`, and the macro
/// defines them so that nothing else can be exported under their names. Per-CPU
/// variables are exported by [`percpu!`](crate::percpu).
#[macro_export]
macro_rules! export {
    ($($(#[$attribute:meta])* extern "C" fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block)+) => {$(
        $(#[$attribute])*
        #[unsafe(export_name = concat!(env!("CARGO_CRATE_NAME"), "_", stringify!($name)))]
        extern "C" fn $name($($argument: $type),*) $(-> $result)? $body

        const _: () = {
            $crate::check_export_prefix(env!("CARGO_CRATE_NAME"));
            #[used]
            #[unsafe(link_section = "__ksymtab")]
            #[unsafe(export_name = concat!("__ksymtab_", env!("CARGO_CRATE_NAME"), "_", stringify!($name)))]
            static ENTRY: $crate::Export = {
                const NAME: &::core::ffi::CStr =
                    $crate::c_string(concat!(env!("CARGO_CRATE_NAME"), "_", stringify!($name), "\0"));
                let function: extern "C" fn($($type),*) $(-> $result)? = $name;
                let value = function as *const ();
                // SAFETY: L5: a function with the C calling convention.
                unsafe { $crate::Export::new(value, NAME) }
            };
        };
        $crate::export_result!(concat!(env!("CARGO_CRATE_NAME"), "_", stringify!($name)) $(, $result)?);
    )+};
}

/// Notes in `.modinfo` that an exported function returns nothing, which its symbol doesn't
/// say: the monitor's `call` then shows no result.
#[doc(hidden)]
#[macro_export]
macro_rules! export_result {
    ($symbol:expr) => {
        $crate::module_information!(VOID, "void=", $symbol);
    };
    ($symbol:expr, $result:ty) => {};
}

/// Exports functions by their own names, which must be symbols
/// (`#[unsafe(no_mangle)]`), as the kernel does. Each is written with a `_` for each of
/// its parameters: that it is a function of the C calling convention is checked.
///
/// ```
/// /// The sum.
/// #[unsafe(no_mangle)]
/// extern "C" fn sum_of(a: u64, b: u64) -> u64 {
///     a + b
/// }
/// module_api::export_symbol!(sum_of(_, _));
/// ```
#[macro_export]
macro_rules! export_symbol {
    ($($name:ident($($parameter:ty),* $(,)?)),+ $(,)?) => {
        $($crate::export_symbol!(@ stringify!($name), $name($($parameter),*));)+
    };
    // By another name than Rust's.
    ($symbol:literal: $name:ident($($parameter:ty),* $(,)?)) => {
        $crate::export_symbol!(@ $symbol, $name($($parameter),*));
    };
    // What importers read.
    ($symbol:literal: static $name:ident: $type:ty) => {
        const _: () = {
            #[used]
            #[unsafe(link_section = "__ksymtab")]
            #[unsafe(export_name = concat!("__ksymtab_", $symbol))]
            static ENTRY: $crate::Export = {
                const NAME: &::core::ffi::CStr = $crate::c_string(concat!($symbol, "\0"));
                let value: *const $type = &raw const $name;
                // SAFETY: L5: a static of the type that importers know.
                unsafe { $crate::Export::new(value.cast(), NAME) }
            };
        };
    };
    (@ $symbol:expr, $name:ident($($parameter:ty),*)) => {
        const _: () = {
            #[used]
            #[unsafe(link_section = "__ksymtab")]
            #[unsafe(export_name = concat!("__ksymtab_", $symbol))]
            static ENTRY: $crate::Export = {
                const NAME: &::core::ffi::CStr = $crate::c_string(concat!($symbol, "\0"));
                let function: unsafe extern "C" fn($($parameter),*) -> _ = $name;
                let value = function as *const ();
                // SAFETY: L5: a function with the C calling convention.
                unsafe { $crate::Export::new(value, NAME) }
            };
        };
    };
}
