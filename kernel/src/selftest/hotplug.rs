//! CPUs that leave and come back: what becomes of their copies, of what they kept, and of who
//! calls them; alone, and while the others work.

use super::{NotPassed, call, failed, resources, stride};
use crate::cpus::State;
use crate::fail::{self, Site};
use crate::load_unload_rounds::is_expected;
use crate::memory::slab;
use crate::modules::{self, Reason};
use crate::smp::hotplug_lock::Kept;
use crate::smp::thread::Thread;
use crate::{check, check_eq, cpus, interrupts, percpu, selftest, smp};
use alloc::vec::Vec;
use arch::sigp::{Order, Refusal};
use arch::{cpu, lowcore};
use core::ffi::c_void;
use core::num::NonZeroU32;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use module_api::{PerCpu, PerCpuCounter};
use this_cpu::{Variable, percpu};

percpu! {
    /// What each CPU writes and finds again.
    static MARK: u64 = 0x1122_3344_5566_7788;
}

/// A CPU that has left; it is back when this is dropped.
pub struct Away(u32);

impl Away {
    /// Has a CPU leave.
    pub fn send(cpu: u32) -> Result<Self, NotPassed> {
        smp::offline(cpu).map_err(failed)?;
        Ok(Self(cpu))
    }

    /// The last CPU of the machine has left, or was never there.
    pub fn some() -> Result<(u32, Option<Self>), NotPassed> {
        if let Some(cpu) = (0..cpus::present()).find(|&cpu| !cpus::is_online(cpu)) {
            return Ok((cpu, None));
        }
        match cpus::present() - 1 {
            0 => Err(NotPassed::Skipped("one CPU")),
            cpu => Ok((cpu, Some(Self::send(cpu)?))),
        }
    }

    /// Has it come back.
    fn back(self) -> Result<(), NotPassed> {
        let cpu = self.0;
        core::mem::forget(self);
        smp::start(cpu).map_err(failed)
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        match smp::start(self.0) {
            Ok(()) | Err(smp::Error::Online(_)) => {}
            Err(error) => log::error!("{error}"),
        }
    }
}

/// CPUs that can leave.
fn others() -> Result<Vec<u32>, NotPassed> {
    let others: Vec<u32> = cpus::online().filter(|&cpu| cpu != 0).collect();
    match others.is_empty() {
        true => Err(NotPassed::Skipped("one CPU")),
        false => Ok(others),
    }
}

/// Each CPU leaves and comes back; meanwhile nobody finds it, but all find its copies.
fn each_leaves_and_comes_back() -> Result<(), NotPassed> {
    let area = PerCpu::<u64>::alloc().map_err(failed)?;
    let online = cpus::online_count();
    percpu::trim();
    let before = resources::in_use();
    for cpu in others()? {
        smp::run_on(cpu, || {
            MARK.write(u64::from(cpu));
            area.write(u64::from(cpu) << 8);
        })
        .map_err(failed)?;
        let signals = interrupts::SIGNALS.on(cpu).map(|copy| copy.read());
        let away = Away::send(cpu)?;
        check_eq!(cpus::state(cpu), State::Offline);
        check!(
            cpus::online().all(|other| other != cpu),
            "cpu {cpu} is online"
        );
        check!(cpus::online_count() < online, "cpu {cpu} is counted");
        check_eq!(smp::run_on(cpu, || ()), Err(smp::Error::NotOnline(cpu)));
        check_eq!(smp::stop(cpu).err(), Some(smp::Error::NotOnline(cpu)));
        check_eq!(smp::offline(cpu), Err(smp::Error::NotOnline(cpu)));
        let ran = AtomicU64::new(0);
        smp::run_on_each(|| {
            ran.fetch_add(1, Ordering::Relaxed);
        })
        .map_err(failed)?;
        check_eq!(ran.into_inner(), u64::from(cpus::online_count()));
        // As it left them, and as others leave them.
        let mark = MARK.on(cpu).ok_or(failed("it has no copy"))?;
        check_eq!(mark.read(), u64::from(cpu));
        let copy = area.on(cpu).ok_or(failed("it has no copy"))?;
        check_eq!(copy.read(), u64::from(cpu) << 8);
        copy.write(0x99);
        away.back()?;
        let found = smp::run_on(cpu, || {
            let own = (
                cpu::number(),
                cpu::address(),
                lowcore::per_cpu_offset() as usize,
            );
            (
                own,
                MARK.read(),
                area.inc_return(),
                interrupts::SIGNALS.read(),
            )
        });
        let (own, mark, area, signals_now) = found.map_err(failed)?;
        let address = cpus::address(cpu).ok_or(failed("it has no address"))?;
        check_eq!(own, (cpu, address, percpu::offset(cpu)));
        check_eq!((mark, area), (u64::from(cpu), 0x9a));
        check!(Some(signals_now) > signals, "its signals are counted anew");
        check_eq!(cpus::state(cpu), State::Active);
    }
    percpu::trim();
    check_eq!(resources::in_use(), before);
    check_eq!(cpus::online_count(), online);
    Ok(())
}

