//! Static per-CPU variables: the `percpu!` macro.
//!
//! Each variable becomes a type of its own with no fields, and one value of it
//! under the variable's name. The storage is a hidden static in section
//! `.data..percpu`; its only mention in code is the assembler operand
//! `STORAGE@GOTENT`. So the compiler has no chance to form its address with
//! LARL, which it would if it saw a reference to a static of its own module.
//!
//! LLVM names the slot of such a local static by its section's symbol and an
//! offset: for a variable at offset 8 of `.data..percpu`, `.data..percpu+0xa`, the
//! 2 being the distance of the field from the instruction. GNU ld reads that by
//! the letter of the ABI, as 8 bytes beyond the section's slot. So each variable
//! has a section of its own, in which it lies at offset 0, and both readings
//! agree. Where `ld -r` has merged them again, for a module, the loader keys the
//! slots by symbol and offset.
//!
//! The macro's `unsafe` is this crate's, and a crate under `forbid(unsafe_code)` may
//! use it: rustc checks that lint in what a macro was given, not in what a macro of
//! another crate adds. An import is `unsafe` in what the macro is given, and such a
//! crate can't have one.

use core::cell::UnsafeCell;

/// Alignment of units, and so the largest of a variable.
const UNIT_ALIGN: usize = 4096;

/// A variable's storage in the template, which every CPU's unit is copied from.
///
/// It is never read or written itself, so it is `Sync` whatever it holds; what it
/// holds becomes a value on each CPU (P10).
#[repr(transparent)]
pub struct Template<T>(UnsafeCell<T>);

// SAFETY: P3: the template is never accessed through the handle; only copies are, and
// each is a value of its own (P10).
unsafe impl<T> Sync for Template<T> {}

impl<T> Template<T> {
    /// The first value of every CPU's copy.
    pub const fn new(value: T) -> Self {
        assert!(
            align_of::<T>() <= UNIT_ALIGN,
            "a per-CPU variable is aligned to a page at most"
        );
        Self(UnsafeCell::new(value))
    }
}

