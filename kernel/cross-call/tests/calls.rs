//! Calls between emulated CPUs, step by step in thousands of orders.
//!
//! A wait that nothing ends is an error here: shuttle gives up after so many steps.

mod common;

use common::{CPUS, Call, Refused, System, at_once};
use cross_call::Error;
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

fn nothing(_: &System) {}

fn call(system: &System, cpu: u32) {
    let call = Call::new(true);
    assert_eq!(system.calls.call_on(cpu, call.function()), Ok(()));
    call.returned(1 << cpu);
}

fn call_all(system: &System, online: u32) {
    let call = Call::new(true);
    assert_eq!(system.calls.on_each(call.function()), Ok(()));
    call.returned((1 << online) - 1);
}

#[test]
fn a_function_runs_once_and_there() {
    at_once(
        nothing,
        [
            |system| (0..3).for_each(|cpu| call(system, cpu)),
            nothing,
            nothing,
        ],
    );
}

#[test]
fn all_call_all_at_the_same_time() {
    fn each(system: &System) {
        (0..3).for_each(|cpu| call(system, cpu));
        system.step();
    }
    at_once(nothing, [each, each, each]);
}

#[test]
fn two_call_everybody_at_the_same_time() {
    at_once(
        nothing,
        [
            |system| call_all(system, 3),
            |system| call_all(system, 3),
            nothing,
        ],
    );
}

#[test]
fn a_refused_function_never_runs() {
    fn caller(system: &System) {
        let refused = Call::new(true);
        let result = system.calls.call_on(1, refused.function());
        let refusal = Refused;
        assert_eq!(result, Err(Error::Refused { cpu: 1, refusal }));
        refused.returned(0);
        // The signal of this one finds what the first left behind, if anything.
        call(system, 1);
    }
    at_once(|system| system.cpus[1].refuse.set(1), [caller, nothing]);
}

