//! A place of every kind of memory, and what it allows: all that it doesn't is tried there, by
//! the kernel, a module in Rust and a module in C, and on another CPU.

use super::{Accessor, Expected, Kind, Refusal};
use crate::memory::{FrameBlock, Stack, heap, identity, slab, vmalloc};
use crate::selftest::held::Held;
use crate::selftest::memory::needs_execution_protection;
use crate::selftest::{NotPassed, call, failed};
use crate::{check, cpus, machine, modules, percpu, println, selftest, smp};
use ::percpu::{Handle, PAGE_SIZE};
use alloc::boxed::Box;
use alloc::vec::Vec;
use arch::dat::{self, Protection};
use arch::{boot, fault_safe, lowcore};
use loader::RegionKind;

/// A place, and what its page allows; `None` if nothing is mapped there.
#[derive(Clone, Copy, Debug)]
struct Place {
    name: &'static str,
    address: usize,
    allows: Option<Protection>,
}

const UNMAPPED: Option<Protection> = None;
const READ_ONLY: Option<Protection> = Some(Protection::ReadOnly);
const WRITABLE: Option<Protection> = Some(Protection::ReadWrite);
const CODE: Option<Protection> = Some(Protection::ReadExecute);

/// Places, of which an owner may hold what they lie in.
#[derive(Default)]
struct Places(Vec<Place>);

impl Places {
    fn add(&mut self, name: &'static str, address: usize, allows: Option<Protection>) {
        self.0.push(Place {
            name,
            address,
            allows,
        });
    }

    /// Both ends of a range, the end excluded.
    fn ends(
        &mut self,
        name: &'static str,
        (start, end): (usize, usize),
        allows: Option<Protection>,
    ) {
        self.add(name, start, allows);
        self.add(name, end - 1, allows);
    }

    /// Page 0 and what follows, the image, boot parameters, the initrd, gaps.
    fn of_the_map(&mut self) {
        let image = boot::image();
        self.ends("page 0", (0, PAGE_SIZE), READ_ONLY);
        self.add("byte 512 of page 0", 512, READ_ONLY);
        for page in (PAGE_SIZE..crate::memory::map::BOOT_PARAMETERS.0).step_by(PAGE_SIZE) {
            self.ends("below 64 KiB", (page, page + PAGE_SIZE), UNMAPPED);
        }
        self.ends("text", image.text, CODE);
        self.ends("rodata", image.rodata, READ_ONLY);
        self.add("per-CPU template", image.per_cpu.0, READ_ONLY);
        self.ends("data", image.data, WRITABLE);
        self.add("boot parameters", 0x10480, READ_ONLY);
        if let Some((start, bytes)) = boot::parameters().initrd {
            self.ends("initrd", (start, start + bytes), READ_ONLY);
        }
        let end = machine::memory_end();
        let (first, behind) = vmalloc::region();
        if !(first..behind).contains(&end) {
            self.add("behind memory", end, UNMAPPED);
        }
        self.add("the vmalloc region's end", behind - 1, UNMAPPED);
        // With `vmalloc=near` it may lie in a hole of memory.
        let beside = |address| match address < end {
            true => WRITABLE,
            false => UNMAPPED,
        };
        self.add("behind the vmalloc region", behind, beside(behind));
        self.add("before the vmalloc region", first - 1, beside(first - 1));
        self.add("lowcore's alias", lowcore::ALIAS, WRITABLE);
        self.add("behind it", lowcore::ALIAS + PAGE_SIZE, UNMAPPED);
        self.add("beyond the tables", dat::END, UNMAPPED);
        self.add("the last address", usize::MAX, UNMAPPED);
    }

    /// Translation tables of every level, boot's and later ones.
    fn tables(&mut self, below: usize) {
        for address in [0, boot::image().text.0, lowcore::ALIAS, below] {
            for step in dat::walk(address) {
                self.add("a translation table", step.origin, READ_ONLY);
            }
        }
        let parts = identity::ranges().iter();
        let read_only = parts
            .filter(|(range, it)| *it == Protection::ReadOnly && range.0 >= boot::image().data.1);
        for &(range, _) in read_only.filter(|(range, _)| range.0 < range.1) {
            self.ends("the initrd's or the tables' pages", range, READ_ONLY);
        }
    }

