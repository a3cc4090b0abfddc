//! What machines of this kind do that has bitten others: signals that pend together, orders and
//! service calls that are refused, a clock comparator that is late, an initrd in the way. The
//! list of such cases, with what shows each, is docs/machine-cases.md.

use super::hotplug::Away;
use super::limit::wait;
use super::{NotPassed, failed};
use crate::command_line::Vmalloc;
use crate::control::PowerOffBy;
use crate::memory::map::{self, Map};
use crate::memory::place_for;
use crate::{check, check_eq, cpus, interrupts, machine, println, selftest, smp, timer};
use arch::dat::TABLE_SIZE;
use arch::sclp::{self, information};
use arch::sigp::{self, Refusal};
use arch::{PAGE_SIZE, boot, cpu, fault_safe};
use core::cell::UnsafeCell;
use core::fmt;
use this_cpu::Variable;

/// An emergency signal and an external call are both taken; a second external call is
/// refused until the first is.
fn signals_pend_together() -> Result<(), NotPassed> {
    let this = cpu::address();
    let before = interrupts::SIGNALS.read();
    let sent = cpu::without_interrupts(|| {
        let emergency = sigp::emergency_signal(this);
        (
            emergency,
            sigp::external_call(this),
            sigp::external_call(this),
        )
    });
    let pends = Refusal::Status(sigp::STATUS_CALL_PENDING);
    check_eq!(sent, (Ok(()), Ok(()), Err(pends)));
    let taken = || interrupts::SIGNALS.read() - before;
    wait("both signals", || taken() >= 2)?;
    check_eq!(taken(), 2);
    check_eq!(sigp::external_call(this), Ok(()));
    wait("one signal more", || taken() >= 3)
}

/// Orders that a CPU doesn't carry out are reported, and change nothing.
fn refused_orders() -> Result<(), NotPassed> {
    let status = |bits| Err(Refusal::Status(bits));
    let this = cpu::address();
    check_eq!(
        sigp::unknown_order(this),
        status(sigp::STATUS_INVALID_ORDER)
    );
    check_eq!(sigp::unknown_order(0xfff0), Err(Refusal::NotOperational));
    check_eq!(sigp::external_call(0xfff0), Err(Refusal::NotOperational));
    if let Some(other) = cpus::online().find(|&cpu| cpu != cpu::number()) {
        let address = cpus::address(other).ok_or(failed("it has an address"))?;
        // SAFETY: C11, C1: it runs, so its prefix stays; that is the point.
        let prefix = unsafe { sigp::set_prefix(address, 0) };
        check_eq!(prefix, status(sigp::STATUS_INCORRECT_STATE));
        check_eq!(smp::run_on(other, cpu::number), Ok(other));
    }
    let (offline, _away) = Away::some()?;
    let address = cpus::address(offline).ok_or(failed("it has an address"))?;
    check_eq!(sigp::sense(address), status(sigp::STATUS_STOPPED));
    let beyond = machine::memory_end().next_multiple_of(arch::lowcore::SIZE);
    if beyond < 1 << 31 {
        // SAFETY: C11, C1: there is no memory, so its prefix stays; that is the point.
        let prefix = unsafe { sigp::set_prefix(address, beyond as u32) };
        check_eq!(prefix, status(sigp::STATUS_INVALID_PARAMETER));
    }
    Ok(())
}

fn refused_service_calls() -> Result<(), NotPassed> {
    struct ForTest(UnsafeCell<information::ResponseBlock>);
    // SAFETY: C8: only this test uses it, on the boot CPU, one at a time.
    unsafe impl Sync for ForTest {}
    static BLOCK: ForTest = ForTest(UnsafeCell::new(information::response_block()));
    // SAFETY: C8, C22: as above.
    let results = information::refused_calls(unsafe { &mut *BLOCK.0.get() });
    let wanted = [
        Err(sclp::Error::Response(sclp::Error::NO_COMMAND)),
        Err(sclp::Error::Response(sclp::Error::TOO_SHORT)),
        Err(sclp::Error::Block),
        Err(sclp::Error::Block),
    ];
    check_eq!(results, wanted);
    Ok(())
}

/// A time that has passed interrupts at once.
fn clock_comparator_in_the_past() -> Result<(), NotPassed> {
    for time in [0, arch::timer::now() - 1] {
        let before = interrupts::CLOCK.read();
        arch::timer::set_comparator(time);
        let came = wait("a late interruption", || interrupts::CLOCK.read() > before);
        timer::rearm();
        came?;
    }
    Ok(())
}

