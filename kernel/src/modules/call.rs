//! Calls of functions of modules, and of what the kernel exports.

use super::balance;
use super::error::{Error, Reason};
use super::lookup;
use super::registry::{self, References, Wanted};
use super::state::Frames;
use super::symbol_kind::SymbolKind;
use crate::activity::{self, Kind};
use crate::boot_time;
use crate::continuation;
use crate::memory::sanity;
use arch::{fault_safe, packed_call};
use loader::{Callback, ParameterError, Setter};

/// Calls a function of a module, and returns what it leaves in register 2.
///
/// # Safety
/// L3: as for [`packed_call::call`].
unsafe fn enter(address: u64, frames: Frames, first: u64, second: u64) -> u64 {
    if frames == Frames::Packed {
        // SAFETY: L3: the caller's promise.
        return unsafe { packed_call::call(address as usize, first, second) };
    }
    let function = core::ptr::with_exposed_provenance::<()>(address as usize);
    // SAFETY: L3: the caller's promise; arguments that it doesn't take are in registers that it
    // may use.
    let function =
        unsafe { core::mem::transmute::<*const (), extern "C" fn(u64, u64) -> u64>(function) };
    function(first, second)
}

/// Calls a constructor, a destructor or an exit: `void f(void)`.
///
/// # Safety
/// L3: the address is that of such a function in sealed text, which stays there meanwhile.
pub unsafe fn call_void(address: u64, frames: Frames) {
    activity::during(Kind::StartOrEnd, address, || {
        // SAFETY: L3: the caller's promise.
        balance::checked(address, || unsafe { enter(address, frames, 0, 0) });
    });
    continuation::flush();
    sanity::returned(address);
}

/// Calls an init: `int f(void)`.
///
/// # Safety
/// L3: the address is that of such a function in sealed text, which stays there meanwhile.
pub unsafe fn call_int(address: u64, frames: Frames) -> i32 {
    boot_time::calling_init();
    let result = activity::during(Kind::Init, address, || {
        // SAFETY: L3: the caller's promise.
        balance::checked(address, || unsafe { enter(address, frames, 0, 0) })
    });
    continuation::flush();
    sanity::returned(address);
    result as i32
}

/// The address of the function that sets a parameter: in text, of the module or of another whose
/// operations it uses.
///
/// # Errors
/// There is no value, and it can't do without; the operations name no function.
pub fn setter<'a>(callback: &Callback<'a>) -> Result<u64, ParameterError<'a>> {
    /// Bit of the flags: the value may be left out.
    const NO_ARGUMENT: u32 = 1;
    let Callback { name, value, .. } = *callback;
    let operations = match callback.set {
        Setter::Own(function) => return Ok(function),
        Setter::Others(operations) => operations as usize,
    };
    let flags = fault_safe::read_u32(operations).unwrap_or(0);
    if value.is_none() && flags & NO_ARGUMENT == 0 {
        return Err(ParameterError::NoText(name));
    }
    let function = fault_safe::read_u64(operations.wrapping_add(8)).unwrap_or(0);
    match lookup::is_text(function) {
        Some(true) => Ok(function),
        _ => Err(ParameterError::NoSetter { name, function }),
    }
}

/// Calls a function that sets a parameter:
/// `int set(const char *value, const struct kernel_param *parameter)`.
///
/// # Safety
/// L3: the address is that of such a function in sealed text, which stays there meanwhile;
/// the text ends with NUL, or is null.
pub unsafe fn call_set(address: u64, text: u64, parameter: u64) -> i32 {
    // It may be another module's.
    let frames = lookup::frames_at(address);
    let result = activity::during(Kind::StartOrEnd, address, || {
        // SAFETY: L3: the caller's promise.
        balance::checked(address, || unsafe {
            enter(address, frames, text, parameter)
        })
    });
    continuation::flush();
    result as i32
}

/// Calls a callback of a hot-plug state: `int f(unsigned int cpu)`.
///
/// # Safety
/// L3: the address is that of such a function in sealed text, which stays there meanwhile.
pub unsafe fn call_for_cpu(address: usize, cpu: u32) -> i32 {
    let address = address as u64;
    let frames = lookup::frames_at(address);
    let result = activity::during(Kind::Callback, address, || {
        // SAFETY: L3: the caller's promise.
        balance::checked(address, || unsafe { enter(address, frames, cpu.into(), 0) })
    });
    continuation::flush();
    result as i32
}

/// Whether an exported function is known to return nothing: the file of a module in Rust
/// says so (`module_api::export!`); of a function in C, in assembly or of the kernel's own
/// it isn't known.
pub fn returns_nothing(symbol: &str) -> bool {
    registry::object_of(symbol).is_some_and(|object| {
        let mut entries = object.information();
        entries.any(|entry| entry == ("void", symbol))
    })
}

/// Calls an exported function with one argument, on the running CPU. A reference keeps its
/// module from being unloaded meanwhile. Of a function that returns nothing the result is
/// whatever it left in register 2 ([`returns_nothing`] knows some).
///
/// # Errors
/// [`Reason::NoSymbol`]; [`Reason::NotFunction`] if the symbol isn't in sealed text that
/// stays; [`Reason::Provider`] if its module isn't live; [`Reason::Heap`].
///
/// # Safety
/// The function takes no argument, or an integer or pointer for which `argument` will do,
/// and may be called here and now.
pub unsafe fn call(symbol: &str, argument: u64) -> Result<u64, Error<'_>> {
    let mut held = References::default();
    let found = held
        .resolve(symbol, loader::name_hash(symbol), Wanted::PlainFirst)
        .map_err(|reason| reason.of(symbol))?;
    let found = found.ok_or(Reason::NoSymbol.of(symbol))?;
    if found.kind() != SymbolKind::Function {
        return Err(Reason::NotFunction(found.kind()).of(symbol));
    }
    let frames = lookup::frames_at(found.value);
    let call = || {
        // SAFETY: L3: the address lies in sealed text, which the reference keeps there; the
        // type is one that the caller's promise fits.
        balance::checked(found.value, || unsafe {
            enter(found.value, frames, argument, 0)
        })
    };
    let result = activity::during(Kind::Call, found.value, call);
    sanity::returned(found.value);
    Ok(result)
}