/// Declares static per-CPU variables.
///
/// ```
/// use this_cpu::{Variable, percpu};
///
/// percpu! {
///     /// What it counts.
///     static HITS: u64 = 0;
///     pub static LIMIT: u32 = 100;
///     /// Exported, with the crate's name in front: crate `counter` exports
///     /// `COUNTER_VISITS`.
///     #[export]
///     pub static VISITS: u64 = 0;
///
///     unsafe extern "C" {
///         /// Another module's, under the name that it exports.
///         static OTHER_VISITS: u64;
///     }
/// }
///
/// # #[cfg(not(target_arch = "s390x"))]
/// this_cpu::host::on_cpu(1, || {
///     HITS.inc();
///     assert_eq!(HITS.read(), 1);
/// });
/// ```
///
/// The first value is a constant expression, as any static's. The type needs no
/// `Sync`, and is aligned to 4096 at most.
///
/// # Safety
/// Of an `unsafe extern` block: each variable has, in the module that exports it, the
/// type that it is declared with (P9).
#[macro_export]
macro_rules! percpu {
    () => {};
    ($(#[doc = $doc:literal])* #[export] $vis:vis static $name:ident: $type:ty = $value:expr; $($rest:tt)*) => {
        $crate::percpu_variable!([$(#[doc = $doc])*] $vis $name);

        $crate::paste! {
            // SAFETY: P9: the storage is part of the template, and of this type, so its
            // address is the handle of such a variable.
            unsafe impl $crate::Storage for $name {
                type Value = $type;

                #[inline(always)]
                fn handle(&self) -> $crate::Handle<$type> {
                    #[cfg_attr(target_arch = "s390x", unsafe(link_section = concat!(".data..percpu.", module_path!(), ".", stringify!($name), ".", line!())))]
                    #[cfg_attr(not(target_arch = "s390x"), unsafe(link_section = "percpu_template"))]
                    #[unsafe(no_mangle)]
                    static [<env!("CARGO_CRATE_NAME"):upper _ $name>]: $crate::Template<$type> = $crate::Template::new($value);

                    const _: () = {
                        $crate::check_export_prefix(env!("CARGO_CRATE_NAME"));
                        #[used]
                        #[unsafe(link_section = "__ksymtab")]
                        #[unsafe(no_mangle)]
                        static [<__ksymtab_ env!("CARGO_CRATE_NAME"):upper _ $name>]: $crate::Export = {
                            let storage = &raw const [<env!("CARGO_CRATE_NAME"):upper _ $name>];
                            const NAME: &::core::ffi::CStr = $crate::c_string(concat!(
                                stringify!([<env!("CARGO_CRATE_NAME"):upper _ $name>]), "\0"
                            ));
                            // SAFETY: L5: storage in the template.
                            unsafe { $crate::Export::new(storage.cast(), NAME) }
                        };
                    };

                    // SAFETY: P9: the address of storage in the template.
                    unsafe { $crate::Handle::new($crate::storage_address!([<env!("CARGO_CRATE_NAME"):upper _ $name>])) }
                }
            }
        }

        $crate::percpu!($($rest)*);
    };
    ($(#[doc = $doc:literal])* $vis:vis static $name:ident: $type:ty = $value:expr; $($rest:tt)*) => {
        $crate::percpu_variable!([$(#[doc = $doc])*] $vis $name);

        // SAFETY: P9: the storage is part of the template, and of this type, so its
        // address is the handle of such a variable.
        unsafe impl $crate::Storage for $name {
            type Value = $type;

            #[inline(always)]
            fn handle(&self) -> $crate::Handle<$type> {
                #[cfg_attr(target_arch = "s390x", unsafe(link_section = concat!(".data..percpu.", module_path!(), ".", stringify!($name), ".", line!())))]
                #[cfg_attr(not(target_arch = "s390x"), unsafe(link_section = "percpu_template"))]
                static __PER_CPU_STORAGE: $crate::Template<$type> = $crate::Template::new($value);
                // SAFETY: P9: the address of storage in the template.
                unsafe { $crate::Handle::new($crate::storage_address!(__PER_CPU_STORAGE)) }
            }
        }

        $crate::percpu!($($rest)*);
    };
    ($unsafe:tt extern $abi:literal $imports:tt $($rest:tt)*) => {
        $crate::percpu_imports!($unsafe extern $abi $imports $imports);
        $crate::percpu!($($rest)*);
    };
    ($(#[doc = $doc:literal])* extern static $name:ident: $type:ty; $($rest:tt)*) => {
        compile_error!("another module's variable is declared in an `unsafe extern \"C\"` block: its type is taken on trust");
    };
}

/// A variable's type, and its value.
#[doc(hidden)]
#[macro_export]
macro_rules! percpu_variable {
    ([$($doc:tt)*] $vis:vis $name:ident) => {
        $($doc)*
        #[derive(Clone, Copy, Debug)]
        #[expect(non_camel_case_types, reason = "the variable's name is also its type's")]
        $vis struct $name;
    };
}

/// Variables of other modules: the block as it was written, and taken apart.
#[doc(hidden)]
#[macro_export]
macro_rules! percpu_imports {
    ($unsafe:tt extern $abi:literal $written:tt { $($(#[doc = $doc:literal])* $vis:vis static $name:ident: $type:ty;)* }) => {
        // Of no use but that rustc sees its author's `unsafe`, which a crate may forbid:
        // all of the item's tokens at both ends are the author's.
        #[allow(dead_code, improper_ctypes, reason = "nothing refers to it")]
        const _: () = {
            $unsafe extern $abi $written
        };
        $(
            $crate::percpu_variable!([$(#[doc = $doc])*] $vis $name);

            // SAFETY: P9: who wrote `unsafe extern` promises the type.
            unsafe impl $crate::Storage for $name {
                type Value = $type;

                #[inline(always)]
                fn handle(&self) -> $crate::Handle<$type> {
                    unsafe extern "C" {
                        #[link_name = stringify!($name)]
                        static __PER_CPU_STORAGE: $crate::Template<$type>;
                    }
                    // SAFETY: P9: the loader resolves the name to the handle.
                    unsafe { $crate::Handle::new($crate::storage_address!(__PER_CPU_STORAGE)) }
                }
            }
        )*
    };
}
/// The address of a static's storage, by way of a GOT slot. Wants an `unsafe` block.
#[doc(hidden)]
#[macro_export]
#[cfg(target_arch = "s390x")]
macro_rules! storage_address {
    ($storage:ident) => {{
        let handle: usize;
        ::core::arch::asm!(
            "lgrl {}, {}@GOTENT",
            out(reg) handle,
            sym $storage,
            options(pure, nomem, nostack, preserves_flags),
        );
        handle
    }};
}

/// The address of a static's storage; the host's linker knows no distance.
#[doc(hidden)]
#[macro_export]
#[cfg(not(target_arch = "s390x"))]
macro_rules! storage_address {
    ($storage:ident) => {
        (&raw const $storage).expose_provenance()
    };
}
