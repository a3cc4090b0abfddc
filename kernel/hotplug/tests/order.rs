//! Which functions are called for a CPU, and in which order, whichever of them fails.

use hotplug::{Failed, Full, LENGTH, Name, State, States};
use std::collections::BTreeMap;

/// A function of a test: of which state, and which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Startup(usize),
    Teardown(usize),
}
use Function::{Startup, Teardown};

type Tested = States<Function, 4>;

/// The state of this number, with both functions.
fn state(number: usize) -> State<Function> {
    State {
        name: Name::from(["first", "second", "third", "late"][number % 4]),
        startup: Some(Startup(number)),
        teardown: Some(Teardown(number)),
    }
}

/// Three states, each with both functions.
fn three() -> Tested {
    let mut states = Tested::new();
    for number in 0..3 {
        assert_eq!(states.add(state(number)), Ok(number));
    }
    states
}

/// Calls that were made; the `nth`, from 1 on, fails.
#[derive(Default)]
struct Calls {
    made: Vec<(u32, Function)>,
    nth: usize,
}

impl Calls {
    fn failing(nth: usize) -> Self {
        Self {
            made: Vec::new(),
            nth,
        }
    }

    fn call(&mut self, cpu: u32, function: Function) -> Result<(), usize> {
        self.made.push((cpu, function));
        match self.made.len() == self.nth {
            true => Err(self.nth),
            false => Ok(()),
        }
    }

    fn functions(&self) -> Vec<Function> {
        self.made.iter().map(|(_, function)| *function).collect()
    }
}

#[test]
fn a_cpu_comes_in_order_and_leaves_the_other_way_round() {
    let states = three();
    let mut calls = Calls::default();
    states.up(7, &mut |cpu, f| calls.call(cpu, f)).unwrap();
    states.down(7, &mut |cpu, f| calls.call(cpu, f)).unwrap();
    let all = [
        Startup(0),
        Startup(1),
        Startup(2),
        Teardown(2),
        Teardown(1),
        Teardown(0),
    ];
    assert_eq!(calls.functions(), all);
    assert!(calls.made.iter().all(|(cpu, _)| *cpu == 7));
}

#[test]
fn a_startup_that_fails_undoes_those_before_it() {
    let states = three();
    let mut calls = Calls::failing(3);
    let failed = states.up(1, &mut |cpu, f| calls.call(cpu, f));
    let wanted = Failed {
        state: Name::from("third"),
        cpu: 1,
        error: 3,
        not_undone: 0,
    };
    assert_eq!(failed, Err(wanted));
    let all = [Startup(0), Startup(1), Startup(2), Teardown(1), Teardown(0)];
    assert_eq!(calls.functions(), all);
}

#[test]
fn a_teardown_that_fails_undoes_those_behind_it() {
    let states = three();
    let mut calls = Calls::failing(3);
    let failed = states.down(1, &mut |cpu, f| calls.call(cpu, f));
    assert_eq!(failed.unwrap_err().state, Name::from("first"));
    let all = [
        Teardown(2),
        Teardown(1),
        Teardown(0),
        Startup(1),
        Startup(2),
    ];
    assert_eq!(calls.functions(), all);
}

#[test]
fn what_undoes_and_fails_is_counted() {
    let states = three();
    let mut count = 0;
    let failed = states.up(1, &mut |_, _| {
        count += 1;
        if count > 2 { Err(count) } else { Ok(()) }
    });
    assert_eq!(failed.unwrap_err().not_undone, 2);
}

#[test]
fn a_new_state_begins_on_every_cpu_or_on_none() {
    let mut states = three();
    let place = states.add(state(3)).unwrap();
    let mut calls = Calls::failing(3);
    let failed = states.begin(place, [0, 2, 5, 6].into_iter(), &mut |cpu, f| {
        calls.call(cpu, f)
    });
    assert_eq!(failed.unwrap_err().cpu, 5);
    let all = [
        (0, Startup(3)),
        (2, Startup(3)),
        (5, Startup(3)),
        (0, Teardown(3)),
        (2, Teardown(3)),
    ];
    assert_eq!(calls.made, all);
    // It ends on every CPU, whatever the others return.
    let mut calls = Calls::failing(1);
    let failed = states.end(place, [0, 2].into_iter(), &mut |cpu, f| calls.call(cpu, f));
    assert_eq!(failed.unwrap_err().cpu, 0);
    assert_eq!(calls.made, [(0, Teardown(3)), (2, Teardown(3))]);
}

