//! Which tests of the guest matrix took longest. They write it into a file, a line each:
//! hundredths of a second without those spent waiting for other guests, a blank, the name.

use std::fs;
use std::path::Path;
use tempfile::NamedTempFile;

/// The variable with the file's name.
pub const VARIABLE: &str = "TEST_TIMES";

/// How many are shown.
const SHOWN: usize = 6;

/// The file.
pub struct Times(Option<NamedTempFile>);

impl Times {
    /// An empty file; without one nothing is shown.
    pub fn new() -> Self {
        Self(NamedTempFile::new().ok())
    }

    /// Its name.
    pub fn path(&self) -> Option<&Path> {
        self.0.as_ref().map(NamedTempFile::path)
    }

    /// The longest, in one line; `None` if no test wrote anything.
    pub fn longest(&self) -> Option<String> {
        longest(&fs::read_to_string(self.path()?).ok()?)
    }
}

fn longest(text: &str) -> Option<String> {
    let times = text.lines().filter_map(|line| line.split_once(' '));
    let times = times.filter_map(|(time, name)| Some((time.parse().ok()?, name)));
    let mut times: Vec<(u64, &str)> = times.collect();
    times.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
    let shown = times.iter().take(SHOWN);
    let shown = shown.map(|(time, name)| format!("{name} {}.{} s", time / 100, time / 10 % 10));
    let shown: Vec<String> = shown.collect();
    (!shown.is_empty()).then(|| shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_come_first() {
        let text = "45 a::b\n1234 README.md: ./qemu-run.sh --cpus 8\nodd\n";
        let shown = "README.md: ./qemu-run.sh --cpus 8 12.3 s, a::b 0.4 s";
        assert_eq!(longest(text).as_deref(), Some(shown));
        assert_eq!(longest(""), None);
    }
}
