//! What modules have called when CPUs come and go (Linux: cpuhp_setup_state).
//!
//! ```text
//!  on the CPU that leads                              on the CPU itself
//!   prepare states ─► it is started, is online ─►      online states ─► it is active
//!   prepare states ◄─ it is stopped            ◄─      online states
//! ```
//!
//! The order is the crate `hotplug`'s. A callback is called in a CPU's ordinary context, while
//! nobody else leads CPUs in or out, nor changes the states.

use super::error::{Error, Failure};
use super::hotplug_lock::{in_callback, is_in_callback};
use super::{task, wait};
use crate::cpus;
use core::fmt;
use core::ops::RangeInclusive;
use core::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use hotplug::{Failed, Name, State, States};
use spin::{Mutex, MutexGuard};

/// A function of a module's, and who calls it: with a CPU's number, for 0 or an error number.
#[derive(Clone, Copy, Debug)]
pub struct Callback {
    /// The function's address.
    pub function: usize,
    /// Calls the function at an address.
    pub call: fn(usize, u32) -> i32,
}

/// Where on a CPU's way a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Before it is started and after it is stopped, on the CPU that leads.
    Prepare,
    /// While it is online, on the CPU itself.
    Online,
}

/// States that a part may have.
const PLACES: usize = 30;

impl Part {
    const ALL: [Self; 2] = [Self::Prepare, Self::Online];

    /// Numbers of its states, as linux/cpuhotplug.h has them; for who registers one, the first
    /// stands for any of them.
    pub const fn numbers(self) -> RangeInclusive<u32> {
        let first = match self {
            Self::Prepare => 0x100,
            Self::Online => 0x200,
        };
        first..=first + PLACES as u32 - 1
    }

    fn number(self, place: usize) -> u32 {
        self.numbers().start() + place as u32
    }

    /// The part of a state, and its place there.
    fn of(number: u32) -> Option<(Self, usize)> {
        let mut parts = Self::ALL.into_iter();
        let part = parts.find(|part| part.numbers().contains(&number))?;
        Some((part, (number - part.numbers().start()) as usize))
    }
}

/// All states, by part.
pub struct Tables([States<Callback, PLACES>; 2]);

static TABLES: Mutex<Tables> = Mutex::new(Tables([const { States::new() }; 2]));

/// States that there are.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Seconds that others may have the tables.
const PATIENCE: u64 = 60;

/// Why a state isn't registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRegistered {
    /// There are as many of the part as there may be.
    Full,
    /// A callback registers; or the tables are in use for too long.
    Busy(Error),
    /// Its startup failed, or couldn't be called, on a CPU. It was undone on the others.
    Startup(Error),
}

impl fmt::Display for NotRegistered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("there are as many states as there may be"),
            Self::Busy(error) | Self::Startup(error) => write!(f, "{error}"),
        }
    }
}

/// Calls a callback where it belongs.
fn call(part: Part, cpu: u32, callback: Callback) -> Result<(), Failure> {
    let result = AtomicI32::new(0);
    let run = || {
        let returned = in_callback(|| (callback.call)(callback.function, cpu));
        result.store(returned, Ordering::Relaxed);
    };
    match part {
        Part::Prepare => run(),
        Part::Online => task::run_as_errand(cpu, run).map_err(|error| {
            log::warn!("a callback for cpu {cpu}: {error}");
            Failure::NotCalled
        })?,
    }
    match result.into_inner() {
        0 => Ok(()),
        error => Err(Failure::Returned(error)),
    }
}

/// Takes the tables; interrupts on, no lock held. Not in a callback: who called that has them.
///
/// # Errors
/// Others have them for too long.
pub fn lock() -> Result<MutexGuard<'static, Tables>, Error> {
    if is_in_callback() {
        return Err(Error::Nested);
    }
    let mut tables = None;
    wait::wait_until(PATIENCE, || {
        tables = TABLES.try_lock();
        tables.is_some()
    });
    tables.ok_or(Error::Led)
}