#[test]
fn places_are_taken_from_the_first_on() {
    let mut states = three();
    let one_more = State {
        name: Name::from("one more"),
        startup: None,
        teardown: None,
    };
    assert_eq!(states.add(one_more), Ok(3));
    assert_eq!(states.add(one_more), Err(Full));
    assert!(states.remove(1).is_some());
    assert!(states.remove(1).is_none() && states.remove(4).is_none());
    assert_eq!(states.add(one_more), Ok(1));
    let places: Vec<usize> = states.iter().map(|(place, _)| place).collect();
    assert_eq!(places, [0, 1, 2, 3]);
    // Without functions nothing is called.
    let mut calls = Calls::default();
    states.up(0, &mut |cpu, f| calls.call(cpu, f)).unwrap();
    assert_eq!(calls.functions(), [Startup(0), Startup(2)]);
}

#[test]
fn a_name_is_cut_between_letters() {
    for (text, length) in [
        ("\u{e9}".repeat(LENGTH), LENGTH - 1),
        ("a".repeat(99), LENGTH),
    ] {
        let name = Name::from(&*text);
        assert_eq!(name.as_str().len(), length);
        assert!(text.starts_with(name.as_str()));
        assert_eq!(format!("{name}"), name.as_str());
    }
}

/// Random states, CPUs and failures: startups and teardowns alternate for each CPU and state,
/// and none is left once all are gone.
#[test]
fn startups_and_teardowns_alternate() {
    const CPUS: u32 = 3;
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..2_000 {
        let mut states = Tested::new();
        let mut online = vec![0u32];
        let mut begun: BTreeMap<(u32, usize), bool> = BTreeMap::new();
        let mut next = 0;
        for _ in 0..20 {
            let mut failure = random.usize(0..8);
            let mut call = |cpu: u32, function: Function| {
                // Only one fails: what undoes doesn't.
                failure = failure.wrapping_sub(1);
                if failure == 0 {
                    return Err(());
                }
                let (number, begins) = match function {
                    Startup(number) => (number, true),
                    Teardown(number) => (number, false),
                };
                let before = begun.insert((cpu, number), begins).unwrap_or(false);
                assert_ne!(before, begins, "{function:?} twice for cpu {cpu}");
                Ok(())
            };
            let cpu = random.u32(1..CPUS);
            match random.usize(0..4) {
                0 => {
                    next += 1;
                    if let Ok(place) = states.add(state(next))
                        && states
                            .begin(place, online.iter().copied(), &mut call)
                            .is_err()
                    {
                        states.remove(place);
                    }
                }
                1 => {
                    let place = random.usize(0..4);
                    // A teardown whose failure nobody heeds.
                    let mut call = |cpu, function| {
                        while call(cpu, function).is_err() {}
                        Ok::<(), ()>(())
                    };
                    let _ = states.end(place, online.iter().copied(), &mut call);
                    states.remove(place);
                }
                2 if !online.contains(&cpu) => {
                    if states.up(cpu, &mut call).is_ok() {
                        online.push(cpu);
                    }
                }
                _ if online.contains(&cpu) && states.down(cpu, &mut call).is_ok() => {
                    online.retain(|&other| other != cpu);
                }
                _ => {}
            }
            // Begun is what is online and there.
            for (&(cpu, number), &is_begun) in &begun {
                let mut there = states.iter();
                let is_there = there.any(|(_, state)| state.startup == Some(Startup(number)));
                assert_eq!(is_begun, is_there && online.contains(&cpu));
            }
        }
    }
}