/// What a CPU kept for its next allocations is everybody's when it has left.
fn what_it_kept_is_given_back() -> Result<(), NotPassed> {
    let cpu = others()?[0];
    let kept = || percpu::statistics(&mut |_| ()).cached;
    let kept_objects = || slab::usage().0.map(|class| class.kept).sum::<usize>();
    percpu::trim();
    slab::shrink();
    let before = (kept(), kept_objects());
    check_eq!(before, (0, 0));
    smp::run_on(cpu, || {
        for size in [8, 16, 64] {
            if let Ok(area) = percpu::alloc_atomic(size, 8) {
                let _ = percpu::free(area);
            }
            if let Some(object) = slab::allocate(size) {
                let _ = slab::free(object);
            }
        }
    })
    .map_err(failed)?;
    check!(kept_objects() > 0, "the CPU keeps no object");
    let away = Away::send(cpu)?;
    check_eq!((kept(), kept_objects()), before);
    percpu::verify().map_err(failed)?;
    check!(
        slab::verify(),
        "the slabs' book-keeping differs from a recount"
    );
    away.back()
}

/// Sums over possible CPUs don't change when one leaves, and it goes on where it was.
fn sums_are_exact() -> Result<(), NotPassed> {
    let batch = NonZeroU32::MIN.saturating_add(31);
    let counter = PerCpuCounter::new(batch).map_err(failed)?;
    let plain = PerCpu::<u64>::alloc().map_err(failed)?;
    let mut expected = 0;
    let mut add = |cpus: cpus::Count| {
        smp::run_on_each(|| {
            counter.add(17);
            plain.add(17);
        })
        .map_err(failed)?;
        expected += 17 * i64::from(cpus);
        check_eq!(counter.sum(), expected);
        check_eq!(plain.sum(), expected as u64);
        Ok(())
    };
    for cpu in others()? {
        add(cpus::online_count())?;
        let away = Away::send(cpu)?;
        add(cpus::online_count())?;
        away.back()?;
        add(cpus::online_count())?;
    }
    Ok(())
}

fn refusals() -> Result<(), NotPassed> {
    let cpu = others()?[0];
    let beyond = cpus::possible();
    check_eq!(smp::offline(beyond), Err(smp::Error::NotPossible(beyond)));
    check_eq!(smp::offline(0), Err(smp::Error::BootCpu));
    // From a task of its own.
    let itself = AtomicBool::new(false);
    smp::run_as_task_on_each(|| {
        if cpu::number() == cpu && smp::offline(cpu) == Err(smp::Error::Itself(cpu)) {
            itself.store(true, Ordering::Relaxed);
        }
    })
    .map_err(failed)?;
    check!(itself.into_inner(), "a CPU led itself out");
    // Its signal doesn't come.
    fail::arm(Site::Signal, 1);
    let refused = smp::offline(cpu);
    fail::arm(Site::Signal, 0);
    let wanted = smp::Error::Refused(cpu, Order::EmergencySignal, Refusal::NotOperational);
    check!(refused == Ok(()) || refused == Err(wanted), "{refused:?}");
    if refused.is_ok() {
        // It was awake, and needed none.
        smp::start(cpu).map_err(failed)?;
    }
    check_eq!(cpus::state(cpu), State::Active);
    smp::run_on(cpu, || ()).map_err(failed)
}