/// Registers a state of a part, and calls its startup for each online CPU, if `calls`; returns
/// its number. Waits as [`lock`] does; the caller keeps the CPUs as they are.
///
/// # Errors
/// Nothing is registered then.
pub fn register(part: Part, state: State<Callback>, calls: bool) -> Result<u32, NotRegistered> {
    let mut tables = lock().map_err(NotRegistered::Busy)?;
    let states = &mut tables.0[part as usize];
    let place = states
        .add(state)
        .map_err(|hotplug::Full| NotRegistered::Full)?;
    if calls {
        let begun = states.begin(place, cpus::online(), &mut |cpu, f| call(part, cpu, f));
        if let Err(failed) = begun {
            states.remove(place);
            return Err(NotRegistered::Startup(error_of(failed)));
        }
    }
    COUNT.fetch_add(1, Ordering::Release);
    Ok(part.number(place))
}

/// Takes a state away, after calling its teardown for each online CPU, if `calls`. What a
/// teardown returns is logged, and changes nothing. Waits as [`lock`] does; the caller keeps
/// the CPUs as they are.
///
/// # Errors
/// [`Error::NoState`], or what [`lock`] gives.
pub fn remove(number: u32, calls: bool) -> Result<(), Error> {
    let (part, place) = Part::of(number).ok_or(Error::NoState(number))?;
    let mut tables = lock()?;
    let states = &mut tables.0[part as usize];
    if calls {
        let ended = states.end(place, cpus::online(), &mut |cpu, f| call(part, cpu, f));
        if let Err(failed) = ended {
            log::warn!("{}; the state is removed all the same", error_of(failed));
        }
    }
    states.remove(place).ok_or(Error::NoState(number))?;
    COUNT.fetch_sub(1, Ordering::Release);
    Ok(())
}

/// Takes the states away whose functions lie where `is_gone` says; the first one's name. For
/// a module that is going, and has left them. Waits as [`lock`] does.
pub fn forget(is_gone: impl Fn(usize) -> bool) -> Option<Name> {
    if COUNT.load(Ordering::Acquire) == 0 {
        return None;
    }
    let mut tables = loop {
        match lock() {
            Ok(tables) => break tables,
            Err(error) => log::warn!("a module's hot-plug states: {error}"),
        }
    };
    let is_left = |state: &State<Callback>| {
        let mut functions = [state.startup, state.teardown].into_iter().flatten();
        functions.any(|callback| is_gone(callback.function))
    };
    let mut first = None;
    for states in &mut tables.0 {
        for place in 0..PLACES {
            if states.get(place).is_some_and(is_left) {
                let state = states.remove(place);
                first = first.or(state.map(|state| state.name));
                COUNT.fetch_sub(1, Ordering::Release);
            }
        }
    }
    first
}

impl Tables {
    /// A CPU comes into a part.
    ///
    /// # Errors
    /// A startup failed; what was done before it was undone.
    pub fn up(&self, part: Part, cpu: u32) -> Result<(), Error> {
        let states = &self.0[part as usize];
        let result = states.up(cpu, &mut |cpu, f| call(part, cpu, f));
        result.map_err(error_of)
    }

    /// A CPU leaves a part.
    ///
    /// # Errors
    /// A teardown failed; what was done before it was undone.
    pub fn down(&self, part: Part, cpu: u32) -> Result<(), Error> {
        let states = &self.0[part as usize];
        let result = states.down(cpu, &mut |cpu, f| call(part, cpu, f));
        result.map_err(error_of)
    }

    /// The states, in the order in which a CPU that comes goes through them: the number, the
    /// name.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Name)> {
        let parts = Part::ALL.into_iter().zip(&self.0);
        parts.flat_map(|(part, states)| {
            let states = states.iter();
            states.map(move |(place, state)| (part.number(place), state.name))
        })
    }
}

fn error_of(failed: Failed<Failure>) -> Error {
    let Failed {
        state,
        cpu,
        error: failure,
        not_undone,
    } = failed;
    if not_undone > 0 {
        log::warn!("cpu {cpu}: {not_undone} callbacks that undo failed, too");
    }
    Error::State {
        cpu,
        state,
        failure,
    }
}
