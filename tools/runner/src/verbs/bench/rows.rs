//! What Linux is compared by: each figure's goal, and the least that its work needs.

/// A row of the comparison.
pub struct Row {
    /// Its name, in both systems' lines.
    pub name: &'static str,
    /// The part of Linux's figure that is the goal, with 4 CPUs.
    pub goal: f64,
    /// Instructions that the work can't do without, with 4 CPUs and 1 GiB;
    /// docs/performance.md says why.
    pub floor: f64,
}

const fn row(name: &'static str, goal: f64, floor: f64) -> Row {
    Row { name, goal, floor }
}

/// All rows.
pub const ROWS: [Row; 17] = [
    row("alloc_free_8", 0.08, 90.0),
    row("alloc_8_batch_alloc", 0.08, 50.0),
    row("alloc_8_batch_free", 0.20, 50.0),
    row("alloc_8_batch_alloc_65536", 0.08, 50.0),
    row("alloc_8_batch_free_65536", 0.20, 50.0),
    row("alloc_mixed", 0.12, 180.0),
    row("this_cpu_inc_static", 0.50, 2.0),
    row("this_cpu_inc_dynamic", 1.00, 4.0),
    row("read_static", 0.60, 3.0),
    row("sum_all_cpus", 0.15, 20.0),
    row("insmod_empty", 0.20, 3_000.0),
    row("insmod_1k", 0.35, 43.0),
    row("insmod_10k", 0.28, 40.0),
    row("insmod_100k", 0.27, 40.0),
    row("insmod_per_reloc", 0.27, 40.0),
    row("rmmod_100k", 0.10, 35_000.0),
    row("boot", 0.01, 900_000.0),
];

/// The row of this name.
pub fn find(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}
