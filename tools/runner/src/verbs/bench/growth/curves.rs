//! The curves: of what, by what, and how they are drawn.

/// A curve: one or more costs by how much there is of one thing.
pub struct Curve {
    /// Its name in the table, and its file's.
    pub name: &'static str,
    /// What it shows, in words.
    pub title: &'static str,
    /// What there is more and more of.
    pub x: &'static str,
    /// How it is drawn.
    pub scale: Scale,
    /// What y counts.
    pub y: &'static str,
    /// The costs.
    pub series: &'static [&'static str],
}

/// How x is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// As it is: what grows with x is a straight line.
    Linear,
    /// By powers of ten.
    Logarithmic,
}

/// All curves, in the order in which docs/performance.md has them.
pub const CURVES: [Curve; 6] = [
    Curve {
        name: "live",
        title: "An allocation of 8 bytes and its free, by areas that live meanwhile",
        x: "live areas",
        scale: Scale::Logarithmic,
        y: "instructions a pair",
        series: &["pair"],
    },
    Curve {
        name: "cpus",
        title: "One pair, and the sum of a counter's copies, by CPUs",
        x: "CPUs",
        scale: Scale::Linear,
        y: "instructions",
        series: &["pair", "sum"],
    },
    Curve {
        name: "relocations",
        title: "Loading a module, for each of its relocations",
        x: "relocations",
        scale: Scale::Logarithmic,
        y: "instructions a relocation",
        series: &["load", "beyond an empty one", "a further one"],
    },
    Curve {
        name: "exports",
        title: "Loads and unloads of small modules, by exports known",
        x: "exports known",
        scale: Scale::Logarithmic,
        y: "instructions",
        series: &["load with 100 imports", "unload"],
    },
    Curve {
        name: "provider",
        title: "Loading a module with exports, for each of them",
        x: "exports",
        scale: Scale::Logarithmic,
        y: "instructions an export",
        series: &["load"],
    },
    Curve {
        name: "memory",
        title: "From the kernel's entry to the first module's init, by memory",
        x: "GiB",
        scale: Scale::Linear,
        y: "instructions",
        series: &["boot"],
    },
];
