//! Misuse of memory, made on purpose: that each kind is found, when, and what is known of it.
//! Modules that misuse are in tools/runner/tests/guest/misuse.rs.

use super::{NotPassed, failed};
use crate::memory::{sanity, slab};
use crate::percpu::{self, Handle, checked};
use crate::{check, check_eq, cpus, selftest};
use ::sanity::{Found, Misuse, Report};
use alloc::format;
use alloc::vec;

fn store(address: usize, value: u8) {
    let place = core::ptr::with_exposed_provenance_mut::<u8>(address);
    // SAFETY: M4: in a block of the test's, or in its red zone, or in quarantine, where nothing
    // is anybody's.
    unsafe { place.write_volatile(value) };
}

fn load(address: usize) -> u8 {
    let place = core::ptr::with_exposed_provenance::<u8>(address);
    // SAFETY: M4: as for `store`.
    unsafe { place.read_volatile() }
}

/// The one report that a piece of work makes.
fn provoked<R>(work: impl FnOnce() -> R) -> Result<Report, NotPassed> {
    let before = sanity::made();
    let _whatever_it_says = work();
    let made = sanity::made() - before;
    sanity::expect(made);
    check!(made == 1, "{made} reports, not one");
    sanity::report(before + 1).ok_or_else(|| failed("the report isn't kept"))
}

fn needs_records() -> Result<(), NotPassed> {
    match sanity::is_on() {
        true => Ok(()),
        false => Err(NotPassed::Skipped("only with sanity=1")),
    }
}

fn object(bytes: usize) -> Result<usize, NotPassed> {
    slab::allocate(bytes).ok_or_else(|| failed("out of memory"))
}

fn around_objects() -> Result<(), NotPassed> {
    needs_records()?;
    for bytes in [1, 24, 64, 100, 4096, 20_000] {
        let address = object(bytes)?;
        check_eq!(load(address + bytes - 1), sanity::pattern::UNINITIALISED);
        store(address + bytes, 1);
        let report = provoked(|| slab::free(address))?;
        check!(
            matches!(report.misuse, Misuse::Overrun(damage) if damage.value == 1),
            "{bytes}: {report:x?}"
        );
        check_eq!(report.address, address + bytes);
        check_eq!(report.found, Found::Free);
        check_eq!(load(address), sanity::pattern::FREED);

        let address = object(bytes)?;
        store(address - 1, 2);
        let report = provoked(sanity::check)?;
        check!(
            matches!(report.misuse, Misuse::Underrun(_)),
            "{bytes}: {report:x?}"
        );
        check_eq!(report.found, Found::Check);
        check_eq!(slab::free(address), Ok(()));

        store(address + bytes / 2, 3);
        let report = provoked(sanity::flush)?;
        check!(
            matches!(report.misuse, Misuse::WriteAfterFree(_)),
            "{bytes}: {report:x?}"
        );
        check_eq!(report.found, Found::Quarantine);
        check_eq!(report.block.map(|block| block.start), Some(address));
    }
    Ok(())
}

fn around_areas() -> Result<(), NotPassed> {
    needs_records()?;
    let last = cpus::possible() - 1;
    for bytes in [4, 8, 100, 5000] {
        let handle = checked::alloc(checked::From::Any, bytes, 8).map_err(failed)?;
        let copy = handle.0.wrapping_add(percpu::offset(last));
        check_eq!(load(copy), 0);
        check_eq!(percpu::size_of(handle), Some(bytes));
        store(copy + bytes, 1);
        let report = provoked(|| checked::free(handle))?;
        check!(
            matches!(report.misuse, Misuse::Overrun(_)),
            "{bytes}: {report:x?}"
        );
        check_eq!(report.copy, Some(last));
        let report = provoked(|| checked::free(handle))?;
        check_eq!(report.misuse, Misuse::FreedTwice);
        store(copy + 1, 1);
        let report = provoked(sanity::flush)?;
        check!(
            matches!(report.misuse, Misuse::WriteAfterFree(_)),
            "{bytes}: {report:x?}"
        );
        check_eq!(report.copy, Some(last));
    }
    // Of the largest size there is no room for red zones.
    let most = ::percpu::MIN_UNIT_SIZE;
    let handle = checked::alloc(checked::From::Any, most, 8).map_err(failed)?;
    check_eq!(percpu::size_of(handle), Some(most));
    check_eq!(checked::free(handle), Ok(()));
    check_eq!(checked::free(Handle(0)), Ok(()));
    Ok(())
}

fn around_the_heap() -> Result<(), NotPassed> {
    needs_records()?;
    let bytes = vec![0_u8; 40];
    let address = bytes.as_ptr().expose_provenance();
    store(address + 40, 1);
    let report = provoked(|| drop(bytes))?;
    check!(matches!(report.misuse, Misuse::Overrun(_)), "{report:x?}");
    store(address, 1);
    let report = provoked(sanity::check)?;
    check!(
        matches!(report.misuse, Misuse::WriteAfterFree(_)),
        "{report:x?}"
    );
    let words = format!("{}", report.with_names(&crate::misuse::Symbols));
    check!(words.contains("around_the_heap"), "{words}");
    Ok(())
}

selftest!("memory.misuse_slab", around_objects);
selftest!("memory.misuse_heap", around_the_heap);
selftest!("percpu.misuse", around_areas);
