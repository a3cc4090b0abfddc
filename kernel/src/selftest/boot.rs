//! The machine layer: interruptions are handled, lowcore is where it must be.

use super::NotPassed;
use super::limit::{Limit, wait};
use crate::{check, check_eq, command_line, initrd, interrupts, percpu, selftest};
use alloc::vec::Vec;
use arch::traps::{self, Access, ProgramCheck, code};
use arch::{PAGE_SIZE, boot, cpu, fault_safe};
use core::arch::asm;
use faults::When;
use this_cpu::Variable;

/// Executes what is no instruction, and catches the program check.
fn no_instruction() -> Option<ProgramCheck> {
    // SAFETY: C7, C10: an instruction that doesn't exist changes nothing.
    unsafe { traps::catch(|| asm!(".short 0x0000", options(nostack))) }
}

fn operation_exception() -> Result<(), NotPassed> {
    let check = no_instruction();
    check_eq!(check.map(|check| check.code), Some(code::OPERATION));
    Ok(())
}

fn catch_many_times() -> Result<(), NotPassed> {
    for round in 0..100 {
        check!(no_instruction().is_some(), "round {round}: not caught");
    }
    // SAFETY: C10: nothing is abandoned.
    check_eq!(unsafe { traps::catch(|| {}) }, None);
    Ok(())
}

/// The innermost catches; the outer one still does afterwards.
fn catch_nests() -> Result<(), NotPassed> {
    let (mut inner, mut after) = (None, false);
    // SAFETY: C7, C10: an instruction that doesn't exist changes nothing.
    let outer = unsafe {
        traps::catch(|| {
            inner = no_instruction();
            asm!(".short 0x0000", options(nostack));
            after = true;
        })
    };
    check!(inner.is_some() && outer.is_some(), "{inner:?}, {outer:?}");
    check!(!after, "the outer check went on");
    check!(
        inner.map(|check| check.psw_address) != outer.map(|check| check.psw_address),
        "both are the same check"
    );
    Ok(())
}

fn low_address_protection() -> Result<(), NotPassed> {
    for address in [0usize, 8, 511, 512, 816, 4095, 4096, 8191, 0x2000, 0xffff] {
        // SAFETY: C9: the store is refused, or this test fails.
        let stored = unsafe { fault_safe::write_u8(address, 0xff) };
        check!(stored.is_err(), "a store to {address:#x} is not refused");
    }
    Ok(())
}

fn lowcore_is_readable() -> Result<(), NotPassed> {
    let own = percpu::offset(cpu::number()) as u64;
    check_eq!(fault_safe::read_u64(816), Ok(own));
    check_eq!(fault_safe::read_u32(824), Ok(cpu::number()));
    Ok(())
}

fn wild_address() -> Result<(), NotPassed> {
    for address in [0xbad_0000_0000usize, 1 << 53, usize::MAX - PAGE_SIZE + 1] {
        // SAFETY: C10: the store is refused, or this test fails; nothing is abandoned.
        let check = unsafe {
            traps::catch(|| asm!("mvi 0({}), 0xff", in(reg_addr) address, options(nostack)))
        };
        let Some(check) = check else {
            check!(false, "a store to {address:#x} is not refused");
            return Ok(());
        };
        check!(check.is_translation(), "{check}");
        check_eq!(check.address, Some(address as u64));
        check_eq!(check.access, Access::Store);
    }
    Ok(())
}

fn floating_point_is_off() -> Result<(), NotPassed> {
    // Register 5 needs AFP control, which this kernel never turns on.
    // SAFETY: C7, C10: refused, or it loads a register that the kernel doesn't use.
    let check = unsafe { traps::catch(|| asm!("lzdr %f5", options(nostack))) };
    check_eq!(check.map(|check| check.code), Some(code::DATA));
    Ok(())
}

fn image_is_on_pages() -> Result<(), NotPassed> {
    let image = boot::image();
    for edge in [
        image.text.0,
        image.text.1,
        image.rodata.0,
        image.rodata.1,
        image.data.0,
    ] {
        check!(edge.is_multiple_of(PAGE_SIZE), "{edge:#x} is not on a page");
    }
    Ok(())
}

fn clock_interrupts() -> Result<(), NotPassed> {
    let before = interrupts::CLOCK.read();
    crate::timer::start(100, || {});
    let came = wait("5 ticks", || interrupts::CLOCK.read() >= before + 5);
    crate::timer::stop();
    came
}

fn waiting_wakes() -> Result<(), NotPassed> {
    crate::timer::start(200, || {});
    let before = interrupts::CLOCK.read();
    let ticked = || interrupts::CLOCK.read() >= before + 3;
    let limit = Limit::new("3 ticks");
    let mut result = wait("a first tick", || interrupts::CLOCK.read() > before);
    while result.is_ok() && !ticked() {
        cpu::wait_for_interrupt_unless(ticked);
        result = limit.check();
    }
    crate::timer::stop();
    result
}