/// A CPU with a thread stays, whatever the thread does.
fn threads_stay() -> Result<(), NotPassed> {
    extern "C" fn nothing(_: *mut c_void) -> i32 {
        7
    }
    others()?;
    let thread = |()| {
        Thread::new(
            *b"stays\0\0\0\0\0\0\0\0\0\0\0",
            nothing,
            core::ptr::null_mut(),
        )
    };
    let threads: Vec<_> = [(); 2].into_iter().map(thread).collect();
    let refused = others()?
        .into_iter()
        .map(smp::offline)
        .filter_map(Result::err);
    let refused: Vec<_> = refused.collect();
    // Those without a thread have left.
    for cpu in 1..cpus::present() {
        if let Err(error) = smp::start(cpu) {
            check!(error == smp::Error::Online(cpu), "{error}");
        }
    }
    let mut made = 0;
    for thread in threads {
        made += 1;
        thread
            .map_err(|error| failed(alloc::format!("{error:?}")))?
            .stop();
    }
    let counts = refused.iter().map(|error| match error {
        smp::Error::Threads { count, .. } => *count,
        _ => 0,
    });
    check_eq!(counts.sum::<usize>(), made);
    Ok(())
}

/// Nobody leads a CPU out while somebody keeps them as they are.
fn kept() -> Result<(), NotPassed> {
    let cpu = others()?[0];
    let kept = Kept::new();
    check_eq!(smp::offline(cpu), Err(smp::Error::Kept(1)));
    check_eq!(smp::run_on(cpu, || ()), Ok(()));
    drop(kept);
    Away::send(cpu)?.back()
}

/// A module's states: on every CPU that is online, none of one that is gone; refused by one
/// of them a CPU stays as it was.
fn states_of_a_module() -> Result<(), NotPassed> {
    let inside = || call("comes_and_goes_inside", 0);
    let online = || u64::from(cpus::online_count());
    modules::load("comes_and_goes").map_err(failed)?;
    let test = || {
        check_eq!(inside()?, 2 * online());
        for cpu in others().unwrap_or_default() {
            let away = Away::send(cpu)?;
            check_eq!(inside()?, 2 * online());
            away.back()?;
            call("comes_and_goes_refuse_down", u64::from(cpu) + 1)?;
            let refused = smp::offline(cpu);
            let returned = |result: &Result<(), smp::Error>| {
                let failure = smp::Failure::Returned(-module_api::errno::EIO);
                matches!(result, Err(smp::Error::State { cpu: of, failure: with, .. })
                    if *of == cpu && *with == failure)
            };
            check!(returned(&refused), "{refused:?}");
            check_eq!(inside()?, 2 * online());
            check_eq!(cpus::state(cpu), State::Active);
            call("comes_and_goes_refuse_down", 0)?;
            let away = Away::send(cpu)?;
            call("comes_and_goes_refuse_up", u64::from(cpu) + 1)?;
            let refused = smp::start(cpu);
            check!(returned(&refused), "{refused:?}");
            check_eq!(cpus::state(cpu), State::Offline);
            check_eq!(inside()?, 2 * online());
            call("comes_and_goes_refuse_up", 0)?;
            away.back()?;
        }
        check_eq!(inside()?, 2 * online());
        check_eq!(call("comes_and_goes_elsewhere", 0)?, 0);
        Ok(())
    };
    let result = test();
    modules::unload("comes_and_goes").map_err(failed)?;
    result?;
    // What it leaves behind is gone with it.
    let warnings = crate::warning::count();
    modules::load_with("comes_and_goes", &["leaves=1"]).map_err(failed)?;
    modules::unload("comes_and_goes").map_err(failed)?;
    check_eq!(crate::warning::count(), warnings + 1);
    let states = smp::states::lock().map_err(failed)?;
    check_eq!(states.iter().count(), 0);
    Ok(())
}

/// Has each other CPU, of many some, leave and come back once, while those that are there work:
/// `work` is repeated on each, in its ordinary context, and gets the number of its round.
fn while_others(work: impl Fn(u32) + Sync) -> Result<(), NotPassed> {
    /// Seconds.
    const PATIENCE: u64 = 10;
    let others = others()?;
    let wanted = AtomicU32::new(u32::MAX);
    let done = AtomicBool::new(false);
    let rounds = AtomicU32::new(0);
    let result = spin::Mutex::new(Ok(()));
    for &leaving in others.iter().step_by(stride()) {
        wanted.store(u32::MAX, Ordering::Relaxed);
        done.store(false, Ordering::Relaxed);
        rounds.store(0, Ordering::Relaxed);
        smp::run_as_task_on_each(|| {
            let this = cpu::number();
            if this == 0 {
                // On a busy machine it may be long until another has begun.
                smp::wait_until(PATIENCE, || rounds.load(Ordering::Relaxed) > 0);
                wanted.store(leaving, Ordering::Relaxed);
                let went = Away::send(leaving).and_then(|away| {
                    smp::nap(500);
                    away.back()
                });
                let mut result = result.lock();
                if result.is_ok() {
                    *result = went;
                }
                done.store(true, Ordering::Release);
                return;
            }
            for round in 0.. {
                if done.load(Ordering::Acquire) || wanted.load(Ordering::Relaxed) == this {
                    return;
                }
                work(round);
                rounds.fetch_add(1, Ordering::Relaxed);
            }
        })
        .map_err(failed)?;
    }
    result.into_inner()
}

