//! Parameters: variables of a module that whoever loads it can set.
//!
//! `insmod NAME times=3`, or `NAME.times=3` on the kernel command line, sets the
//! variable before init runs. Each has a record in section `__param`, whose layout
//! the loader has (`kernel/loader/src/parameter.rs`); C's `module_param()` makes
//! the same. `modinfo` shows name, type and what the doc comment says.

use core::cell::UnsafeCell;
use core::ffi::{CStr, c_char};

/// A parameter's variable.
///
/// Nothing but the loader writes it, before the module's code runs.
#[derive(Debug)]
#[repr(transparent)]
pub struct Parameter<T>(UnsafeCell<T>);

// SAFETY: L6: written only before any of the module's code runs.
unsafe impl<T: ParameterType> Sync for Parameter<T> {}

impl<T: ParameterType> Parameter<T> {
    /// A parameter that has this value if nobody sets it.
    pub const fn new(default: T) -> Self {
        Self(UnsafeCell::new(default))
    }

    /// Its value, the same from init to exit.
    pub fn get(&self) -> T {
        // SAFETY: L6: nobody writes it while the module's code runs. Volatile, for
        // the compiler knows of no one who ever writes it.
        unsafe { self.0.get().read_volatile() }
    }
}

/// A type that a parameter can have.
///
/// # Safety
/// L6: `KIND` is the record's tag for a variable of this size and meaning.
pub unsafe trait ParameterType: Copy {
    /// Its tag in a record of section `__param`.
    const KIND: u32;
    /// What C and `modinfo` call it.
    const NAME: &'static str;
}

macro_rules! parameter_types {
    ($($type:ty = $kind:literal $name:literal;)+) => {
        $(
            // SAFETY: L6: the table in `kernel/loader/src/parameter.rs`.
            unsafe impl ParameterType for $type {
                const KIND: u32 = $kind;
                const NAME: &'static str = $name;
            }
        )+
    };
}

parameter_types! {
    i32 = 1 "int";
    u32 = 2 "uint";
    i64 = 3 "long";
    u64 = 4 "ulong";
    bool = 5 "bool";
    Text = 6 "charp";
}

/// The type of a parameter that is a text.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Text(*const c_char);

impl Text {
    /// A text for a parameter's default.
    pub const fn new(text: &'static CStr) -> Self {
        Self(text.as_ptr())
    }

    /// The text; empty if it isn't UTF-8.
    pub fn as_str(self) -> &'static str {
        if self.0.is_null() {
            return "";
        }
        // SAFETY: L6: from `new`, or from the loader: it ends with NUL, and stays as long
        // as the module does.
        let text = unsafe { CStr::from_ptr(self.0) };
        text.to_str().unwrap_or("")
    }
}

/// A record of section `__param`.
#[doc(hidden)]
#[derive(Debug)]
#[repr(C)]
pub struct ParameterRecord {
    name: *const u8,
    value: *const (),
    kind: u32,
    zero: u32,
}

// SAFETY: L6: both pointers are only ever read, by the loader.
unsafe impl Sync for ParameterRecord {}

impl ParameterRecord {
    #[doc(hidden)]
    pub const fn new<T: ParameterType>(name: &'static CStr, value: &'static Parameter<T>) -> Self {
        Self {
            name: name.as_ptr().cast(),
            value: core::ptr::from_ref(value).cast(),
            kind: T::KIND,
            zero: 0,
        }
    }
}

/// The parameter's name: that of its static, in lower case, with a NUL.
#[doc(hidden)]
pub const fn lower_case<const N: usize>(name: &str) -> [u8; N] {
    let mut text = [0; N];
    let mut at = 0;
    while at < name.len() {
        text[at] = name.as_bytes()[at].to_ascii_lowercase();
        at += 1;
    }
    text
}

/// Defines parameters.
///
/// ```
/// use module_api::{Text, module_param};
///
/// module_param! {
///     /// How often it says hello.
///     static TIMES: i32 = 1;
///     /// Whom it greets.
///     static WHOM: Text = Text::new(c"world");
/// }
/// # assert_eq!((TIMES.get(), WHOM.get().as_str()), (1, "world"));
/// ```
///
/// The parameter's name is the static's in lower case: `insmod hello times=3`.
/// [`Parameter::get`] reads it. Types: `i32`, `u32`, `i64`, `u64`, `bool`, [`Text`].
#[macro_export]
macro_rules! module_param {
    ($($(#[doc = $text:literal])+ static $name:ident: $type:ty = $default:expr;)+) => {
        $(
            $(#[doc = $text])+
            static $name: $crate::Parameter<$type> = $crate::Parameter::new($default);

            const _: () = {
                const LENGTH: usize = stringify!($name).len();
                const TEXT: [u8; LENGTH + 1] = $crate::lower_case(stringify!($name));
                const LOWER: &::core::ffi::CStr =
                    match ::core::ffi::CStr::from_bytes_with_nul(&TEXT) {
                        Ok(name) => name,
                        Err(_) => panic!("a parameter's name is a word"),
                    };
                const NAME: &str = match LOWER.to_str() {
                    Ok(name) => name,
                    Err(_) => panic!("a parameter's name is UTF-8"),
                };
                const TYPE: &str = <$type as $crate::ParameterType>::NAME;

                #[used]
                #[unsafe(link_section = "__param")]
                static RECORD: $crate::ParameterRecord =
                    $crate::ParameterRecord::new(LOWER, &$name);

                $crate::module_information!(DESCRIPTION, "parm=", NAME, ":", concat!($($text),+).trim_ascii());
                $crate::module_information!(TYPE_OF, "parmtype=", NAME, ":", TYPE);
            };
        )+
    };
}
