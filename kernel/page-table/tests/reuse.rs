//! Frames that are reused while other CPUs access pages, step by step in thousands of
//! orders: no CPU ever reaches a frame through a page that it was taken from (M3), and
//! no page is writable and executable, not even for a moment (M2).

mod common;

use common::{Access, Emulated, Exception};
use page_table::{AddressSpace, PAGE_SIZE, Protection, SEGMENT_SIZE};
use shuttle::thread;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Whose each frame is: the page that it holds the contents of.
#[derive(Clone, Default)]
struct Frames(Rc<RefCell<BTreeMap<usize, usize>>>);

// SAFETY: C5: shuttle runs one of its threads at a time, all on one thread of the host,
// and the map isn't borrowed where it switches.
unsafe impl Send for Frames {}

const PAGES: [usize; 3] = [0x4000, 0x4000 + PAGE_SIZE, 0x4000 + SEGMENT_SIZE];

/// The CPU that changes the tables beside two that access the pages.
fn beside(
    change: fn(&mut AddressSpace<Emulated>, &mut Emulated, &Frames),
    look: fn(&Emulated, &Frames, usize),
) {
    let case = move || {
        let machine = Emulated::new(100);
        let frames = Frames::default();
        let memory = &mut machine.clone();
        let mut space = AddressSpace::new(machine.clone(), memory, true).unwrap();
        machine.activate(space.element());
        let cpus = [1, 2].map(|cpu| {
            let (machine, frames) = (machine.clone(), frames.clone());
            thread::spawn(move || {
                for _ in 0..6 {
                    look(&machine, &frames, cpu);
                }
            })
        });
        machine.step.set(Some(thread::yield_now));
        change(&mut space, memory, &frames);
        for cpu in cpus {
            cpu.join().unwrap();
        }
    };
    shuttle::check_random(case, 500);
    shuttle::check_pct(case, 500, 3);
}

#[test]
fn a_frame_is_reused_when_no_cpu_reaches_it_any_more() {
    fn change(space: &mut AddressSpace<Emulated>, memory: &mut Emulated, frames: &Frames) {
        // Two frames move between three pages.
        let mut free = vec![0x70_0000, 0x71_0000];
        for round in 0..4 {
            for page in [PAGES[round % 3], PAGES[(round + 1) % 3]] {
                let frame = free.remove(0);
                frames.0.borrow_mut().insert(frame, page);
                space
                    .map(memory, page, frame, Protection::ReadWrite)
                    .unwrap();
            }
            let pages = [PAGES[round % 3], PAGES[(round + 1) % 3]];
            let mut give_back = |frame| {
                frames.0.borrow_mut().remove(&frame);
                free.push(frame);
            };
            match round % 2 {
                0 => { pages.iter() }.for_each(|&page| give_back(space.unmap(page).unwrap().frame)),
                _ => {
                    let ranges = pages.map(|page| page..page + PAGE_SIZE);
                    let mut unmapped = Vec::new();
                    space.unmap_all(ranges.into_iter(), |mapping| unmapped.push(mapping.frame));
                    unmapped.into_iter().for_each(give_back);
                }
            }
        }
    }
    fn look(machine: &Emulated, frames: &Frames, cpu: usize) {
        for page in PAGES {
            match machine.access(cpu, page, Access::Store) {
                Ok(frame) => assert_eq!(
                    frames.0.borrow().get(&frame),
                    Some(&page),
                    "cpu {cpu} reaches {frame:#x} at {page:#x}"
                ),
                Err(error) => assert_eq!(error, Exception::Translation),
            }
        }
    }
    beside(change, look);
}

#[test]
fn a_page_in_use_stays_mapped_while_its_protection_changes() {
    fn change(space: &mut AddressSpace<Emulated>, memory: &mut Emulated, _: &Frames) {
        let page = PAGES[0];
        // The others look from here on: those that came before have found nothing.
        let mapped = space.map(memory, page, 0x70_0000, Protection::ReadOnly);
        mapped.unwrap();
        for (protection, stored) in [
            (Protection::ReadWrite, Ok(0x70_0000)),
            (Protection::ReadOnly, Err(Exception::Protection)),
        ] {
            assert!(space.protect_in_use(page, protection));
            for cpu in 1..3 {
                assert_eq!(memory.access(cpu, page, Access::Load), Ok(0x70_0000));
                assert_eq!(memory.access(cpu, page, Access::Store), stored);
            }
        }
    }
    fn look(machine: &Emulated, _: &Frames, cpu: usize) {
        // Once a CPU has reached it, it always does.
        let before = machine.access(cpu, PAGES[0], Access::Load);
        let after = machine.access(cpu, PAGES[0], Access::Load);
        assert!(
            before.is_err() || after.is_ok(),
            "cpu {cpu} has lost the page"
        );
    }
    beside(change, look);
}

#[test]
fn text_that_is_sealed_is_never_writable_and_executable() {
    fn change(space: &mut AddressSpace<Emulated>, memory: &mut Emulated, _: &Frames) {
        let page = PAGES[0];
        space
            .map(memory, page, 0x70_0000, Protection::ReadWrite)
            .unwrap();
        assert!(space.protect(page, Protection::ReadExecute));
        // From here on no CPU stores there, whatever its TLB held.
        for cpu in 1..3 {
            let stored = memory.access(cpu, page, Access::Store);
            assert_eq!(stored, Err(Exception::Protection));
        }
        assert!(space.protect(page, Protection::ReadWrite));
        for cpu in 1..3 {
            let fetched = memory.access(cpu, page, Access::Fetch);
            assert_eq!(fetched, Err(Exception::Protection));
        }
    }
    fn look(machine: &Emulated, _: &Frames, cpu: usize) {
        // In one step of the scheduler: what one TLB entry allows.
        let allowed = machine.allowed(cpu, PAGES[0]);
        assert!(!(allowed.0 && allowed.1), "cpu {cpu} may store to text");
    }
    beside(change, look);
}
