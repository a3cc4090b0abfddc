//! What the machines came to: a table, and a file of JUnit's.

#[path = "../../../src/guest/junit.rs"]
mod junit;

use super::Machine;
use junit::Case;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// A machine that has ended, or wasn't started.
struct Row {
    machine: Machine,
    ended: String,
    seconds: f64,
    failure: Option<String>,
}

static ROWS: Mutex<Vec<Row>> = Mutex::new(Vec::new());

/// Adds a machine that ended so, after so many seconds; what was wrong with it.
pub fn add(machine: Machine, ended: &str, seconds: f64, failure: Option<String>) {
    let ended = ended.trim_start_matches("qemu-run.sh: ").to_owned();
    ROWS.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Row {
            machine,
            ended,
            seconds,
            failure,
        });
}

/// Prints the table and writes the file, if machines were started.
pub fn print() {
    let mut rows = ROWS.lock().unwrap_or_else(PoisonError::into_inner);
    if rows.is_empty() {
        return;
    }
    rows.sort_by_key(|row| (row.machine.cpus, row.machine.mebibytes));
    println!("matrix: {} machines", rows.len());
    println!("cpus memory chunk modules model emulator   seconds ended");
    for Row {
        machine,
        ended,
        seconds,
        failure,
    } in rows.iter()
    {
        let Machine {
            cpus,
            mebibytes,
            first_chunk,
            modules,
            model,
            emulator,
        } = machine;
        let mark = if failure.is_some() { "WRONG: " } else { "" };
        println!(
            "{cpus:4} {mebibytes:5}M {first_chunk:5} {modules:7} {model:5} {emulator:9} \
             {seconds:8.1} {mark}{ended}"
        );
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("matrix.xml");
    match fs::write(&path, junit::text("matrix", &cases(&rows))) {
        Ok(()) => println!("matrix: as JUnit's: {}", path.display()),
        Err(error) => println!("matrix: {}: {error}", path.display()),
    }
}

fn cases(rows: &[Row]) -> Vec<Case> {
    let case = |row: &Row| Case {
        class: "matrix".to_owned(),
        name: row.machine.name(),
        what: match &row.failure {
            Some(failure) => Some(("failure", failure.clone())),
            None if row.ended == "skipped" => Some(("skipped", "no such emulator".to_owned())),
            None => None,
        },
    };
    rows.iter().map(case).collect()
}