/// What boot puts into memory finds a place beside the initrd, wherever that lies, and beside the
/// hole; or none.
fn places_at_boot() -> Result<(), NotPassed> {
    const MIB: usize = 1 << 20;
    let plan =
        |memory, vmalloc| -> Result<Map, NotPassed> { map::plan(memory, vmalloc).map_err(failed) };
    let far = plan(100 * MIB, Vmalloc::At(2 << 40))?;
    let near = plan(2048 * MIB, Vmalloc::Near)?;
    let behind = MIB + TABLE_SIZE;
    let table = [
        (&far, 4 * MIB, MIB, None, Some(MIB)),
        (&far, 4 * MIB, MIB + PAGE_SIZE, None, Some(behind)),
        // At the place, across its end, right behind it, at the end of memory.
        (&far, 4 * MIB, MIB, Some((MIB, 8 * MIB)), Some(8 * MIB)),
        (&far, 4 * MIB, MIB, Some((2 * MIB, 3 * MIB)), Some(3 * MIB)),
        (&far, 4 * MIB, MIB, Some((5 * MIB, 6 * MIB)), Some(MIB)),
        (&far, 4 * MIB, MIB, Some((95 * MIB, 100 * MIB)), Some(MIB)),
        (&far, 4 * MIB, 92 * MIB, Some((95 * MIB, 100 * MIB)), None),
        (&far, 4 * MIB, 97 * MIB, None, None),
        (&near, 2 * MIB, 1022 * MIB, None, Some(1022 * MIB)),
        (&near, 3 * MIB, 1022 * MIB, None, Some(1536 * MIB)),
    ];
    for (map, bytes, from, initrd, wanted) in table {
        let found = place_for(bytes, from, map, initrd);
        check!(
            found == wanted,
            "{bytes:#x} from {from:#x}, {initrd:x?}: {found:x?}"
        );
    }
    // The initrd that there is lies inside memory, apart from the image.
    if let Some((start, bytes)) = boot::parameters().initrd {
        check!(start >= boot::image().data.1, "the initrd at {start:#x}");
        check!(fault_safe::read_u8(start + bytes - 1).is_ok(), "its end");
    }
    Ok(())
}

/// Every CPU panics: one reports.
fn panic_on_all() -> Result<(), NotPassed> {
    smp::run_as_task_on_each(|| panic!("at once, on purpose")).map_err(failed)
}

/// A message that faults while it is printed.
struct Faulting;

impl fmt::Display for Faulting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the first half, ")?;
        let place = core::ptr::without_provenance_mut::<u8>(0xbad_0000_0000);
        // SAFETY: C7: the store is refused, and the run ends; that is the point.
        unsafe { place.write_volatile(1) };
        f.write_str("the second half")
    }
}

/// A program check in the report of a panic.
fn fault_in_report() -> Result<(), NotPassed> {
    panic!("{Faulting}");
}

/// The stack of interrupt handlers is outgrown.
fn overflow_in_interrupt() -> Result<(), NotPassed> {
    fn deeper(depth: u64) -> u64 {
        let frame = core::hint::black_box([depth; 64]);
        if depth == u64::MAX {
            return 0;
        }
        deeper(depth + 1) + core::hint::black_box(frame)[7]
    }
    timer::start(100, || println!("# {}", deeper(1)));
    loop {
        cpu::relax();
    }
}

/// Powers off while the other CPUs do something else.
fn power_off_beside(work: fn()) -> Result<(), NotPassed> {
    if cpus::online_count() < 2 {
        return Err(NotPassed::Skipped("one CPU"));
    }
    smp::run_as_task_on_each(|| {
        if cpu::number() != 0 {
            loop {
                work();
            }
        }
        for _ in 0..20 {
            timer::nap(1000);
        }
        crate::power::off(PowerOffBy::End);
    })
    .map_err(failed)
}

fn power_off_beside_spinning() -> Result<(), NotPassed> {
    power_off_beside(|| {
        cpu::without_interrupts(|| {
            loop {
                cpu::relax();
            }
        })
    })
}

fn power_off_beside_printing() -> Result<(), NotPassed> {
    power_off_beside(|| println!("# prints on, cpu {}", cpu::number()))
}

selftest!("boot.clock_in_the_past", clock_comparator_in_the_past);
selftest!("boot.refused_service_calls", refused_service_calls);
selftest!("memory.places_at_boot", places_at_boot);
selftest!("smp.signals_pend_together", signals_pend_together);
selftest!("smp.refused_orders", refused_orders);
selftest!("ending.panic_on_all", panic_on_all, on_request);
selftest!("ending.fault_in_report", fault_in_report, on_request);
selftest!(
    "ending.overflow_in_interrupt",
    overflow_in_interrupt,
    on_request
);
selftest!(
    "ending.power_off_beside_spinning",
    power_off_beside_spinning,
    on_request
);
selftest!(
    "ending.power_off_beside_printing",
    power_off_beside_printing,
    on_request
);