fn while_others_allocate() -> Result<(), NotPassed> {
    percpu::trim();
    let before = resources::in_use();
    let wrong = AtomicU64::new(0);
    let area = PerCpu::<u64>::alloc().map_err(failed)?;
    while_others(|round| {
        let size = 1 + (round as usize * 37) % 300;
        let Ok(handle) = percpu::alloc(size, 8) else {
            return;
        };
        for cpu in 0..cpus::possible() {
            let copy = handle.0.wrapping_add(percpu::offset(cpu));
            let copy = core::ptr::with_exposed_provenance_mut::<u8>(copy);
            // SAFETY: P1: a live area of this CPU's.
            wrong.fetch_add(u64::from(unsafe { copy.read() }), Ordering::Relaxed);
        }
        let object = slab::allocate(size);
        let is_freed = object.is_none_or(|object| slab::free(object).is_ok());
        if percpu::free(handle).is_err() || !is_freed {
            wrong.fetch_add(1, Ordering::Relaxed);
        }
        area.inc();
        if round.is_multiple_of(64) {
            percpu::balance();
        }
    })?;
    check_eq!(wrong.into_inner(), 0);
    check!(area.sum() > 0, "nobody allocated");
    drop(area);
    percpu::verify().map_err(failed)?;
    check!(
        slab::verify(),
        "the slabs' book-keeping differs from a recount"
    );
    percpu::trim();
    check_eq!(resources::in_use(), before);
    Ok(())
}

fn while_others_call() -> Result<(), NotPassed> {
    let (calls, refusals) = (AtomicU64::new(0), AtomicU64::new(0));
    let wrong = AtomicU64::new(0);
    while_others(|round| {
        let to = round % cpus::possible();
        match smp::run_on(to, cpu::number) {
            Ok(number) if number == to => calls.fetch_add(1, Ordering::Relaxed),
            Err(smp::Error::NotOnline(_)) => refusals.fetch_add(1, Ordering::Relaxed),
            _ => wrong.fetch_add(1, Ordering::Relaxed),
        };
        if smp::run_on_each(|| ()).is_err() {
            wrong.fetch_add(1, Ordering::Relaxed);
        }
    })?;
    check_eq!(wrong.into_inner(), 0);
    check!(
        calls.into_inner() > 0 || cpus::online_count() == 2,
        "nobody called"
    );
    Ok(())
}

fn while_others_load() -> Result<(), NotPassed> {
    let wrong = spin::Mutex::new(None);
    let loads = AtomicU64::new(0);
    while_others(|_| {
        match modules::load("comes_and_goes") {
            Ok(()) => {
                loads.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) if is_expected(&error.reason) => {}
            Err(error) => {
                wrong.lock().get_or_insert(failed(error));
            }
        }
        match modules::unload("comes_and_goes") {
            Ok(()) => {}
            Err(error) => match error.reason {
                Reason::NotLoaded | Reason::Busy(_) | Reason::InUse(_) => smp::nap(50),
                _ => {
                    wrong.lock().get_or_insert(failed(error));
                }
            },
        }
    })?;
    match modules::unload("comes_and_goes") {
        Ok(()) => {}
        Err(error) => check!(matches!(error.reason, Reason::NotLoaded), "{error}"),
    }
    let states = smp::states::lock().map_err(failed)?;
    check_eq!(states.iter().count(), 0);
    match wrong.into_inner() {
        Some(wrong) => Err(wrong),
        None => Ok(()),
    }
}

selftest!("smp.cpus_leave_and_come_back", each_leaves_and_comes_back);
selftest!("smp.leaving_gives_back", what_it_kept_is_given_back);
selftest!("smp.leaving_keeps_sums", sums_are_exact);
selftest!("smp.leaving_is_refused", refusals);
selftest!("smp.leaving_with_threads", threads_stay);
selftest!("smp.leaving_while_kept", kept, on_request);
selftest!("smp.hotplug_states", states_of_a_module);
selftest!(
    "stress.leaving_while_others_allocate",
    while_others_allocate
);
selftest!("stress.leaving_while_others_call", while_others_call);
selftest!("stress.leaving_while_others_load", while_others_load);
