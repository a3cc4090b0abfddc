//! Tests of modules in C once more, with clang for a compiler.

use crate::run::{Completed, Run};
use libtest_mimic::Completion;
use std::process::Command;

/// Those whose modules are made by the compiler that `CC` names.
pub const TESTS: [&str; 15] = [
    "c_headers::headers_have_no_warnings",
    "c_headers::unsupported_is_refused_by_name",
    "c_modules::stamp_of_another_kernel",
    "c_modules::a_file_is_compiled_and_loaded",
    "c_modules::bugs",
    "c_modules::kunit",
    "c_modules::frame_of_a_file",
    "c_sources::mistakes_end_the_build",
    "c_sources::right_uses_are_taken",
    "c_sources::what_is_left_is_reported",
    "c_sources::lines_are_of_one_cpu",
    "deferred::threads_and_timers_left",
    "deferred::stack_of_a_thread",
    "loading::written_in_c",
    "long::linux_sources",
];

/// Whether there is a clang here.
pub fn is_there() -> bool {
    Command::new("clang").arg("--version").output().is_ok()
}

/// Runs the test of this name again, in a process of its own.
pub fn again(name: &str) -> Completed {
    if !is_there() {
        return Ok(Completion::ignored_with("clang isn't installed"));
    }
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", name, "--include-ignored"]);
    let run = Run::of(&command.env("CC", "clang").output()?);
    run.must_exit(0)?;
    let passed = run.lines_with(&["1 passed"]).len() + run.lines_with(&["1 ignored"]).len();
    run.must(passed == 1, "it is one test, and passes")?;
    Ok(Completion::Completed)
}
