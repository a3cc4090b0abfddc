//! Each request of a piece of work fails in turn, at every site, until none is left, or on many
//! CPUs some of them: each time the work ends in an error that says why, or as if nothing had
//! been, and nothing is left over.
//!
//! Loads have a sweep of their own, of every module (module_life.rs); the boot's is the runner's.

use super::{NotPassed, failed, resources, stride};
use crate::fail::{self, Site};
use crate::load_unload_rounds::{AllUnloaded, LogOff};
use crate::memory::{frame_count, slab, vmalloc};
use crate::{check, cpus, modules, percpu, println, selftest, smp, timer};
use ::percpu::PAGE_SIZE;
use core::fmt::{self, Write};

/// How requests that failed were taken.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// The work ended in an error.
    pub errors: u32,
    /// It was done all the same: it tried again, or did without.
    pub harmless: u32,
}

impl Counts {
    /// Enters a fault, by whether the work ended in an error.
    pub fn enter(&mut self, is_error: bool) {
        match is_error {
            true => self.errors += 1,
            false => self.harmless += 1,
        }
    }
}

/// Most requests of one piece of work: none of these has as many.
const MOST: u64 = 10_000;

/// Makes the first, the second, and so on, of the work's requests at the site fail.
///
/// # Errors
/// The work fails by itself, its error says nothing, or something is left over.
fn sweep(
    what: &str,
    (name, site): (&str, Site),
    counts: &mut Counts,
    work: &mut dyn FnMut() -> Result<(), Text>,
) -> Result<(), NotPassed> {
    for nth in (1..MOST).step_by(stride()) {
        percpu::trim();
        let before = resources::in_use();
        fail::arm(site, nth);
        let result = work();
        let reached = fail::left(site) == 0;
        fail::arm(site, 0);
        percpu::trim();
        let after = resources::in_use();
        check!(
            after == before,
            "{what}, {name} {nth}: {after:x?}, not {before:x?}"
        );
        if !reached {
            return result.map_err(|error| failed(error).about(what).about(name));
        }
        check!(
            result.as_ref().err().is_none_or(|text| text.len() > 8),
            "{what}, {name} {nth}: {result:?}"
        );
        counts.enter(result.is_err());
    }
    Err(failed(format_args!("{what}, {name}: without an end")))
}

/// An error's text, cut at its end: in no block of the heap, which is counted.
type Text = heapless::String<100>;

fn text(error: impl fmt::Display) -> Text {
    let mut text = Text::new();
    // What there is no room for is left out.
    let _ = write!(text, "{error}");
    text
}

fn per_cpu_areas() -> Result<(), Text> {
    let small = percpu::alloc(8, 8).map_err(text)?;
    let large = percpu::alloc(32 * 1024, PAGE_SIZE).map_err(text);
    let large = large.and_then(|large| percpu::free(large).map_err(text));
    percpu::free(small).map_err(text)?;
    large
}

fn objects() -> Result<(), Text> {
    for bytes in [8, 200, 8192, 100_000] {
        let object = slab::allocate(bytes);
        let object = object.ok_or(text(format_args!("no object of {bytes} bytes")))?;
        slab::free(object).map_err(|_| text("it isn't live"))?;
    }
    Ok(())
}

/// An area, of which the end is where there was none before: it needs tables.
fn area(mebibytes: &mut usize) -> Result<(), Text> {
    *mebibytes += 2;
    vmalloc::Area::new(*mebibytes << 20).map(drop).map_err(text)
}

fn calls() -> Result<(), Text> {
    smp::run_on_each(|| ()).map_err(text)?;
    smp::run_as_task_on_each(|| ()).map_err(text)
}

fn load_and_unload() -> Result<(), Text> {
    let loaded = modules::load_with_dependencies("visitor", &[]).map_err(text);
    let unloaded = loaded.and_then(|()| modules::unload_with_dependencies("visitor").map_err(text));
    // Modules that others would have needed stay.
    for name in ["visitor", "counter"] {
        if modules::state(name).is_some() {
            modules::unload(name).map_err(text)?;
        }
    }
    unloaded
}

/// Only the unload's requests fail: it must go through, or leave the module as it was.
fn unload(site: (&str, Site), counts: &mut Counts) -> Result<(), NotPassed> {
    for nth in (1..MOST).step_by(stride()) {
        modules::load("counter").map_err(failed)?;
        fail::arm(site.1, nth);
        let result = modules::unload("counter").map_err(text);
        let reached = fail::left(site.1) == 0;
        fail::arm(site.1, 0);
        if let Err(error) = &result {
            check!(reached, "unload, {}: {error}", site.0);
            modules::unload("counter").map_err(failed)?;
        }
        check!(modules::state("counter").is_none(), "it isn't gone");
        if !reached {
            return Ok(());
        }
        counts.enter(result.is_err());
    }
    Err(failed("unload without an end"))
}

