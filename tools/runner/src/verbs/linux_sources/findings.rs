//! What a run showed of a file, by the proof that it is to give.

use super::catalogue::{Proof, Source};
use super::compile::Compiled;
use super::formats;
use super::session::{self, Session};
use std::collections::BTreeMap;

/// What no test that passes prints.
const SIGNS_OF_FAILURE: [&str; 4] = ["not ok ", "WARNING: CPU", "BUG", "TC failed"];

/// What stands behind a case that didn't run.
const SKIP: &str = "# SKIP";

/// What a run showed.
pub struct Finding {
    /// What it logged, or what is wrong.
    pub result: Result<String, String>,
}

impl Finding {
    /// Its words, for the table.
    pub fn words(&self) -> &str {
        match &self.result {
            Ok(words) | Err(words) => words,
        }
    }
}

/// What a session showed of a file.
pub fn of(source: &Source, compiled: &Compiled, session: &Session) -> Finding {
    let result = match compiled {
        Compiled::Refusal(error) => Err(format!("not compiled: {error}")),
        Compiled::Module(_) => shown(source, session),
    };
    Finding { result }
}

fn shown(source: &Source, session: &Session) -> Result<String, String> {
    let lines = session.printed(source);
    let loaded = session.result(&source.command());
    let bad = |line: &&String| SIGNS_OF_FAILURE.iter().any(|sign| line.contains(sign));
    if let Some(line) = lines.iter().find(bad) {
        return Err(line.clone());
    }
    match source.proof {
        Proof::Library => loaded.map(|()| "it loads".to_owned()),
        Proof::KnownAnswers(module) => {
            loaded?;
            session.result(&session::command(module))?;
            return Ok(format!("{module} has its answers from it"));
        }
        Proof::KUnit => {
            loaded?;
            let cases = lines.iter().filter(|line| is_case(line)).count();
            return match cases {
                0 => Err("no case ran".to_owned()),
                _ => Ok(format!("{cases} cases ok{}", runs_of_cases(lines))),
            };
        }
        Proof::Logs(expected) => {
            loaded?;
            return matching(lines, expected);
        }
        Proof::RefusedFormats(error) => {
            left(loaded, error)?;
            return formats::judged(lines);
        }
        Proof::Leaves(error, expected) => {
            left(loaded, error)?;
            return match expected {
                [] => Ok("no warning".to_owned()),
                _ => matching(lines, expected),
            };
        }
    }
    .map_err(str::to_owned)
}

/// How a module was loaded that isn't to stay.
fn left(loaded: Result<(), &str>, error: i32) -> Result<(), String> {
    let wanted = format!("its init returned error {error}");
    match loaded {
        Err(found) if found.contains(&wanted) => Ok(()),
        Err(found) => Err(found.to_owned()),
        Ok(()) => Err(format!("its init didn't return error {error}")),
    }
}

/// A case of a suite, not the suite, that ran.
fn is_case(line: &str) -> bool {
    line.starts_with("    ok ") && !line.contains(SKIP)
}

/// How often cases with parameters ran, and why they didn't with others.
fn runs_of_cases(lines: &[String]) -> String {
    let runs = || lines.iter().filter(|line| line.starts_with("        ok "));
    let mut skipped: BTreeMap<&str, u32> = BTreeMap::new();
    for (_, reason) in runs().filter_map(|line| line.split_once(SKIP)) {
        *skipped.entry(reason.trim_start()).or_default() += 1;
    }
    if runs().count() == 0 {
        return String::new();
    }
    let ran = runs().filter(|line| !line.contains(SKIP)).count();
    let skipped = skipped
        .iter()
        .map(|(reason, count)| format!(", {count} skipped: {reason}"));
    format!(" with {ran} parameters{}", skipped.collect::<String>())
}

/// The last of the lines that have all of it.
fn matching(lines: &[String], expected: &[&str]) -> Result<String, String> {
    let mut found = "";
    for text in expected {
        let line = lines.iter().find(|line| line.contains(text));
        found = line.ok_or_else(|| format!("it doesn't log: {text}"))?;
    }
    Ok(found.to_owned())
}
