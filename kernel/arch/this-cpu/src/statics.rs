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

use core::cell::UnsafeCell;

/// A variable's storage in the template. Nobody refers to it but by its address.
#[repr(transparent)]
pub struct Storage<T>(UnsafeCell<T>);

// SAFETY: P3: the template is never accessed through the handle; only copies
// are, each through operations that are whole in themselves.
unsafe impl<T> Sync for Storage<T> {}

impl<T> Storage<T> {
    /// The initial value of every CPU's copy.
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }
}

/// An entry of the export table for a per-CPU variable: handle and name.
#[derive(Debug)]
#[repr(C)]
pub struct ExportedHandle {
    handle: *const (),
    name: *const u8,
}

// SAFETY: both pointers are to what never changes.
unsafe impl Sync for ExportedHandle {}

impl ExportedHandle {
    /// An entry; `name` ends with a NUL byte.
    pub const fn new(handle: *const (), name: &'static str) -> Self {
        Self {
            handle,
            name: name.as_ptr(),
        }
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
///     /// Known to other modules, under this name.
///     #[export]
///     pub static VISITS: u64 = 0;
///     /// Another module's.
///     extern static OTHERS: u64;
/// }
///
/// # #[cfg(not(target_arch = "s390x"))]
/// this_cpu::host::on_cpu(1, || {
///     HITS.inc();
///     assert_eq!(HITS.read(), 1);
/// });
/// ```
///
/// The type needs no `Sync`. Alignment is kept.
#[macro_export]
macro_rules! percpu {
    () => {};
    ($(#[doc = $doc:literal])* #[export] $vis:vis static $name:ident: $type:ty = $value:expr; $($rest:tt)*) => {
        $crate::percpu!(@ [$(#[doc = $doc])*] $vis $name, $type, __PER_CPU_STORAGE, {
            #[cfg_attr(target_arch = "s390x", unsafe(link_section = concat!(".data..percpu.", module_path!(), ".", stringify!($name), ".", line!())))]
            #[cfg_attr(not(target_arch = "s390x"), unsafe(link_section = "percpu_template"))]
            #[unsafe(export_name = stringify!($name))]
            static __PER_CPU_STORAGE: $crate::Storage<$type> = $crate::Storage::new($value);
        });
        const _: () = {
            unsafe extern "C" {
                #[link_name = stringify!($name)]
                static __EXPORTED: $crate::Storage<$type>;
            }
            #[used]
            #[unsafe(link_section = "__ksymtab")]
            #[unsafe(export_name = concat!("__ksymtab_", stringify!($name)))]
            static __ENTRY: $crate::ExportedHandle =
                $crate::ExportedHandle::new(&raw const __EXPORTED as *const (), concat!(stringify!($name), "\0"));
        };
        $crate::percpu!($($rest)*);
    };
    ($(#[doc = $doc:literal])* extern static $name:ident: $type:ty; $($rest:tt)*) => {
        $crate::percpu!(@ [$(#[doc = $doc])*] pub(crate) $name, $type, __PER_CPU_STORAGE, {
            unsafe extern "C" {
                #[link_name = stringify!($name)]
                static __PER_CPU_STORAGE: $crate::Storage<$type>;
            }
        });
        $crate::percpu!($($rest)*);
    };
    ($(#[doc = $doc:literal])* $vis:vis static $name:ident: $type:ty = $value:expr; $($rest:tt)*) => {
        $crate::percpu!(@ [$(#[doc = $doc])*] $vis $name, $type, __PER_CPU_STORAGE, {
            #[cfg_attr(target_arch = "s390x", unsafe(link_section = concat!(".data..percpu.", module_path!(), ".", stringify!($name), ".", line!())))]
            #[cfg_attr(not(target_arch = "s390x"), unsafe(link_section = "percpu_template"))]
            static __PER_CPU_STORAGE: $crate::Storage<$type> = $crate::Storage::new($value);
        });
        $crate::percpu!($($rest)*);
    };
    (@ [$($doc:tt)*] $vis:vis $name:ident, $type:ty, $storage:ident, { $($static:item)* }) => {
        $($doc)*
        #[derive(Clone, Copy, Debug)]
        #[expect(non_camel_case_types, reason = "the variable's name is also its type's")]
        $vis struct $name;

        impl $crate::Variable for $name {
            type Value = $type;

            #[inline(always)]
            fn handle(&self) -> $crate::Handle<$type> {
                $($static)*
                // SAFETY: P1: the storage is part of the template, so its address
                // is a handle.
                unsafe { $crate::Handle::new($crate::storage_address!($storage)) }
            }
        }
    };
}

/// The address of a static's storage, by way of a GOT slot.
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
