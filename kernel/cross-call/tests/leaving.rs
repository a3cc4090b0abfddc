//! CPUs that leave while others call them, step by step in thousands of orders: what was
//! posted is run, or refused by name, at once; and nothing runs on a CPU that has left.

mod common;

use common::{Call, System, at_once};
use cross_call::Error;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32};

fn nothing(_: &System) {}

fn leave(system: &System) {
    system.this().leaves.set(true);
}

/// What a call of CPU 2 must come to, which may leave meanwhile.
fn is_run_or_refused(result: Result<(), Error<common::Refused>>, call: &Call) {
    let ran = call.returned_from();
    match result {
        Ok(()) => assert_eq!(ran, 0b100),
        Err(error) => {
            assert_eq!(error, Error::NotOnline { cpu: 2 });
            assert_eq!(ran, 0);
        }
    }
}

#[test]
fn a_call_is_run_or_refused() {
    fn caller(system: &System) {
        for _ in 0..2 {
            let call = Call::new(true);
            let result = system.calls.call_on(2, call.function());
            is_run_or_refused(result, call);
        }
    }
    at_once(nothing, [caller, caller, leave]);
}

#[test]
fn who_leaves_is_none_of_all() {
    fn caller(system: &System) {
        for _ in 0..2 {
            let call = Call::new(true);
            assert_eq!(system.calls.on_each(call.function()), Ok(()));
            let ran = call.returned_from();
            assert!(ran == 0b111 || ran == 0b011, "{ran:#b}");
            if system.has_left(2) {
                let call = Call::new(true);
                assert_eq!(system.calls.on_each(call.function()), Ok(()));
                call.returned(0b011);
            }
        }
    }
    at_once(nothing, [caller, caller, leave]);
}

#[test]
fn a_round_of_tasks_is_run_where_it_was_begun() {
    fn rounds(system: &System) {
        for _ in 0..2 {
            let task = Call::new(false);
            assert_eq!(system.tasks.run_on_each(task.function()), Ok(()));
            let ran = task.returned_from();
            assert!(ran == 0b111 || ran == 0b011, "{ran:#b}");
        }
    }
    at_once(nothing, [rounds, nothing, leave]);
}

#[test]
fn an_errand_is_run_or_refused() {
    fn giver(system: &System) {
        let errand = Call::new(false);
        let result = system.tasks.run_on(2, errand.function());
        is_run_or_refused(result, errand);
    }
    at_once(nothing, [giver, giver, leave]);
}

#[test]
fn two_give_each_other_errands() {
    fn giver(system: &System) {
        let other = match std::ptr::eq(system.this(), &system.cpus[0]) {
            true => 1,
            false => 0,
        };
        for _ in 0..2 {
            let errand = Call::new(false);
            assert_eq!(system.tasks.run_on(other, errand.function()), Ok(()));
            errand.returned(1 << other);
        }
    }
    at_once(nothing, [giver, giver]);
}

#[test]
fn who_waits_for_a_round_does_errands() {
    fn rounds(system: &System) {
        // SAFETY: C13: `at_once` drops the system after all programs.
        let system: &'static System = unsafe { &*std::ptr::from_ref(system) };
        let task = move || {
            if std::ptr::eq(system.this(), &system.cpus[1]) {
                let errand = Call::new(false);
                assert_eq!(system.tasks.run_on(0, errand.function()), Ok(()));
                errand.returned(0b01);
            }
        };
        assert_eq!(system.tasks.run_on_each(&task), Ok(()));
    }
    at_once(nothing, [rounds, nothing]);
}

#[test]
fn an_errand_gives_no_errand() {
    fn giver(system: &System) {
        // SAFETY: C13: `at_once` drops the system after all programs.
        let system: &'static System = unsafe { &*std::ptr::from_ref(system) };
        let errand = move || {
            assert_eq!(system.tasks.run_on(0, &|| ()), Err(Error::Nested));
        };
        assert_eq!(system.tasks.run_on(1, &errand), Ok(()));
    }
    at_once(nothing, [giver, nothing]);
}

#[test]
fn others_hold_still_for_one() {
    fn leader(system: &System) {
        let (still, is_done) = (AtomicU32::new(0), AtomicBool::new(false));
        let hold = || {
            still.fetch_add(1, Relaxed);
            while !is_done.load(Relaxed) {
                shuttle::thread::yield_now();
            }
        };
        let result = system.calls.on_others(&hold, |others| {
            let others = others.unwrap();
            while still.load(Relaxed) < others {
                shuttle::thread::yield_now();
            }
            assert!(others == 2 || others == 1 && !system.cpus[2].online.get());
            is_done.store(true, Relaxed);
        });
        assert_eq!(result, Ok(()));
    }
    at_once(nothing, [leader, nothing, leave]);
}

#[test]
fn who_is_refused_by_another_gets_an_error_and_the_others_go_on() {
    fn leader(system: &System) {
        let call = Call::new(true);
        let result = system.calls.on_others(call.function(), |others| others);
        let refused = Error::Refused {
            cpu: 1,
            refusal: common::Refused,
        };
        assert_eq!(result, Ok(Err(refused)));
        call.returned(0b100);
    }
    at_once(
        |system| system.cpus[1].refuse.set(1),
        [leader, nothing, nothing],
    );
}
