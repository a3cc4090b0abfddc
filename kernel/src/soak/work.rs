//! The operations of a CPU that works.

use super::findings::{TALLY, lost};
use super::pools::{Held, Pool, is_full, place};
use crate::load_unload_rounds::is_expected;
use crate::memory::{slab, vmalloc};
use crate::modules::{self, Reason};
use crate::smp::hotplug_lock::Kept;
use crate::smp::thread::Thread;
use crate::{cpus, initrd, percpu, smp};
use ::soak::{Operation, Outcome, Random};
use alloc::vec::Vec;
use arch::{PAGE_SIZE, cpu};
use core::ffi::c_void;
use core::num::NonZeroU32;
use core::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use module_api::{PerCpu, PerCpuCounter};
use this_cpu::Variable;

/// A module that isn't loaded at boot, and registers states of hot-plug.
const REGISTERS: &str = "comes_and_goes";

/// Functions of modules that take nothing, or a CPU's number.
const FUNCTIONS: [&str; 6] = [
    "counter_hit",
    "counter_hits",
    "dynamic_hit",
    "mixed_hit",
    "visitor_hit",
    "comes_and_goes_inside",
];

/// What a thread returns.
const RESULT: i32 = 7;

/// What all CPUs work on.
pub struct Work {
    names: Vec<&'static str>,
    /// Whether some request fails in this slice.
    is_faulty: AtomicBool,
    counter: PerCpuCounter,
    copies: PerCpu<u64>,
    /// What the two must come to.
    added: AtomicI64,
    additions: AtomicU64,
}

/// An operation's end; `None` if it reported a loss.
type Ended = Option<Outcome>;

impl Work {
    /// On modules of these names, and one more; `None` without memory.
    pub fn new(names: Vec<&'static str>) -> Option<Self> {
        const BATCH: NonZeroU32 = NonZeroU32::new(32).unwrap();
        Some(Self {
            names,
            is_faulty: AtomicBool::new(false),
            counter: PerCpuCounter::new(BATCH).ok()?,
            copies: PerCpu::alloc().ok()?,
            added: AtomicI64::new(0),
            additions: AtomicU64::new(0),
        })
    }

    /// Says whether some request fails from here on.
    pub fn may_fail(&self, may: bool) {
        self.is_faulty.store(may, Ordering::Relaxed);
    }

    /// Whether some request may fail in this slice.
    pub fn is_faulty(&self) -> bool {
        self.is_faulty.load(Ordering::Relaxed)
    }

