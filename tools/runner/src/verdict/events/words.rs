//! What a member may be that is one of a few words.

use serde::{Deserialize, Serialize};

/// How a self-test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TestResult {
    /// All that it asserts holds.
    Passed,
    /// An assertion doesn't hold.
    Failed,
    /// This machine or command line can't show it.
    Skipped,
}

/// What became of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModuleState {
    /// Loaded; its init function has succeeded.
    Live,
    /// Unloaded; its memory is given back.
    Gone,
    /// Not loaded: the loader or its init function refused.
    Refused,
}

/// What names are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// Functions and data that are exported.
    Symbol,
    /// Static per-CPU variables.
    Variable,
    /// Modules' files in the initrd.
    File,
    /// Self-tests.
    Test,
    /// Groups of the benchmark.
    Group,
}

/// A table that the loader makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// The global offset table.
    Got,
    /// The procedure linkage table.
    Plt,
}

/// What bytes of a chunk's unit are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaUse {
    /// A live area.
    Live,
    /// A free one that a CPU's magazine keeps.
    Kept,
    /// Free, on populated pages.
    Free,
    /// On pages that aren't populated.
    Unpopulated,
}

/// Who asked for the power-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PoweredOffBy {
    /// The kernel, with nothing left to do.
    End,
    /// The command `poweroff`.
    Command,
}