fn every_request_fails_once() -> Result<(), NotPassed> {
    /// MiB that are free, for the areas.
    const FREE: usize = 64;
    let _log = LogOff::new();
    let _unloaded = AllUnloaded::new().map_err(failed)?;
    // What is kept for the next time is there after the first.
    load_and_unload().map_err(failed)?;
    let many = frame_count().free * PAGE_SIZE >= FREE << 20;
    let mut mebibytes = 0;
    for site in { Site::ALL }
        .into_iter()
        .filter(|site| site.1 != Site::Call)
    {
        let mut counts = Counts::default();
        sweep("per-CPU areas", site, &mut counts, &mut per_cpu_areas)?;
        sweep("objects", site, &mut counts, &mut objects)?;
        sweep("calls", site, &mut counts, &mut calls)?;
        sweep("modprobe", site, &mut counts, &mut load_and_unload)?;
        unload(site, &mut counts)?;
        match site.1 {
            // Requests for each page: some are enough.
            Site::Frames => {
                let mut small = || vmalloc::Area::new(5 * PAGE_SIZE).map(drop).map_err(text);
                sweep("an area", site, &mut counts, &mut small)?;
            }
            _ if many => sweep("areas", site, &mut counts, &mut || area(&mut mebibytes))?,
            _ => {}
        }
        let Counts { errors, harmless } = counts;
        println!(
            "# fault.every_request: {}: {errors} in errors, {harmless} without harm",
            site.0
        );
        let may_not_come = match site.1 {
            Site::Tables => !many,
            Site::Signal | Site::Sigp => cpus::online_count() < 2,
            _ => false,
        };
        let fired = errors + harmless;
        check!(fired > 0 || may_not_come, "no fault came at {}", site.0);
    }
    Ok(())
}

/// Calls whose signals never come are found by the next clock interruption: each costs up to a
/// second.
fn every_call_is_lost_once() -> Result<(), NotPassed> {
    if cpus::online_count() < 2 {
        return Err(NotPassed::Skipped("one CPU"));
    }
    let _log = LogOff::new();
    let _unloaded = AllUnloaded::new().map_err(failed)?;
    load_and_unload().map_err(failed)?;
    let mut counts = Counts::default();
    let site = ("call", Site::Call);
    sweep("calls", site, &mut counts, &mut calls)?;
    sweep("modprobe", site, &mut counts, &mut load_and_unload)?;
    println!("# fault.lost_calls: {counts:?}");
    check!(counts.harmless > 0 && counts.errors == 0, "{counts:?}");
    Ok(())
}

/// A CPU leaves and comes back, with each request of either failing in turn, while the clock
/// interrupts the one that leads.
fn every_request_of_a_cpu_fails_once() -> Result<(), NotPassed> {
    let cpu = match cpus::present() - 1 {
        0 => return Err(NotPassed::Skipped("one CPU")),
        cpu => cpu,
    };
    let was_online = cpus::is_online(cpu);
    // What is kept for it is there after the first time.
    for online in [false, true] {
        set_online(cpu, online).map_err(failed)?;
    }
    timer::start(100, || {});
    let result = [false, true]
        .into_iter()
        .try_for_each(|online| sweep_online(cpu, online));
    timer::stop();
    set_online(cpu, was_online).map_err(failed)?;
    result
}

/// Brings a CPU in or has it leave, unless it has done so.
fn set_online(cpu: u32, online: bool) -> Result<(), smp::Error> {
    match (online, cpus::is_online(cpu)) {
        (true, false) => smp::start(cpu),
        (false, true) => smp::offline(cpu),
        _ => Ok(()),
    }
}

fn sweep_online(cpu: u32, online: bool) -> Result<(), NotPassed> {
    let what = if online { "comes" } else { "leaves" };
    for (name, site) in Site::ALL {
        let mut counts = Counts::default();
        for nth in (1..MOST).step_by(stride()) {
            set_online(cpu, !online).map_err(failed)?;
            percpu::trim();
            let before = resources::in_use();
            fail::arm(site, nth);
            let result = set_online(cpu, online);
            let reached = fail::left(site) == 0;
            fail::arm(site, 0);
            check!(
                result.is_ok() || reached,
                "{what}, {name} {nth}: {result:?}, by itself"
            );
            check!(
                result.is_ok() == (cpus::is_online(cpu) == online),
                "{what}, {name} {nth}: {result:?}, and it isn't so"
            );
            if result.is_err() {
                percpu::trim();
                let after = resources::in_use();
                check!(
                    after == before,
                    "{what}, {name} {nth}: {after:x?}, not {before:x?}"
                );
            }
            if cpus::is_online(cpu) {
                smp::run_on(cpu, || ()).map_err(failed)?;
            }
            if !reached {
                break;
            }
            counts.enter(result.is_err());
        }
        let Counts { errors, harmless } = counts;
        if errors + harmless > 0 {
            println!(
                "# fault.every_cpu: {what}, {name}: {errors} in errors, {harmless} without harm"
            );
        }
    }
    Ok(())
}

selftest!("fault.every_request", every_request_fails_once);
selftest!("fault.lost_calls", every_call_is_lost_once, on_request);
selftest!(
    "fault.every_cpu",
    every_request_of_a_cpu_fails_once,
    on_request
);
