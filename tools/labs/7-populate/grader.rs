//! Tries a student's `populate` on pages that are counted, and that run out at each point in
//! turn. A line on stdout for each thing tried; tools/runner/src/verbs/lab/harness.rs reads
//! them.

use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use student::{OutOfMemory, Pages, populate};

mod student {
    include!(concat!(env!("STUDENT"), "/populate.rs"));
}

const UNITS: usize = 3;

fn report(right: bool, tried: &str, saw: &str, advice: &str) {
    match right {
        true => println!("right\t{tried}\t{saw}"),
        false => println!("wrong\t{tried}\t{saw}\t{advice}"),
    }
}

/// Pages of units; `left` can still be mapped.
#[derive(Default)]
struct Machine {
    mapped: BTreeSet<(usize, usize)>,
    left: usize,
    /// What mustn't happen.
    fault: Option<String>,
}

impl Pages for Machine {
    fn map(&mut self, unit: usize, page: usize) -> Result<(), OutOfMemory> {
        if unit >= UNITS {
            self.fault = Some(format!("there is no unit {unit}"));
        }
        if self.left == 0 {
            return Err(OutOfMemory);
        }
        self.left -= 1;
        if !self.mapped.insert((unit, page)) {
            let text = format!("page {page} of unit {unit} was mapped twice: its data is lost");
            self.fault.get_or_insert(text);
        }
        Ok(())
    }

    fn unmap(&mut self, unit: usize, page: usize) {
        self.left += 1;
        if !self.mapped.remove(&(unit, page)) {
            let text = format!("page {page} of unit {unit} was unmapped, and wasn't mapped");
            self.fault.get_or_insert(text);
        }
    }
}

/// What there is before and after a call.
struct Outcome {
    result: Result<Result<(), OutOfMemory>, ()>,
    populated: Vec<bool>,
    machine: Machine,
}

/// Calls it on 8 pages, of which `before` are populated; `left` pages can be had.
fn call(before: &[usize], range: std::ops::Range<usize>, left: usize) -> Outcome {
    let mut populated = vec![false; 8];
    let mut machine = Machine {
        left,
        ..Machine::default()
    };
    for &page in before {
        populated[page] = true;
        machine.mapped.extend((0..UNITS).map(|unit| (unit, page)));
    }
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        populate(&mut populated, UNITS, range, &mut machine)
    }));
    Outcome {
        result: result.map_err(|_| ()),
        populated,
        machine,
    }
}

fn marks(populated: &[bool]) -> String {
    populated.iter().map(|it| if *it { '#' } else { '.' }).collect()
}

fn saw(outcome: &Outcome) -> String {
    let result = match &outcome.result {
        Ok(result) => format!("{result:?}"),
        Err(()) => "a panic".to_owned(),
    };
    let count = |unit| outcome.machine.mapped.iter().filter(|it| it.0 == unit).count();
    let units: Vec<String> = (0..UNITS).map(|unit| count(unit).to_string()).collect();
    format!(
        "{result}; populated {}; pages mapped in units: {}",
        marks(&outcome.populated),
        units.join(", ")
    )
}

fn set(pages: &[usize]) -> (Vec<bool>, BTreeSet<(usize, usize)>) {
    let mut populated = vec![false; 8];
    let mut mapped = BTreeSet::new();
    for &page in pages {
        populated[page] = true;
        mapped.extend((0..UNITS).map(|unit| (unit, page)));
    }
    (populated, mapped)
}

fn enough() -> bool {
    let tried = "pages 2 to 4 of 3 units, with pages enough";
    let outcome = call(&[], 2..5, 100);
    let (populated, mapped) = set(&[2, 3, 4]);
    let advice = if outcome.machine.mapped.is_empty() {
        "Nothing was mapped: pages.map(unit, page) for each page of each unit."
    } else if outcome.machine.mapped.len() == 3 {
        "One unit was given pages. A handle is good on every CPU: one offset from unit to unit \
            serves all of a chunk, so a page must be there in every unit."
    } else if outcome.machine.mapped == mapped {
        "The pages are mapped, but `populated` doesn't say so: nobody would find them."
    } else {
        "Every page of the range, in every unit, once."
    };
    let right = outcome.result == Ok(Ok(()))
        && outcome.populated == populated
        && outcome.machine.mapped == mapped
        && outcome.machine.fault.is_none();
    report(right, tried, &saw(&outcome), advice);
    right
}

fn some_there() -> bool {
    let tried = "pages 1 to 4, where page 2 is populated";
    let outcome = call(&[2], 1..5, 100);
    let (populated, mapped) = set(&[1, 2, 3, 4]);
    let right = outcome.result == Ok(Ok(()))
        && outcome.populated == populated
        && outcome.machine.mapped == mapped
        && outcome.machine.fault.is_none();
    let fault = outcome.machine.fault.clone().unwrap_or_default();
    let seen = format!("{}; {fault}", saw(&outcome));
    let advice = "A page that is populated holds somebody's variables: leave it as it is.";
    report(right, tried, seen.trim_end_matches("; "), advice);
    right
}

/// Memory that ends at each point in turn: nothing may be left of it.
fn runs_out() {
    let tried = "pages 1 to 4, where page 2 is populated, and memory ends after 0 to 8 pages";
    let (populated, mapped) = set(&[2]);
    for left in 0..9 {
        let outcome = call(&[2], 1..5, left);
        let advice = if outcome.result != Ok(Err(OutOfMemory)) {
            "There weren't pages enough: the error must come back."
        } else if !mapped.is_subset(&outcome.machine.mapped) {
            "Page 2 was there before, and is gone: whoever has variables there has none any more. \
                Take back only what this call mapped."
        } else if outcome.machine.mapped != mapped {
            "Pages are left behind that nobody knows of: what this call mapped before memory \
                ended must be unmapped again."
        } else if outcome.populated != populated {
            "`populated` names pages that aren't mapped: the next who is given one of them \
                faults. Mark pages only when all are mapped."
        } else {
            "Something was taken back that wasn't given."
        };
        let fault = outcome.machine.fault.clone();
        let right = outcome.result == Ok(Err(OutOfMemory))
            && outcome.populated == populated
            && outcome.machine.mapped == mapped
            && fault.is_none();
        if !right {
            let fault = fault.map_or(String::new(), |it| format!("; {it}"));
            let seen = format!("after {left}: {}{fault}", saw(&outcome));
            report(false, tried, &seen, advice);
            return;
        }
    }
    report(true, tried, "each time the error, and all as before", "");
}

fn edges() {
    let tried = "an empty range; a range that is populated already, with no memory left";
    let first = call(&[], 3..3, 0);
    let second = call(&[5, 6], 5..7, 0);
    let right = first.result == Ok(Ok(())) && second.result == Ok(Ok(()));
    let seen = format!("{}; {}", saw(&first), saw(&second));
    report(right, tried, &seen, "There is nothing to map, so nothing can fail.");
}

fn main() {
    panic::set_hook(Box::new(|_| {}));
    // What follows would be wrong for the same reason.
    if enough() && some_there() {
        runs_out();
        edges();
    }
}
