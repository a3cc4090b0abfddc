//! Where measured work begins and ends, for one who watches from outside: empty functions,
//! called just outside of it. `./qemu-run.sh profile` passes their addresses to its plugin.

use core::hint::black_box;

/// A piece that the benchmark measures, until this is dropped.
pub struct Measured(());

/// A monitor command, until this is dropped.
pub struct Command(());

impl Measured {
    /// The clock is read for the first time after this, for the last before the drop.
    pub fn new() -> Self {
        measured_begins();
        Self(())
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        measured_ends();
    }
}

impl Command {
    /// Before the command's line is looked at.
    pub fn new() -> Self {
        command_begins();
        Self(())
    }
}

impl Drop for Command {
    fn drop(&mut self) {
        command_ends();
    }
}

// Each its own number: functions that are the same may be merged.

#[inline(never)]
fn measured_begins() {
    black_box(1);
}

#[inline(never)]
fn measured_ends() {
    black_box(2);
}

#[inline(never)]
fn command_begins() {
    black_box(3);
}

#[inline(never)]
fn command_ends() {
    black_box(4);
}
