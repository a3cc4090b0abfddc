//! linux/cpuhotplug.h and linux/cpu.h: callbacks for CPUs that come and go, and what keeps them
//! from doing so.

use super::module_api::caller;
use crate::backtrace::{Address, is_code};
use crate::smp::hotplug_lock::{self, Kept};
use crate::smp::states::{self, Callback, NotRegistered, Part};
use crate::{modules, smp, warning};
use arch::cpu;
use core::ffi::{CStr, c_char};
use hotplug::{Name, State};
use module_api::errno;

module_api::export_symbol!(
    __cpuhp_setup_state(_, _, _, _, _, _),
    __cpuhp_setup_state_cpuslocked(_, _, _, _, _, _),
    __cpuhp_remove_state(_, _),
    __cpuhp_remove_state_cpuslocked(_, _),
    cpus_read_lock(),
    cpus_read_unlock(),
    cpus_read_trylock(),
    add_cpu(_),
    remove_cpu(_),
);

/// A module's function, by its address; 0 if it has none.
fn callback(function: usize) -> Option<Callback> {
    // SAFETY: L3, L7: a function of this type, of a module that is loaded as long as its state
    // is registered.
    let call = |function, cpu| unsafe { modules::call_for_cpu(function, cpu) };
    (function != 0).then_some(Callback { function, call })
}

/// Whether the running code may wait for other CPUs; if not, warns.
fn may_wait(what: &str, caller: &Address) -> bool {
    let may = cpu::interrupts_enabled();
    if !may {
        warning::print(format_args!(
            "{caller} calls {what} with interrupts off, which waits. Nothing is done"
        ));
    }
    may
}

/// The shared part; CPUs are kept as they are.
///
/// # Safety
/// L7: the name is null, or ends with NUL.
unsafe fn set_up(
    state: u32,
    name: *const c_char,
    calls: bool,
    functions: [usize; 2],
    caller: &Address,
) -> i32 {
    let mut parts = [Part::Prepare, Part::Online].into_iter();
    let part = parts.find(|part| *part.numbers().start() == state);
    let (Some(part), false) = (part, name.is_null()) else {
        log::error!("cpuhp_setup_state of state {state:#x}, which isn't offered; by {caller}");
        return -errno::EINVAL;
    };
    // SAFETY: L7: the caller's promise.
    let name = unsafe { CStr::from_ptr(name) }.to_str().unwrap_or("?");
    let mut wrong = functions
        .into_iter()
        .filter(|&function| function != 0 && is_code(function as u64) == Some(false));
    if let Some(function) = wrong.next() {
        log::error!(
            "hot-plug state {name}: no code is at {function:#x}, its callback; asked for by {caller}"
        );
        return -errno::EINVAL;
    }
    let [startup, teardown] = functions.map(callback);
    let registered = State {
        name: Name::from(name),
        startup,
        teardown,
    };
    match states::register(part, registered, calls) {
        Ok(number) => number.cast_signed(),
        Err(error) => {
            log::error!("hot-plug state {name} isn't registered: {error}; asked for by {caller}");
            match error {
                NotRegistered::Full => -errno::ENOSPC,
                NotRegistered::Startup(smp::Error::State {
                    failure: smp::Failure::Returned(error),
                    ..
                }) => error,
                NotRegistered::Busy(_) | NotRegistered::Startup(_) => -errno::EBUSY,
            }
        }
    }
}

/// Registers a state of a part of the way, and calls its startup for each online CPU, if
/// `calls`: its number, or a negative error number, which is logged. Waits.
#[unsafe(no_mangle)]
unsafe extern "C" fn __cpuhp_setup_state(
    state: u32,
    name: *const c_char,
    calls: bool,
    startup: usize,
    teardown: usize,
    _is_multi: bool,
) -> i32 {
    let caller = caller();
    if !may_wait("cpuhp_setup_state", &caller) {
        return -errno::EBUSY;
    }
    let _kept = Kept::new();
    // SAFETY: L7: a name that ends with NUL.
    unsafe { set_up(state, name, calls, [startup, teardown], &caller) }
}

