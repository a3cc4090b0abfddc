//! The floors of `kernel/src`, as docs/ARCHITECTURE.md has them.
//!
//! A room is a file or a folder right under `kernel/src`. The table's rows name the
//! rooms of a floor in backquotes, the lowest floor last; a room may import from floors
//! further down only.

use crate::crate_files::CrateFiles;
use crate::imports;
use crate::problem::Problem;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

/// Compares the kernel's imports with the table.
pub fn check(root: &Path, kernel: &CrateFiles) -> io::Result<Vec<Problem>> {
    let text = fs::read_to_string(root.join("docs/ARCHITECTURE.md"))?;
    Ok(compare(&floors(&text), kernel))
}

/// The floor of each room, by the rows `| 3 | `room`, `room` | .. |`.
fn floors(text: &str) -> BTreeMap<String, usize> {
    let mut floors = BTreeMap::new();
    for line in text.lines() {
        let mut cells = line.trim_start_matches('|').split('|');
        let (Some(number), Some(rooms)) = (cells.next(), cells.next()) else {
            continue;
        };
        if let Ok(floor) = number.trim().parse() {
            let names = rooms.split('`').skip(1).step_by(2);
            floors.extend(names.map(|name| (name.to_owned(), floor)));
        }
    }
    floors
}

fn compare(floors: &BTreeMap<String, usize>, kernel: &CrateFiles) -> Vec<Problem> {
    let room = |module: &[String]| module.first().map_or("main", String::as_str).to_owned();
    let rooms: BTreeSet<String> = kernel.files.keys().map(|module| room(module)).collect();
    let missing = rooms.iter().filter(|room| !floors.contains_key(*room));
    let mut problems: Vec<Problem> = missing.cloned().map(Problem::NoFloor).collect();
    let gone = floors.keys().filter(|room| !rooms.contains(*room));
    problems.extend(gone.cloned().map(Problem::NoRoom));
    for import in imports::of(kernel) {
        let (from, to) = (room(&import.from), room(&import.to));
        if let (Some(&own), Some(&other)) = (floors.get(&from), floors.get(&to))
            && from != to
            && own <= other
        {
            problems.push(Problem::Upwards {
                file: import.file,
                from: (from, own),
                to: (to, other),
            });
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let text = "\
| floor | rooms | what |
|---|---|---|
| 2 | `modules`, `smp` | both |
| 1 | `sync` | locks |
";
        let floors = floors(text);
        assert_eq!(floors.len(), 3);
        assert_eq!(floors["smp"], 2);
        assert_eq!(floors["sync"], 1);
    }

    #[test]
    fn an_import_that_goes_up_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        file("main.rs", "mod high; mod low; fn main() { high::f() }");
        file("high.rs", "use crate::low; pub fn f() { low::g() }");
        file("low.rs", "pub fn g() {}");
        let table = floors("| 3 | `main` |\n| 2 | `high` |\n| 1 | `low` |");
        let problems = || {
            let kernel = CrateFiles::read(&folder.path().join("main.rs")).unwrap();
            compare(&table, &kernel)
        };
        assert!(problems().is_empty());
        file("low.rs", "pub fn g() { crate::high::h() }");
        assert!(matches!(&problems()[..], [Problem::Upwards { .. }]));
        file("low.rs", "pub fn g() {}");
        file("main.rs", "mod high; mod low; mod attic;");
        file("attic.rs", "");
        assert!(matches!(&problems()[..], [Problem::NoFloor(room)] if room == "attic"));
    }
}
