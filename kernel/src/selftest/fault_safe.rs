//! Reads and writes of any address (C9), and the walk behind one that is refused.

use super::protection::named_by_the_walk;
use super::{NotPassed, failed};
use crate::machine;
use crate::memory::{self, vmalloc};
use crate::{check, check_eq, cpus, selftest, smp};
use arch::dat::{self, Found};
use arch::fault_safe::{self, Fault, read_bytes, read_u8, read_u16, read_u32, read_u64};
use arch::traps::{Access, code};
use arch::{PAGE_SIZE, boot, cpu, lowcore};
use core::arch::asm;

const PATTERN: u64 = 0x0123_4567_89ab_cdef;

fn every_width() -> Result<(), NotPassed> {
    let area = vmalloc::Area::new(PAGE_SIZE).map_err(failed)?;
    let place = area.start();
    for at in [place, place + 1, place + 3] {
        // SAFETY: C9, M1: the area is this test's.
        let written = unsafe { fault_safe::write_u64(at, PATTERN) };
        check_eq!(written, Ok(()));
        check_eq!(read_u64(at), Ok(PATTERN));
        check_eq!(read_u32(at), Ok(0x0123_4567));
        check_eq!(read_u16(at + 2), Ok(0x4567));
        check_eq!(read_u8(at + 7), Ok(0xef));
        // SAFETY: C9, M1: the area is this test's.
        let written = unsafe {
            fault_safe::write_u8(at, 0xf0)
                .and(fault_safe::write_u16(at + 2, 0xabcd))
                .and(fault_safe::write_u32(at + 4, 0x7654_3210))
        };
        check_eq!(written, Ok(()));
        check_eq!(read_u64(at), Ok(0xf023_abcd_7654_3210));
    }
    Ok(())
}

/// What each kind of bad address is refused with.
fn refused() -> Result<(), NotPassed> {
    let area = vmalloc::Area::new(PAGE_SIZE).map_err(failed)?;
    let guard = area.start() + area.bytes();
    let beyond_tables = dat::END;
    let region = vmalloc::region();
    let table = [
        (guard, code::PAGE_TRANSLATION),
        (
            region.1 - PAGE_SIZE,
            named_by_the_walk(region.1 - PAGE_SIZE),
        ),
        (0x4_0000_0000_0000, code::REGION_SECOND),
        (beyond_tables, code::ASCE_TYPE),
        (usize::MAX - 7, code::ASCE_TYPE),
    ];
    for (address, wanted) in table {
        let fault = |access| Fault {
            address,
            access,
            code: wanted,
        };
        check_eq!(read_u8(address), Err(fault(Access::Fetch)));
        check_eq!(read_u64(address), Err(fault(Access::Fetch)));
        // SAFETY: C9: nothing is there to be changed.
        let written = unsafe { fault_safe::write_u64(address, 0) };
        check_eq!(written, Err(fault(Access::Store)));
    }
    // Across the edge: the access is refused whole, and nothing is written.
    // SAFETY: C9, M1: the area is this test's.
    let written = unsafe { fault_safe::write_u64(guard - 4, u64::MAX) };
    check!(written.is_err(), "written across the end of the area");
    check_eq!(read_u32(guard - 4), Ok(0));
    Ok(())
}

fn write_read_only() -> Result<(), NotPassed> {
    let image = boot::image();
    for address in [0, image.text.0, image.rodata.0] {
        let before = read_u64(address);
        check!(before.is_ok(), "{address:#x} can't be read: {before:?}");
        // SAFETY: C9: the store is refused, or this test fails.
        let written = unsafe { fault_safe::write_u64(address, 0x5a5a) };
        let wanted = Fault {
            address,
            access: Access::Store,
            code: code::PROTECTION,
        };
        check_eq!(written, Err(wanted));
        check_eq!(read_u64(address), before);
    }
    Ok(())
}

/// Bytes up to the first that can't be reached, whatever the alignment.
fn bytes_to_the_edge() -> Result<(), NotPassed> {
    let area = vmalloc::Area::new(PAGE_SIZE).map_err(failed)?;
    let end = area.start() + area.bytes();
    let source: [u8; 61] = core::array::from_fn(|index| index as u8 + 1);
    for inside in 0..=source.len() {
        let start = end - inside;
        // SAFETY: C9, M1: the area is this test's, nothing is mapped beyond it.
        let written = unsafe { fault_safe::write_bytes(start, &source) };
        let mut found = [0; 61];
        let read = read_bytes(start, &mut found);
        let (wanted_written, wanted_read) = if inside == source.len() {
            (Ok(()), Ok(()))
        } else {
            let fault = |access| Fault {
                address: end,
                access,
                code: code::PAGE_TRANSLATION,
            };
            (Err(fault(Access::Store)), Err(fault(Access::Fetch)))
        };
        check_eq!(written, wanted_written);
        check_eq!(read, wanted_read);
        check!(
            found[..inside] == source[..inside] && found[inside..].iter().all(|&byte| byte == 0),
            "{inside} bytes of {}: {found:x?}",
            source.len()
        );
    }
    Ok(())
}