    /// Stacks of every CPU, and their guard pages.
    fn stacks(&mut self) {
        for guard in smp::guard_pages() {
            self.ends("a stack's guard page", (guard, guard + PAGE_SIZE), UNMAPPED);
            self.add("a stack's lowest byte", guard + PAGE_SIZE, WRITABLE);
        }
        for guard in heap::guard_pages() {
            self.ends(
                "a guard page of the heap",
                (guard, guard + PAGE_SIZE),
                UNMAPPED,
            );
        }
        let local = 0u64;
        self.add("this stack", &raw const local as usize, WRITABLE);
    }

    /// Regions of a loaded module: init's are gone, and what is sealed is so.
    fn module(&mut self, name: &'static str) -> Result<(), NotPassed> {
        let ranges = modules::ranges().map_err(failed)?;
        let found = ranges.iter().find(|range| range.0 == name);
        let &(_, base, end) = found.ok_or(failed(name))?;
        let view = modules::view(name).map_err(failed)?;
        let mut kinds = 0;
        for region in view.layout().regions() {
            if region.size == 0 {
                continue;
            }
            kinds += 1;
            let start = base + region.offset as usize;
            let (what, allows) = match region.kind {
                RegionKind::Text => ("a module's text", CODE),
                RegionKind::ReadOnly => ("a module's rodata", READ_ONLY),
                RegionKind::ReadOnlyAfterInit => ("what is read-only after init", READ_ONLY),
                RegionKind::Data => ("a module's data", WRITABLE),
                RegionKind::InitText => ("freed init text", UNMAPPED),
                RegionKind::InitReadOnly => ("freed init rodata", UNMAPPED),
                RegionKind::InitData => ("freed init data", UNMAPPED),
            };
            self.ends(what, (start, start + region.size as usize), allows);
        }
        check!(kinds >= 5, "{name} has only {kinds} kinds of regions");
        let (got, bytes) = view.layout().got();
        check!(bytes > 0, "{name} has no GOT");
        let got = base + got as usize;
        self.ends("a module's GOT", (got, got + bytes as usize), READ_ONLY);
        self.add(
            "behind a module",
            end.max(base + view.layout().size() as usize),
            UNMAPPED,
        );
        for variable in view.variables() {
            for cpu in 0..cpus::possible() {
                let copy = (variable.handle as usize).wrapping_add(percpu::offset(cpu));
                self.add("a module's per-CPU variable", copy, WRITABLE);
            }
        }
        Ok(())
    }

    /// Copies of per-CPU memory, static and dynamic, and pages that were given back.
    fn per_cpu(&mut self) -> Result<Handle, NotPassed> {
        for cpu in 0..cpus::possible() {
            let copy = boot::image().per_cpu.0.wrapping_add(percpu::offset(cpu));
            self.add("a static per-CPU variable", copy, WRITABLE);
        }
        // Large enough to be on pages of its own, which trim() gives back.
        let freed = percpu::alloc(LARGE, PAGE_SIZE).map_err(failed)?;
        let kept = percpu::alloc(LARGE, PAGE_SIZE).map_err(failed)?;
        let place = |handle: Handle, cpu| handle.0.wrapping_add(percpu::offset(cpu));
        let first = place(freed, 0);
        percpu::free(freed).map_err(failed)?;
        percpu::trim();
        for cpu in 0..cpus::possible() {
            let copy = place(kept, cpu);
            self.ends("dynamic per-CPU memory", (copy, copy + LARGE), WRITABLE);
            if dat::real_address(first).is_none() {
                self.add("a freed per-CPU page", place(freed, cpu), UNMAPPED);
            }
        }
        Ok(kept)
    }
}

/// The largest area of per-CPU memory.
const LARGE: usize = 32 * 1024;

