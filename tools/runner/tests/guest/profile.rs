//! The verb `profile`: its counts against the benchmark's own, twice the same, and names
//! that are the modules' and the kernel's.

use crate::run::{Run, TestResult, runner};

/// Instructions that a part has beyond what the benchmark measures: to the mark before the
/// first reading of the clock and from it, and the same behind the last.
const AROUND_A_PART: u64 = 30;

/// The table's lines: instructions and name.
fn table(run: &Run) -> Vec<(u64, &str)> {
    let lines = run.stdout.lines();
    let rows = lines.skip_while(|line| !line.ends_with("share  function"));
    rows.skip(1)
        .filter_map(|line| {
            let (instructions, rest) = line.trim_start().split_once(' ')?;
            let (_, name) = rest.split_once(" %  ")?;
            Some((instructions.parse().ok()?, name))
        })
        .collect()
}

/// The parts add up to the figures of the benchmark, the rows to the total, and another run
/// comes to the same.
pub fn adds_up() -> TestResult {
    let run = runner(&["profile", "access"]);
    run.must_exit(0)?;
    let figures: Vec<u64> = run
        .lines_with(&["BENCH "])
        .iter()
        .filter_map(|line| line.split(' ').nth(3)?.parse().ok())
        .collect();
    let mut rows = table(&run);
    let Some((total, last)) = rows.pop() else {
        return run.must(false, "a table is printed");
    };
    let parts = figures.len() as u64;
    run.must(
        parts > 1 && last == format!("total, of {parts} parts"),
        "a part for each figure",
    )?;
    let measured: u64 = figures.iter().sum();
    run.must(
        (measured..=measured + parts * AROUND_A_PART).contains(&total),
        "the figures of the benchmark, and little more",
    )?;
    let sum: u64 = rows.iter().map(|(instructions, _)| instructions).sum();
    run.must(sum == total, "the rows add up")?;
    run.must(
        rows.is_sorted_by(|a, b| a.0 >= b.0) && rows[0].1.starts_with("kernel::bench::"),
        "the loops of the benchmark come first",
    )?;
    let again = runner(&["profile", "access"]);
    again.must(table(&again) == table(&run), "twice the same")
}

/// Commands are counted without the boot, functions of modules have names, and the graph
/// has the same sum.
pub fn commands_and_graph() -> TestResult {
    let folder = tempfile::tempdir()?;
    let graph = folder.path().join("graph.svg");
    let graph = graph.to_string_lossy();
    let run = runner(&["profile", "insmod counter; rmmod counter", "--svg", &graph]);
    run.must_exit(0)?;
    let rows = table(&run);
    run.must(
        rows.last().is_some_and(|row| row.1 == "total, of 2 parts"),
        "a part for each command",
    )?;
    run.must(
        !rows.iter().any(|row| row.1.contains("map_identity")),
        "the boot isn't counted",
    )?;
    let svg = std::fs::read_to_string(&*graph)?;
    let total = rows.last().map_or(0, |row| row.0);
    run.must(
        svg.contains(&format!(
            "<title>all: {total} instructions, 100.0 %</title>"
        )),
        "the graph is of all of it",
    )?;
    run.must(
        svg.contains("<title>init_module [counter]: "),
        "the module's functions have names",
    )?;
    run.must(
        !svg.contains("without a name"),
        "all code of the kernel has a name",
    )
}

/// The names of the benchmark's groups are the kernel's; what is neither of them nor a
/// command is wrong usage.
pub fn names() -> TestResult {
    let run = runner(&["profile", "no_such_workload"]);
    run.must_exit(2)?;
    let groups = run.stderr.split_once('(');
    let groups = groups.and_then(|(_, rest)| rest.split_once(')'));
    let groups: Vec<&str> = groups
        .map_or("", |(groups, _)| groups)
        .split(", ")
        .collect();
    let guest = runner(&["--run", "bench no_such_group"]);
    guest.must_exit(1)?;
    let lines = guest.stdout.lines();
    let mut named = lines.filter_map(|line| line.strip_prefix("no such group; there are "));
    let kernels = named.next().unwrap_or_default().split(' ');
    // `boot` is a workload of another kind, and `contention` is no matter of instructions.
    let kernels: Vec<&str> = kernels
        .filter(|group| !["boot", "contention"].contains(group))
        .collect();
    guest.must(
        kernels == groups,
        &format!("workload.rs has the kernel's groups, and no others: {groups:?}"),
    )
}