    /// Names of all modules, those first that others need.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &'static str> {
        self.names.iter().copied().chain([REGISTERS])
    }

    fn name(&self, random: &mut Random) -> &'static str {
        let count = self.names.len() as u64 + 1;
        self.names()
            .nth(random.below(count) as usize)
            .unwrap_or(REGISTERS)
    }

    /// Does one operation. In a CPU's ordinary context.
    pub fn operate(&self, random: &mut Random) {
        let operation = Operation::choose(random);
        let ended = match operation {
            Operation::Area => self.area(random),
            Operation::Object => self.object(random),
            Operation::Pages => self.pages(random),
            Operation::CallOne => self.call_one(random),
            Operation::CallAll => self.call_all(),
            Operation::Load => self.load(random),
            Operation::Unload => self.unload(random),
            Operation::CallModule => self.call_module(random),
            Operation::Thread => self.thread(),
            Operation::Keep => {
                let _kept = Kept::new();
                smp::nap(20);
                Some(Outcome::Done)
            }
            Operation::Balance => {
                match random.one_in(4) {
                    true => percpu::trim(),
                    false => percpu::balance_now(),
                }
                Some(Outcome::Done)
            }
            Operation::Count | Operation::Offline | Operation::Online | Operation::Tick => {
                self.count(random)
            }
        };
        if let Some(outcome) = ended {
            TALLY.add(operation, outcome);
        }
    }

    /// What an error comes to that only a fault explains.
    fn refused(&self, what: &str, error: &dyn core::fmt::Display) -> Ended {
        if self.is_faulty() {
            return Some(Outcome::Refused);
        }
        lost(format_args!("{what}: {error}"));
        None
    }

    fn area(&self, random: &mut Random) -> Ended {
        let Some(mut place) = place(Pool::Areas, random.number() as usize) else {
            return Some(Outcome::Refused);
        };
        if let Some(held) = place.take() {
            held.free(Pool::Areas);
            return Some(Outcome::Done);
        }
        let most = if random.one_in(40) { 8000 } else { 200 };
        let size = 1 + random.below(most) as usize;
        let align = 1 << random.below(9);
        match percpu::alloc(size, align) {
            Ok(handle) => {
                if !handle.0.is_multiple_of(align) || !is_full(Pool::Areas, handle.0, size, 0) {
                    lost(format_args!(
                        "a new area at {handle} isn't zero, or not aligned"
                    ));
                }
                let byte = random.number() as u8;
                *place = Some(Held::new(Pool::Areas, handle.0, size, byte));
                Some(Outcome::Done)
            }
            Err(error) => self.refused("a per-CPU area", &error),
        }
    }

    fn object(&self, random: &mut Random) -> Ended {
        let Some(mut place) = place(Pool::Objects, random.number() as usize) else {
            return Some(Outcome::Refused);
        };
        if let Some(held) = place.take() {
            held.free(Pool::Objects);
            return Some(Outcome::Done);
        }
        let most = if random.one_in(20) { 20_000 } else { 300 };
        let size = 1 + random.below(most) as usize;
        match slab::allocate(size) {
            Some(address) => {
                let byte = random.number() as u8;
                *place = Some(Held::new(Pool::Objects, address, size, byte));
                Some(Outcome::Done)
            }
            None => self.refused("an object of a slab", &"no memory"),
        }
    }

    fn pages(&self, random: &mut Random) -> Ended {
        let pages = 1 + random.below(6) as usize;
        match vmalloc::Area::new(pages * PAGE_SIZE) {
            Ok(mut area) => {
                let bytes = area.bytes_mut();
                if bytes.iter().step_by(PAGE_SIZE / 4).any(|&byte| byte != 0) {
                    lost(format_args!("new pages aren't zero"));
                }
                bytes.fill(0xa5);
                Some(Outcome::Done)
            }
            Err(error) => self.refused("pages", &error),
        }
    }

    fn count(&self, random: &mut Random) -> Ended {
        let amount = random.below(100) as i64 - 30;
        self.counter.add(amount);
        self.added.fetch_add(amount, Ordering::Relaxed);
        self.copies.inc();
        self.additions.fetch_add(1, Ordering::Relaxed);
        Some(Outcome::Done)
    }

    /// Whether the counters are what was added, whichever CPUs have left since.
    pub fn compare_counters(&self) {
        let (sum, added) = (self.counter.sum(), self.added.load(Ordering::Relaxed));
        let (copies, additions) = (self.copies.sum(), self.additions.load(Ordering::Relaxed));
        if (sum, copies) != (added, additions) {
            lost(format_args!(
                "counters are {sum} and {copies}, and should be {added} and {additions}"
            ));
        }
    }

    fn call_one(&self, random: &mut Random) -> Ended {
        let target = random.below(cpus::possible().into()) as u32;
        match smp::run_on(target, cpu::number) {
            Ok(number) if number == target => Some(Outcome::Done),
            Ok(number) => {
                lost(format_args!("a call of cpu {target} ran on cpu {number}"));
                None
            }
            Err(smp::Error::NotOnline(_)) => Some(Outcome::Refused),
            Err(error) => self.refused("a call", &error),
        }
    }

    fn call_all(&self) -> Ended {
        let ran = AtomicU64::new(0);
        let called = smp::run_on_each(|| {
            ran.fetch_add(1, Ordering::Relaxed);
        });
        match (called, ran.into_inner()) {
            (Ok(()), 0) => {
                lost(format_args!("a call of all CPUs ran on none"));
                None
            }
            (Ok(()), _) => Some(Outcome::Done),
            (Err(error), _) => self.refused("a call of all", &error),
        }
    }

    fn load(&self, random: &mut Random) -> Ended {
        let name = self.name(random);
        match modules::load(name) {
            Ok(()) => Some(Outcome::Done),
            Err(error) if is_explained(name, &error.reason) => Some(Outcome::Refused),
            Err(error) => self.refused("a load", &error),
        }
    }

    fn unload(&self, random: &mut Random) -> Ended {
        match modules::unload(self.name(random)) {
            Ok(()) => Some(Outcome::Done),
            Err(error) => match error.reason {
                Reason::NotLoaded | Reason::Busy(_) | Reason::InUse(_) => Some(Outcome::Refused),
                _ => self.refused("an unload", &error),
            },
        }
    }

    fn call_module(&self, random: &mut Random) -> Ended {
        let function = FUNCTIONS[random.below(FUNCTIONS.len() as u64) as usize];
        // SAFETY: L3: functions of this tree's modules that take nothing, or a CPU's number.
        match unsafe { modules::call(function, 0) } {
            Ok(_) => Some(Outcome::Done),
            Err(error) => match error.reason {
                Reason::NoSymbol | Reason::Provider { .. } => Some(Outcome::Refused),
                _ => self.refused("a call of a module", &error),
            },
        }
    }

    fn thread(&self) -> Ended {
        extern "C" fn function(_: *mut c_void) -> i32 {
            RESULT
        }
        let name = *b"soak\0\0\0\0\0\0\0\0\0\0\0\0";
        match Thread::new(name, function, core::ptr::null_mut()) {
            Ok(thread) => {
                thread.start();
                match thread.stop() {
                    Some(RESULT) => Some(Outcome::Done),
                    other => {
                        lost(format_args!("a thread returned {other:?}"));
                        None
                    }
                }
            }
            Err(error) => self.refused("a thread", &format_args!("{error:?}")),
        }
    }
}

/// Whether something explains why a load failed: the same as of all loads at once, or that its
/// init says no, if it is a module that was put beside the tree's own. It may be for another
/// machine.
pub fn is_explained(name: &str, reason: &Reason<'_>) -> bool {
    let is_given = || {
        let mut given = initrd::files().filter(|file| file.path.starts_with("extra/"));
        given.any(|file| initrd::module_name(file.path) == Some(name))
    };
    is_expected(reason) || matches!(reason, Reason::Init(_)) && is_given()
}

/// What a tick does, in the interrupt handler.
pub fn tick() {
    let outcome = match percpu::alloc_atomic(16, 8) {
        Err(_) => Outcome::Refused,
        Ok(handle) => {
            if percpu::free(handle).is_err() {
                lost(format_args!("an interrupt handler's area is no live one"));
            }
            Outcome::Done
        }
    };
    TALLY.add(Operation::Tick, outcome);
}
