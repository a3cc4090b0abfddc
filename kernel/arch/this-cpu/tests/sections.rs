//! Interrupts-off sections, and the kernel's locks beside them: whichever ends first,
//! interrupts come on with the last, and if they were on before the first.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use this_cpu::host::{
    count_sections, interrupts_on, on_cpu, pop_interrupts_off, push_interrupts_off,
    sections_counted,
};
use this_cpu::{percpu, with_interrupts_off};

/// A lock's guard: a section with two ends.
struct Guard;

impl Guard {
    fn take() -> Self {
        push_interrupts_off();
        Self
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        pop_interrupts_off();
    }
}

#[test]
fn a_guard_from_outside_dropped_inside() {
    on_cpu(0, || {
        let guard = Guard::take();
        with_interrupts_off(|_| {
            drop(guard);
            assert!(!interrupts_on(), "on inside an interrupts-off section");
        });
        assert!(interrupts_on(), "off for good");
    });
}

#[test]
fn a_guard_from_inside_dropped_outside() {
    on_cpu(0, || {
        let guard = with_interrupts_off(|_| Guard::take());
        assert!(!interrupts_on(), "on under a held lock");
        drop(guard);
        assert!(interrupts_on(), "off for good");
    });
}

#[test]
fn sections_inside_sections() {
    on_cpu(0, || {
        with_interrupts_off(|_| {
            with_interrupts_off(|_| assert!(!interrupts_on()));
            assert!(!interrupts_on(), "the inner section's end turned them on");
            let (first, second) = (Guard::take(), Guard::take());
            drop(first);
            assert!(!interrupts_on());
            drop(second);
            assert!(!interrupts_on());
        });
        assert!(interrupts_on());
    });
}

#[test]
fn a_reference_is_used_while_a_guard_goes() {
    percpu! { static LAST: Cell<u64> = Cell::new(0); }
    on_cpu(1, || {
        let guard = Guard::take();
        with_interrupts_off(|cpu| {
            let last = cpu.get(&LAST);
            last.set(1);
            drop(guard);
            assert!(!interrupts_on(), "on while a copy is lent");
            last.set(last.get() + 1);
        });
        assert_eq!(with_interrupts_off(|cpu| cpu.get(&LAST).get()), 2);
    });
}

#[test]
fn a_panic_ends_its_section() {
    on_cpu(2, || {
        let work = AssertUnwindSafe(|| with_interrupts_off(|_| panic!("on purpose")));
        assert!(catch_unwind(work).is_err());
        assert!(interrupts_on(), "off for good");
    });
}

#[test]
fn every_order_of_ends() {
    on_cpu(3, random_sections);
}

#[test]
fn every_order_of_ends_counted() {
    on_cpu(3, || {
        count_sections();
        random_sections();
        assert!(sections_counted() > 1000);
        let before = sections_counted();
        with_interrupts_off(|_| with_interrupts_off(|_| ()));
        assert_eq!(sections_counted(), before + 2);
    });
}

fn random_sections() {
    // A model beside the machine: how many sections live.
    let mut state = 1u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 16
    };
    let mut guards = Vec::new();
    for _ in 0..10_000 {
        match random() % 3 {
            0 => guards.push(Guard::take()),
            1 if !guards.is_empty() => {
                let which = random() as usize % guards.len();
                guards.swap_remove(which);
            }
            _ => with_interrupts_off(|_| {
                if !guards.is_empty() && random() % 2 == 0 {
                    guards.pop();
                } else if random() % 2 == 0 {
                    guards.push(Guard::take());
                }
                assert!(!interrupts_on(), "on inside a section");
            }),
        }
        assert_eq!(interrupts_on(), guards.is_empty());
    }
}
