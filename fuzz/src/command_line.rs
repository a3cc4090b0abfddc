//! The kernel command line: a line is taken or refused by name, and both are as it says.

use crate::command_line_file::{BadWord, RunToken, parse};
use faults::When;
use std::collections::BTreeSet;

/// Parses a line of these bytes.
///
/// # Panics
/// If what comes of it isn't what stands there.
pub fn command_line(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let line: &'static str = Box::leak(text.into_owned().into_boxed_str());
    check(line);
    // SAFETY: M4: the box that was leaked above; nothing of `check` outlives it.
    drop(unsafe { Box::from_raw(std::ptr::from_ref(line).cast_mut()) });
}

fn check(line: &'static str) {
    let found = parse(line);
    assert_eq!(format!("{found:?}"), format!("{:?}", parse(line)));
    let token = RunToken::find(line);
    match found {
        Ok(options) => {
            let words: Vec<&str> = words::words(line).collect();
            let distinct: BTreeSet<&str> = words.iter().copied().collect();
            assert_eq!(words.len(), distinct.len(), "a word twice");
            if options.token.is_some() {
                assert_eq!(options.token, token);
            }
            assert!(options.log_level <= 7 && (1..=600).contains(&options.watchdog_threshold));
            assert!(options.possible_cpus != Some(0) && options.max_cpus != Some(0));
            let mut faults = options.fail.iter().flatten();
            assert!(faults.all(|&(_, when)| match when {
                When::Range { first, last } => 0 < first && first <= last,
                When::Percent(percent) => (1..=100).contains(&percent),
            }));
        }
        Err(error) => {
            let part = match error {
                BadWord::Unknown(word) | BadWord::Twice(word) => word,
                BadWord::Value { name, .. } => name,
            };
            assert!(line.contains(part), "a word that isn't there");
            assert!(!error.to_string().is_empty());
        }
    }
}
