//! Tasks in the idle loops of emulated CPUs, step by step in thousands of orders.

mod common;

use common::{Call, Refused, System, at_once};
use cross_call::Error;

fn nothing(_: &System) {}

fn round(system: &System, online: u32) {
    let task = Call::new(false);
    assert_eq!(system.tasks.run_on_each(task.function()), Ok(()));
    task.returned((1 << online) - 1);
}

#[test]
fn a_task_runs_once_on_every_cpu() {
    fn rounds(system: &System) {
        round(system, 3);
        round(system, 3);
    }
    at_once(nothing, [rounds, nothing, nothing]);
}

#[test]
fn tasks_call() {
    fn rounds(system: &System) {
        // SAFETY: C13: `at_once` drops the system after all programs.
        let system: &'static System = unsafe { &*std::ptr::from_ref(system) };
        let task = move || {
            let call = Call::new(true);
            assert_eq!(system.calls.on_each(call.function()), Ok(()));
            call.returned(0b111);
        };
        assert_eq!(system.tasks.run_on_each(&task), Ok(()));
    }
    at_once(nothing, [rounds, nothing, nothing]);
}

#[test]
fn who_refuses_its_task_never_runs_it_and_is_not_waited_for() {
    fn rounds(system: &System) {
        let partly = Call::new(false);
        let refusal = Refused;
        match system.tasks.run_on_each(partly.function()) {
            // It was in its idle loop, and needed no signal.
            Ok(()) => partly.returned(0b111),
            Err(error) => {
                assert_eq!(error, Error::Refused { cpu: 1, refusal });
                partly.returned(0b101);
            }
        }
        round(system, 3);
    }
    at_once(
        |system| system.cpus[1].refuse.set(1),
        [rounds, nothing, nothing],
    );
}

#[test]
fn who_never_gets_to_its_task_is_given_up() {
    fn setup(system: &System) {
        system.cpus[1].deaf.set(true);
        system.cpus[0].patience.set(5);
    }
    fn rounds(system: &System) {
        let partly = Call::new(false);
        let result = system.tasks.run_on_each(partly.function());
        assert_eq!(result, Err(Error::Silent { cpu: 1 }));
        partly.returned(0b01);
        system.cpus[0].patience.set(0);
        system.cpus[1].deaf.set(false);
        round(system, 2);
    }
    at_once(setup, [rounds, nothing]);
}

#[test]
fn a_task_starts_no_round() {
    fn rounds(system: &System) {
        // SAFETY: C13: `at_once` drops the system after all programs.
        let system: &'static System = unsafe { &*std::ptr::from_ref(system) };
        let task = move || {
            if !std::ptr::eq(system.this(), &system.cpus[0]) {
                assert_eq!(system.tasks.run_on_each(&|| ()), Err(Error::Nested));
            }
        };
        assert_eq!(system.tasks.run_on_each(&task), Ok(()));
    }
    at_once(nothing, [rounds, nothing]);
}
