//! A workload: all modules loaded and unloaded by all CPUs at once, round after round.
//! The self-tests see that nothing is left over, the benchmark what rounds cost.
//!
//! A CPU's round loads every shipped module and unloads every one. The CPUs get in
//! each other's way, which is the point: what another CPU has made impossible is no
//! error, anything else is.

use crate::console::is_interrupted;
use crate::modules::{self, Error, Reason, State};
use crate::smp;
use alloc::vec::Vec;
use arch::timer::{Deadline, nanoseconds, now};
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use fallible::TryPush;
use loader::LoadError;
use spin::Mutex;

/// What rounds cost: nanoseconds, or instructions under `-icount`.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Rounds in a part: a tenth of all.
    pub part: u64,
    /// The first part.
    pub first: u64,
    /// The last part.
    pub last: u64,
    /// Loads that succeeded.
    pub loads: u64,
}

/// Why rounds ended early.
#[derive(Debug)]
pub enum RoundsError {
    /// A module can't be loaded or unloaded, and nothing that another CPU does explains it;
    /// or there is no list of the modules.
    Module(Error<'static>),
    /// A CPU can't be given its part.
    Cpu(smp::Error),
    /// Ctrl-C came.
    Interrupted,
}

impl fmt::Display for RoundsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Module(error) => write!(f, "{error}"),
            Self::Cpu(error) => write!(f, "{error}"),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// All modules that were loaded, unloaded; dropping it loads them again, without
/// parameters.
pub struct AllUnloaded(Vec<&'static str>);

impl AllUnloaded {
    /// Unloads them, those that use others first.
    ///
    /// # Errors
    /// Why one of them stays; those that were unloaded are loaded again.
    pub fn new() -> Result<Self, Error<'static>> {
        let mut unloaded = Self(Vec::new());
        let loaded = modules::loaded().map_err(|reason| reason.of("all"))?;
        for name in loaded.into_iter().rev() {
            modules::unload(name)?;
            let kept = unloaded.0.try_push(name);
            kept.map_err(|error| Reason::from(error).of(name))?;
        }
        Ok(unloaded)
    }
}

impl Drop for AllUnloaded {
    fn drop(&mut self) {
        for name in self.0.drain(..).rev() {
            if let Err(error) = modules::load(name) {
                log::error!("{error}");
            }
        }
    }
}

/// Keeps the log silent until it is dropped: hundreds of loads would fill it.
pub struct LogOff(log::LevelFilter);

impl LogOff {
    /// Turns the log off.
    pub fn new() -> Self {
        let before = log::max_level();
        log::set_max_level(log::LevelFilter::Off);
        Self(before)
    }
}

impl Drop for LogOff {
    fn drop(&mut self) {
        log::set_max_level(self.0);
    }
}

/// Whether what another CPU does, or the address map, explains why a load failed.
pub fn is_expected(reason: &Reason<'_>) -> bool {
    match reason {
        // Another CPU has it, or has what it needs on its way in or out.
        Reason::Exists(_) | Reason::Provider { .. } => true,
        Reason::Object(LoadError::Unresolved(_)) | Reason::Unresolved(_) | Reason::NoLayout => true,
        // `direct`, when far.
        Reason::Object(LoadError::Overflow(_)) => true,
        _ => false,
    }
}

/// Microseconds for which another CPU may have a module on its way in or out, or use it.
const LIMIT: u64 = 20_000_000;

/// Loads and unloads all modules once. The error is one that nothing explains.
fn round(names: &[&'static str], loads: &AtomicU64) -> Result<(), Error<'static>> {
    for name in names {
        match once_not_busy(|| modules::load(name)) {
            Ok(()) => {
                loads.fetch_add(1, Ordering::Relaxed);
            }
            // It has been on its way for longer than the limit.
            Err(error) if is_on_its_way(&error.reason) => return Err(error),
            Err(error) if is_expected(&error.reason) => {}
            Err(error) => return Err(error),
        }
    }
    for name in names.iter().rev() {
        match once_not_busy(|| modules::unload(name)) {
            Ok(()) => {}
            Err(error) => match error.reason {
                Reason::NotLoaded | Reason::InUse(_) => {}
                _ => return Err(error),
            },
        }
    }
    Ok(())
}

/// Whether another CPU has the module on its way in or out.
fn is_on_its_way(reason: &Reason<'_>) -> bool {
    matches!(
        reason,
        Reason::Exists(State::Loading | State::Going) | Reason::Busy(_)
    )
}

/// Repeats the work for as long as another CPU has the module on its way in or out:
/// rounds that find all of them so would do nothing. After [`LIMIT`] the error is that.
fn once_not_busy(work: impl FnMut() -> Result<(), Error<'static>>) -> Result<(), Error<'static>> {
    retry(work, is_on_its_way)
}

/// Repeats the work for as long as its error is one that will pass; after [`LIMIT`] that
/// is the error.
fn retry(
    mut work: impl FnMut() -> Result<(), Error<'static>>,
    will_pass: impl Fn(&Reason<'_>) -> bool,
) -> Result<(), Error<'static>> {
    let end = Deadline::after_microseconds(LIMIT);
    loop {
        match work() {
            Err(error) if will_pass(&error.reason) && !end.is_past() => smp::nap(50),
            result => return result,
        }
    }
}

/// Does so many rounds on all CPUs together. No module may be loaded. For the boot CPU's
/// own context, with interrupts on.
///
/// # Errors
/// What ended the rounds early.
pub fn run(total: u64) -> Result<Cost, RoundsError> {
    let names = modules::shipped().map_err(RoundsError::Module)?;
    let (taken, loads) = (AtomicU64::new(0), AtomicU64::new(0));
    let part = (total / 10).max(1);
    let marks = [part, total - part].map(|mark| (mark, AtomicU64::new(0)));
    let failed: Mutex<Option<RoundsError>> = Mutex::new(None);
    let start = now();
    smp::run_as_task_on_each(|| {
        loop {
            let number = taken.fetch_add(1, Ordering::Relaxed);
            for (mark, time) in &marks {
                if number == *mark {
                    time.store(now(), Ordering::Relaxed);
                }
            }
            if number >= total || failed.lock().is_some() {
                break;
            }
            if is_interrupted() {
                *failed.lock() = Some(RoundsError::Interrupted);
                break;
            }
            if let Err(error) = round(&names, &loads) {
                *failed.lock() = Some(RoundsError::Module(error));
            }
        }
        // What another CPU kept this one from unloading.
        for name in names.iter().rev() {
            let in_the_way =
                |reason: &Reason<'_>| matches!(reason, Reason::Busy(_) | Reason::InUse(_));
            match retry(|| modules::unload(name), in_the_way) {
                Err(error) if in_the_way(&error.reason) => {
                    failed.lock().get_or_insert(RoundsError::Module(error));
                }
                _ => {}
            }
        }
    })
    .map_err(RoundsError::Cpu)?;
    let end = now();
    if let Some(error) = failed.into_inner() {
        return Err(error);
    }
    let [first, last] = marks.map(|(_, time)| time.into_inner());
    Ok(Cost {
        part,
        first: nanoseconds(first - start),
        last: nanoseconds(end - last),
        loads: loads.into_inner(),
    })
}