#[test]
fn a_function_whose_signal_is_refused_may_be_met_without_one() {
    // CPU 1 looks into its mailbox also while it waits for the caller lock. Either the
    // function has run by then, or it never will.
    static RAN: AtomicU32 = AtomicU32::new(0);
    static NEVER: AtomicU32 = AtomicU32::new(0);
    fn caller(system: &System) {
        let perhaps = Call::new(true);
        let refusals = system.cpus[1].refuse.get();
        match system.calls.call_on(1, perhaps.function()) {
            Ok(()) => {
                perhaps.returned(1 << 1);
                RAN.fetch_add(refusals, Ordering::Relaxed);
            }
            Err(error) => {
                let refusal = Refused;
                assert_eq!(error, Error::Refused { cpu: 1, refusal });
                perhaps.returned(0);
                NEVER.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    fn called(system: &System) {
        call(system, 0);
        system.step();
        call(system, 0);
    }
    at_once(|system| system.cpus[1].refuse.set(1), [caller, called]);
    assert!(RAN.load(Ordering::Relaxed) > 0 && NEVER.load(Ordering::Relaxed) > 0);
}

#[test]
fn who_refuses_does_not_keep_the_others_from_running() {
    fn caller(system: &System) {
        let partly = Call::new(true);
        let refusal = Refused;
        let result = system.calls.on_each(partly.function());
        assert_eq!(result, Err(Error::Refused { cpu: 1, refusal }));
        partly.returned(0b101);
        call_all(system, 3);
    }
    at_once(
        |system| system.cpus[1].refuse.set(1),
        [caller, nothing, nothing],
    );
}

#[test]
fn who_takes_no_notice_is_given_up_and_never_runs_it() {
    fn setup(system: &System) {
        system.cpus[1].deaf.set(true);
        system.cpus[0].patience.set(5);
    }
    fn caller(system: &System) {
        let one = Call::new(true);
        let result = system.calls.call_on(1, one.function());
        assert_eq!(result, Err(Error::Silent { cpu: 1 }));
        one.returned(0);
        // With its attention it finds nothing.
        system.cpus[0].patience.set(0);
        system.cpus[1].deaf.set(false);
        call(system, 1);
    }
    at_once(setup, [caller, nothing]);
}

#[test]
fn who_has_begun_is_waited_for_however_long_it_takes() {
    fn caller(system: &System) {
        let slow = Call::new(true);
        match system.calls.call_on(1, slow.function()) {
            Ok(()) => slow.returned(1 << 1),
            Err(error) => {
                assert_eq!(error, Error::Silent { cpu: 1 });
                slow.returned(0);
            }
        }
    }
    at_once(|system| system.cpus[0].patience.set(2), [caller, nothing]);
}

#[test]
fn a_called_function_may_not_call() {
    fn caller(system: &System) {
        // SAFETY: C13: `at_once` drops the system after all programs.
        let system: &'static System = unsafe { &*std::ptr::from_ref(system) };
        let nested = move || {
            assert_eq!(system.calls.call_on(0, &|| ()), Err(Error::Nested));
            assert_eq!(system.calls.on_each(&|| ()), Err(Error::Nested));
        };
        assert_eq!(system.calls.call_on(1, &nested), Ok(()));
    }
    at_once(nothing, [caller, nothing]);
}

#[test]
fn the_caller_itself_may_not_call_from_its_own_part() {
    fn caller(system: &System) {
        // SAFETY: C13: `at_once` drops the system after all programs.
        let system: &'static System = unsafe { &*std::ptr::from_ref(system) };
        let nested = move || {
            if std::ptr::eq(system.this(), &system.cpus[0]) {
                assert_eq!(system.calls.call_on(1, &|| ()), Err(Error::Nested));
            }
        };
        assert_eq!(system.calls.on_each(&nested), Ok(()));
    }
    at_once(nothing, [caller, nothing]);
}

#[test]
fn who_is_not_online_is_not_called() {
    fn caller(system: &System) {
        for cpu in [2, CPUS as u32, u32::MAX] {
            let result = system.calls.call_on(cpu, &|| panic!("it ran"));
            assert_eq!(result, Err(Error::NotOnline { cpu }));
        }
    }
    at_once(nothing, [caller, nothing]);
}

#[test]
fn a_closure_returns_what_it_returned_there() {
    fn caller(system: &System) {
        for cpu in 0..2 {
            let text = format!("for {cpu}");
            let result = system.calls.run_on(cpu, || {
                assert!(std::ptr::eq(system.this(), &system.cpus[cpu as usize]));
                text + ", from there"
            });
            assert_eq!(result.unwrap(), format!("for {cpu}, from there"));
        }
    }
    at_once(nothing, [caller, nothing]);
}

#[test]
fn a_closure_that_does_not_run_is_dropped() {
    fn caller(system: &System) {
        struct Dropped<'a>(&'a Cell<u32>);
        impl Drop for Dropped<'_> {
            fn drop(&mut self) {
                self.0.set(self.0.get() + 1);
            }
        }
        // SAFETY: C5: shuttle runs one of its threads at a time.
        unsafe impl Send for Dropped<'_> {}
        let drops = Cell::new(0);
        let kept = Dropped(&drops);
        let result = system.calls.run_on(1, move || {
            let _kept = &kept;
        });
        let refusal = Refused;
        assert_eq!(result, Err(Error::Refused { cpu: 1, refusal }));
        assert_eq!(drops.get(), 1);
    }
    at_once(|system| system.cpus[1].refuse.set(1), [caller, nothing]);
}

#[test]
fn a_call_where_a_cpu_may_not_wait_is_refused() {
    let case = || {
        at_once(
            nothing,
            [|system: &System| {
                system.this().depth.set(1);
                let _ = system.calls.call_on(0, &|| ());
            }],
        );
    };
    let ended = std::panic::catch_unwind(case).unwrap_err();
    let text = ended.downcast::<String>().unwrap();
    assert!(text.contains("cpu 0 may not wait"), "{text}");
}