/// Reads a doubleword with translation off, as boot does before there are tables.
fn read_real(address: usize) -> Result<u64, Fault> {
    cpu::without_interrupts(|| {
        let mut mask = 0u8;
        // SAFETY: M1: code, stack and data lie at their real addresses, and nothing
        // here goes through another mapping until translation is on again.
        unsafe {
            asm!("stnsm 0({}), 0xfb", in(reg_addr) &raw mut mask, options(nostack));
            let found = read_u64(address);
            asm!("stosm 0({}), 0x04", in(reg_addr) &raw mut mask, options(nostack));
            found
        }
    })
}

fn translation_off() -> Result<(), NotPassed> {
    let end = machine::memory_end();
    check!(read_real(end - 8).is_ok(), "the last bytes can't be read");
    let wanted = Fault {
        address: end,
        access: Access::Fetch,
        code: code::ADDRESSING,
    };
    for _ in 0..100 {
        check_eq!(read_real(end), Err(wanted));
    }
    // The lowcore that translation shows is the real one.
    check_eq!(read_real(816), read_u64(816));
    Ok(())
}

/// At boot, before there are tables and most of the kernel, memory was probed.
fn before_translation() -> Result<(), NotPassed> {
    check_eq!(machine::check_beyond_memory(), u32::from(code::ADDRESSING));
    Ok(())
}

fn on_each_cpu() -> Result<(), NotPassed> {
    for cpu in cpus::online() {
        let refused = smp::run_on(cpu, || {
            (0..100).all(|_| read_u64(dat::END).is_err() && read_u64(0).is_ok())
        });
        check!(refused.map_err(failed)?, "cpu {cpu}: a read went wrong");
    }
    check_eq!(lowcore::held_ranks(), 0);
    Ok(())
}

fn walk_of_a_mapped_page() -> Result<(), NotPassed> {
    let area = vmalloc::Area::new(PAGE_SIZE).map_err(failed)?;
    let image = boot::image();
    for address in [0, image.text.0, image.rodata.0, image.data.0, area.start()] {
        let steps: alloc::vec::Vec<_> = dat::walk(address).collect();
        check_eq!(steps.len(), 4);
        let mapping = memory::translation(address).ok_or(failed("unmapped"))?;
        check_eq!(steps[3].found, Found::Page(mapping));
        check_eq!(dat::real_address(address), Some(mapping.frame));
        for pair in steps.windows(2) {
            check_eq!(pair[0].found, Found::Table(pair[1].origin));
        }
    }
    Ok(())
}

/// The walk of a bad address ends at the level that the program check names.
fn walk_of_a_bad_address() -> Result<(), NotPassed> {
    let area = vmalloc::Area::new(PAGE_SIZE).map_err(failed)?;
    let guard = area.start() + area.bytes();
    let region = vmalloc::region();
    for address in [
        guard,
        region.1 - PAGE_SIZE,
        0x4_0000_0000_0000,
        dat::END,
        usize::MAX,
    ] {
        let fault = read_u8(address).err().ok_or(failed("it can be read"))?;
        check_eq!(fault.code, named_by_the_walk(address));
        if let Some(last) = dat::walk(address).last() {
            check_eq!(last.found, Found::Invalid);
            let text = alloc::format!("{last}");
            check!(text.ends_with(", invalid"), "{text}");
        }
    }
    Ok(())
}

selftest!("fault.every_width", every_width);
selftest!("fault.read_unmapped", refused);
selftest!("fault.write_read_only", write_read_only);
selftest!("fault.bytes_to_the_edge", bytes_to_the_edge);
selftest!("fault.translation_off", translation_off);
selftest!("fault.before_translation", before_translation);
selftest!("fault.on_each_cpu", on_each_cpu);
selftest!("fault.walk", walk_of_a_mapped_page);
selftest!("fault.walk_of_a_bad_address", walk_of_a_bad_address);