/// Tries all that the place doesn't allow; the number of refusals.
fn refuses(place: &Place, accessor: &Accessor, executes: bool) -> Result<u32, NotPassed> {
    let mut refusals = 0;
    for kind in Kind::ALL {
        let allowed = match (place.allows, kind) {
            (None, _) => false,
            (Some(_), Kind::Load) => true,
            (Some(allows), Kind::Store) => allows.is_writable(),
            (Some(allows), Kind::Jump) => allows.is_executable() || !executes,
        };
        let refusal = match place.allows {
            None => Refusal::Translation,
            Some(_) => Refusal::Protection,
        };
        // No instruction has an odd address.
        let address = match kind {
            Kind::Jump => place.address & !1,
            _ => place.address,
        };
        match (allowed, kind) {
            (true, Kind::Load) => {
                let found = fault_safe::read_u8(address);
                check!(found.is_ok(), "{}: {found:?}", place.name);
            }
            (true, _) => {}
            (false, _) => {
                let expected = Expected {
                    kind,
                    address,
                    refusal,
                };
                let result = expected.of(accessor);
                result.map_err(|why| why.about(place.name))?;
                refusals += 1;
            }
        }
    }
    Ok(refusals)
}

fn every_place() -> Result<(), NotPassed> {
    let executes = needs_execution_protection().is_ok();
    let _held = Held::load(&["notes", "sections", "crash", "ctest_protection"])?;
    let accessors = [
        Accessor::KERNEL,
        Accessor::of_module("a module in Rust", "crash_access_function")?,
        Accessor::of_module("a module in C", "ctest_access_function")?,
    ];
    // What the places lie in lives until the end.
    let boxed = Box::new(0u64);
    let block = FrameBlock::of_order(1).map_err(|_| failed("out of memory"))?;
    let stack = Stack::new().map_err(|_| failed("out of memory"))?;
    let object = slab::allocate(64).ok_or(failed("out of memory"))?;
    let mut area = vmalloc::Area::new(3 * PAGE_SIZE).map_err(failed)?;
    let freed_area = vmalloc::Area::new(PAGE_SIZE).map_err(failed)?.start();
    area.protect(PAGE_SIZE, PAGE_SIZE, Protection::ReadOnly);
    let freed_text = {
        let _gone = Held::load(&["ctest_jump"])?;
        call("ctest_jump_function", 0)? as usize
    };

    let mut places = Places::default();
    places.of_the_map();
    places.tables(area.start());
    places.stacks();
    places.add("the kernel heap", &raw const *boxed as usize, WRITABLE);
    places.add("page frames", block.address(), WRITABLE);
    places.add("a new stack's guard page", stack.guard_page(), UNMAPPED);
    places.add("a new stack", stack.top(), WRITABLE);
    places.add("an object of a slab", object, WRITABLE);
    places.add("an area", area.start(), WRITABLE);
    places.add(
        "a sealed page of an area",
        area.start() + PAGE_SIZE,
        READ_ONLY,
    );
    places.add(
        "an area's guard page",
        area.start() + 3 * PAGE_SIZE,
        UNMAPPED,
    );
    places.add("an area that was given back", freed_area, UNMAPPED);
    places.add("freed module text", freed_text, UNMAPPED);
    places.module("sections")?;
    places.module("ctest_protection")?;
    let kept = places.per_cpu()?;

    let mut refusals = 0;
    for place in &places.0 {
        for accessor in &accessors {
            refusals += refuses(place, accessor, executes)?;
        }
    }
    // Another CPU has the same tables, and a TLB of its own.
    let this = arch::cpu::number();
    if let Some(other) = cpus::online().find(|&cpu| cpu != this) {
        let all = || {
            let each = |place| refuses(place, &Accessor::KERNEL, executes);
            places.0.iter().map(each).sum::<Result<u32, _>>()
        };
        refusals += smp::run_on(other, all).map_err(failed)??;
    }
    percpu::free(kept).map_err(failed)?;
    slab::free(object).map_err(|_| failed("the object isn't live"))?;
    println!(
        "# fault.every_place: {refusals} accesses to {} places refused as the map says",
        places.0.len()
    );
    check!(refusals > 300, "only {refusals}");
    Ok(())
}

selftest!("fault.every_place", every_place);
