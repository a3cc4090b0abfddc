//! A guest that is asked by a grader.

use super::findings::Findings;
use crate::build::{Guest, c};
use crate::error::Error;
use crate::guest::script;
use crate::options::Options;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

/// Seconds after which a student's code counts as hung.
const TIMEOUT: NonZeroU64 = NonZeroU64::new(60).unwrap();

/// What a guest answered to one command.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What it printed meanwhile, without the times of log lines.
    pub lines: Vec<String>,
    /// Why it failed, if it did.
    pub result: Result<(), String>,
}

impl Answer {
    /// The number behind `= ` that a `call` shows.
    pub fn returned(&self) -> Option<i128> {
        let (_, value) = self.lines.iter().find_map(|line| line.split_once(") = "))?;
        let value = u64::from_str_radix(value.trim().strip_prefix("0x")?, 16).ok()?;
        // What C calls long.
        Some(value.cast_signed().into())
    }
}

/// A guest's shape.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a> {
    /// CPUs.
    pub cpus: u32,
    /// Words for the kernel's command line.
    pub append: &'a str,
}

/// Boots a guest with these modules, and asks it; the answers in order.
///
/// # Errors
/// If it can't be started, or doesn't come to its end: [`Error::Guest`].
pub fn ask(
    guest: &Guest,
    shape: Shape<'_>,
    modules: &[&Path],
    commands: &[String],
) -> Result<Vec<Answer>, Error> {
    let mut options = Options::with_append(shape.append).unwrap_or_else(|error| error.exit());
    options.cpus = Some(shape.cpus);
    options.modules = modules.iter().map(PathBuf::from).collect();
    options.timeout = Some(TIMEOUT);
    options.run = Some(commands.join("; "));
    let run = script::run(guest, &options)?;
    let mut texts: Vec<Vec<String>> = Vec::new();
    for line in &run.transcript.lines {
        match texts.last_mut() {
            _ if line.starts_with("> ") => texts.push(Vec::new()),
            Some(text) => {
                let line = crate::screen::paint::split_time(line).map_or(&**line, |(_, it)| it);
                text.push(line.to_owned());
            }
            None => {}
        }
    }
    let results = run.record.commands.into_iter();
    let answers = results.zip(texts);
    Ok(answers
        .map(|(command, lines)| Answer {
            lines,
            result: command.result,
        })
        .collect())
}

/// As [`ask`], where a guest that doesn't come to its end is the student's: then it is
/// reported in the findings, and there is no answer.
pub fn ask_students(
    findings: &mut Findings,
    guest: &Guest,
    shape: Shape<'_>,
    modules: &[&Path],
    commands: &[String],
) -> Result<Option<Vec<Answer>>, Error> {
    match ask(guest, shape, modules, commands) {
        Ok(answers) if answers.len() == commands.len() => Ok(Some(answers)),
        Err(Error::Guest { message }) => {
            findings.wrong(
                format!("a guest, asked: {}", commands.join("; ")),
                format!("it didn't come to its end; its last line: {message}"),
                "Something in your module doesn't return, or brings the kernel down. Run the \
                 same commands by hand with --verbose.",
            );
            Ok(None)
        }
        Ok(_) => {
            findings.wrong(
                format!("a guest, asked: {}", commands.join("; ")),
                "fewer answers than commands",
                "A command ended the run early.",
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Compiles a student's module; what the compiler has to say it says itself.
pub fn compile(
    findings: &mut Findings,
    guest: &Guest,
    folder: &Path,
    name: &str,
) -> Result<Option<PathBuf>, Error> {
    let source = folder.join(format!("{name}.c"));
    match c::extra(guest.compiler, name, &source, &guest.stamp) {
        Ok(module) => Ok(Some(module)),
        Err(
            error @ (Error::Program { .. }
            | Error::PerCpuUse { .. }
            | Error::Formats { .. }
            | Error::File { .. }),
        ) => {
            findings.wrong(
                format!("to compile {name}.c"),
                error.to_string(),
                "The compiler's own words stand above.",
            );
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
