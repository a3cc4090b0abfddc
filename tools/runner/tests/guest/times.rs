//! How long each test takes, for the gate: `tools/runner/src/verbs/gate/times.rs` has the format.

use crate::host;
use std::fs::File;
use std::io::Write;
use std::time::Instant;

/// Runs a test's work, and writes how long it took into the file that `TEST_TIMES` names, if
/// it names one.
pub fn record<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let before = host::waited();
    let start = Instant::now();
    let result = work();
    let time = start.elapsed().saturating_sub(host::waited() - before);
    if let Some(path) = std::env::var_os("TEST_TIMES") {
        let line = format!("{} {name}\n", time.as_millis() / 10);
        // A test has passed all the same. A line that is appended in one piece stays whole.
        let file = File::options().append(true).open(path);
        let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
    }
    result
}