/// As [`__cpuhp_setup_state`], for who has called `cpus_read_lock`.
#[unsafe(no_mangle)]
unsafe extern "C" fn __cpuhp_setup_state_cpuslocked(
    state: u32,
    name: *const c_char,
    calls: bool,
    startup: usize,
    teardown: usize,
    _is_multi: bool,
) -> i32 {
    let caller = caller();
    if !may_wait("cpuhp_setup_state_cpuslocked", &caller) {
        return -errno::EBUSY;
    }
    // SAFETY: L7: a name that ends with NUL.
    unsafe { set_up(state, name, calls, [startup, teardown], &caller) }
}

fn remove(state: u32, calls: bool, caller: &Address) {
    if let Err(error) = states::remove(state, calls) {
        log::error!("cpuhp_remove_state: {error}; asked for by {caller}");
    }
}

/// Takes a state away, after calling its teardown for each online CPU, if `calls`. What is
/// wrong is logged. Waits.
#[unsafe(no_mangle)]
extern "C" fn __cpuhp_remove_state(state: u32, calls: bool) {
    let caller = caller();
    if may_wait("cpuhp_remove_state", &caller) {
        let _kept = Kept::new();
        remove(state, calls, &caller);
    }
}

/// As [`__cpuhp_remove_state`], for who has called `cpus_read_lock`.
#[unsafe(no_mangle)]
extern "C" fn __cpuhp_remove_state_cpuslocked(state: u32, calls: bool) {
    let caller = caller();
    if may_wait("cpuhp_remove_state_cpuslocked", &caller) {
        remove(state, calls, &caller);
    }
}

/// Keeps CPUs from coming and going until `cpus_read_unlock` is called as often; waits for one
/// that does. With interrupts off it can't wait, and warns.
#[unsafe(no_mangle)]
extern "C" fn cpus_read_lock() {
    if cpu::interrupts_enabled() {
        return hotplug_lock::keep();
    }
    hotplug_lock::keep_at_once();
    warning::print(format_args!(
        "{} calls cpus_read_lock with interrupts off, where it doesn't wait for who leads a CPU          in or out",
        caller()
    ));
}

/// Whether CPUs are kept from coming and going from now on. In any context.
#[unsafe(no_mangle)]
extern "C" fn cpus_read_trylock() -> bool {
    hotplug_lock::try_to_keep()
}

/// Ends what one `cpus_read_lock` began. In any context.
#[unsafe(no_mangle)]
extern "C" fn cpus_read_unlock() {
    if !hotplug_lock::let_go() {
        warning::print(format_args!(
            "{} calls cpus_read_unlock, and nobody holds that lock",
            caller()
        ));
    }
}

fn result_of(result: Result<(), smp::Error>, caller: &Address) -> i32 {
    let Err(error) = result else {
        return 0;
    };
    log::warn!("{error}; asked for by {caller}");
    match error {
        smp::Error::NotPossible(_) | smp::Error::NotPresent(_) => -errno::EINVAL,
        smp::Error::OutOfMemory(_) => -errno::ENOMEM,
        smp::Error::State {
            failure: smp::Failure::Returned(error),
            ..
        } => error,
        _ => -errno::EBUSY,
    }
}

/// Starts a CPU: 0, also if it is online, or a negative error number, which is logged. Waits.
#[unsafe(no_mangle)]
extern "C" fn add_cpu(cpu: u32) -> i32 {
    let caller = caller();
    if !may_wait("add_cpu", &caller) {
        return -errno::EBUSY;
    }
    match smp::start(cpu) {
        Err(smp::Error::Online(_)) => 0,
        result => result_of(result, &caller),
    }
}

/// Has a CPU leave: 0, also if it isn't online, or a negative error number, which is logged.
/// Waits.
#[unsafe(no_mangle)]
extern "C" fn remove_cpu(cpu: u32) -> i32 {
    let caller = caller();
    if !may_wait("remove_cpu", &caller) {
        return -errno::EBUSY;
    }
    match smp::offline(cpu) {
        Err(smp::Error::NotOnline(_)) => 0,
        result => result_of(result, &caller),
    }
}
