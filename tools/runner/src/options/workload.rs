//! What a profile is of: what is run, and the kernel's functions that mark it.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// Groups of the benchmark, as `kernel/src/bench` names them. A test asks the guest for
/// them.
pub const GROUPS: [Group; 14] = [
    Group::new("alloc", "bench alloc"),
    Group::new("access", "bench access"),
    Group::new("link", "bench link"),
    Group::new("load", "bench load"),
    Group::new("kmalloc", "bench kmalloc"),
    Group::new("modules", "bench modules"),
    Group::new("growth", "bench growth"),
    Group::new("sanity", "bench sanity"),
    Group::new("pair", "bench pair"),
    Group::new("batch", "bench batch"),
    Group::new("mixed", "bench mixed"),
    Group::new("insmod", "bench insmod"),
    Group::new("provider", "bench provider"),
    Group::new("rmmod", "bench rmmod"),
];

/// A group of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: &'static str,
    command: &'static str,
}

impl Group {
    const fn new(name: &'static str, command: &'static str) -> Self {
        Self { name, command }
    }
}

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Workload {
    /// The kernel's way to its first command.
    Boot,
    /// A group of the benchmark.
    Group(Group),
    /// Monitor commands, separated by `;`.
    Commands(String),
}

impl FromStr for Workload {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let text = text.trim();
        Ok(match GROUPS.iter().find(|group| group.name == text) {
            Some(group) => Self::Group(*group),
            None if text == "boot" => Self::Boot,
            None => Self::Commands(text.to_owned()),
        })
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boot => "boot",
            Self::Group(group) => group.name,
            Self::Commands(text) => text,
        })
    }
}

impl Workload {
    /// The monitor commands that it comes to.
    pub fn commands(&self) -> &str {
        match self {
            // The first command ends it.
            Self::Boot => "lsmod",
            Self::Group(group) => group.command,
            Self::Commands(text) => text,
        }
    }

    /// Whether it runs the benchmark.
    pub fn is_bench(&self) -> bool {
        let is_bench = |command: &str| command.split_whitespace().next() == Some("bench");
        self.commands().split(';').any(is_bench)
    }

    /// The kernel's functions at which counting begins and ends.
    pub fn marks(&self) -> (&'static str, &'static str) {
        match self {
            Self::Boot => ("boot_entry", "kernel::profile::command_begins"),
            Self::Group(_) => (
                "kernel::profile::measured_begins",
                "kernel::profile::measured_ends",
            ),
            Self::Commands(_) => (
                "kernel::profile::command_begins",
                "kernel::profile::command_ends",
            ),
        }
    }

    /// What lies between them, in words.
    pub fn extent(&self) -> &'static str {
        match self {
            Self::Boot => "from the kernel's entry to the first command, no module loaded",
            Self::Group(_) => "the measured parts alone, with their readings of the clock",
            Self::Commands(_) => "the commands alone, with what they print",
        }
    }
}