fn command_line_numbers() -> Result<(), NotPassed> {
    use command_line::{BadWord, number, parse};
    let table = [
        ("0", Some(0)),
        ("8K", Some(8192)),
        ("0x10", Some(16)),
        ("2T", Some(2 << 40)),
        ("", None),
        ("x", None),
        ("-1", None),
        ("99999999999999999999", None),
        ("99999T", Some(99_999 << 40)),
        ("9999999999T", None),
    ];
    for (text, value) in table {
        check!(
            number(text) == value,
            "{text} is read as {:?}",
            number(text)
        );
    }
    check!(
        parse("nonsense=1").err() == Some(BadWord::Unknown("nonsense=1")),
        "accepted"
    );
    for bad in [
        "percpu_alloc=x",
        "vmalloc=",
        "maxcpus=0",
        "loglevel=8",
        "fail=x",
        "fail=heap:0",
        "fail=heap:2..1",
        "fail=heap:%0",
        "fail=heap:1 fail=a:1 fail=b:1 fail=c:1 fail=d:1 fail=e:1 fail=f:1 fail=g:1 fail=h:1 \
         fail=i:1 fail=j:1",
        "selftest=",
    ] {
        check!(parse(bad).is_err(), "{bad} is accepted");
    }
    Ok(())
}

/// Of a word that is there twice only one could hold; faults at several sites all can.
fn command_line_twice() -> Result<(), NotPassed> {
    use command_line::{BadWord, parse};
    for (line, key) in [
        ("seed=1 loglevel=3 seed=1", "seed"),
        ("vmalloc=near vmalloc=2T", "vmalloc"),
        ("selftest=a selftest=b", "selftest"),
        ("modules=a modules=b", "modules"),
        ("monitor monitor", "monitor"),
        ("fail=heap:3 fail=frames:1 fail=heap:4", "fail=heap"),
        ("parameters.count=1 parameters.count=2", "parameters.count"),
        ("loads-another.a_b=1 loads_another.a-b", "loads_another.a-b"),
    ] {
        let error = parse(line).err();
        check!(error == Some(BadWord::Twice(key)), "{line}: {error:?}");
    }
    let options = parse("fail=heap:3 fail=frames:0x10..1K fail=slab:%5 a.b=1 a.c=1 c.b=1");
    let options = options.map_err(super::failed)?;
    let faults: Vec<_> = options.fail.iter().flatten().copied().collect();
    let (first, last) = (16, 1024);
    let wanted = [
        ("heap", When::nth(3)),
        ("frames", When::Range { first, last }),
        ("slab", When::Percent(5)),
    ];
    check_eq!(faults, wanted);
    Ok(())
}

/// An archive of one file, and its end.
static ARCHIVE: &[u8] = b"\
    070701000000010000816400000000000000000000000100000000\
    00000001000000000000000000000000000000000000000200000000a\0x\0\0\0\
    070701000000000000000000000000000000000000000100000000\
    00000000000000000000000000000000000000000000000B00000000TRAILER!!!\0\0\0\0";

/// An archive that ends anywhere but at its end is refused.
fn initrd_is_whole() -> Result<(), NotPassed> {
    let files = initrd::list(ARCHIVE).map_err(super::failed)?;
    check_eq!(files.len(), 1);
    check_eq!((files[0].path, files[0].data), ("a", &b"x"[..]));
    let end = ARCHIVE.len() - 3;
    check!(initrd::list(&ARCHIVE[..end]).is_ok(), "without padding");
    for length in 0..end {
        let error = initrd::list(&ARCHIVE[..length]).err();
        let behind = (length >= 116 - 3).then_some("a");
        check!(
            error == Some(initrd::Error::Broken(behind)),
            "{length} bytes: {error:?}"
        );
    }
    let behind = initrd::list(BEHIND_THE_END).err();
    check_eq!(behind, Some(initrd::Error::BehindTheEnd));
    Ok(())
}

/// An archive's end, and then another.
static BEHIND_THE_END: &[u8] = b"\
    070701000000000000000000000000000000000000000100000000\
    00000000000000000000000000000000000000000000000B00000000TRAILER!!!\0\0\0\0\
    070701000000000000000000000000000000000000000100000000\
    00000000000000000000000000000000000000000000000B00000000TRAILER!!!\0\0\0\0";

/// What nothing reads is no part of an archive.
fn initrd_paths() -> Result<(), NotPassed> {
    use initrd::{Error, File, check_paths};
    let file = |path| File { path, data: &[] };
    let good = [
        "System.map",
        "run",
        "modules/a.ko",
        "extra/a.ko",
        "extra/b.o",
    ]
    .map(file);
    check_eq!(check_paths(&good), Ok(()));
    for path in [
        "",
        "runs",
        "modules",
        "modules/",
        "modules/.ko",
        "module/a.ko",
        "/modules/a.ko",
    ] {
        check_eq!(
            check_paths(&[good[0], file(path)]),
            Err(Error::Unknown(path))
        );
    }
    let twice = check_paths(&[good[2], good[0], good[2]]);
    check_eq!(twice, Err(Error::Twice("modules/a.ko")));
    let text = alloc::format!("{}", Error::Unknown("a\nok 1 b"));
    check_eq!(text, "`a\\nok 1 b` is no path that the kernel reads");
    Ok(())
}

selftest!("boot.operation_exception", operation_exception);
selftest!("boot.catch_many_times", catch_many_times);
selftest!("boot.catch_nests", catch_nests);
selftest!("boot.low_address_protection", low_address_protection);
selftest!("boot.lowcore_is_readable", lowcore_is_readable);
selftest!("boot.wild_address", wild_address);
selftest!("boot.floating_point_is_off", floating_point_is_off);
selftest!("boot.image_is_on_pages", image_is_on_pages);
selftest!("boot.clock_interrupts", clock_interrupts);
selftest!("boot.waiting_wakes", waiting_wakes);
selftest!("boot.command_line", command_line_numbers);
selftest!("boot.command_line_twice", command_line_twice);
selftest!("boot.initrd_is_whole", initrd_is_whole);
selftest!("boot.initrd_paths", initrd_paths);
