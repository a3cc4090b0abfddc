//! Two guests that load every lesson, and what they say of each.

use super::compile::Compiled;
use super::{LESSONS, Lesson, Outcome};
use crate::build::Guest;
use crate::error::Error;
use crate::judge::Ending;
use crate::options::Options;
use crate::{initrd, qemu};
use std::collections::BTreeMap;

/// What a guest said to each command.
pub struct Session(BTreeMap<String, Vec<String>>);

/// Boots a guest that loads every lesson.
pub fn boot(
    guest: &Guest,
    options: &Options,
    compiled: &[Compiled],
    word: &str,
) -> Result<Session, Error> {
    let names = LESSONS
        .iter()
        .zip(compiled)
        .filter_map(|(lesson, compiled)| {
            matches!(compiled, Compiled::Module(_)).then_some(lesson.name)
        });
    let commands: Vec<String> = names.map(|name| format!("insmod {name}")).collect();
    let paths = compiled.iter().filter_map(|compiled| match compiled {
        Compiled::Module(path) => Some(path.clone()),
        Compiled::Refusal(_) => None,
    });
    let options = Options {
        verb: None,
        append: vec![word.to_owned()],
        modules: paths.collect(),
        run: Some(commands.join("; ")),
        quiet: true,
        ..options.clone()
    };
    let archive = initrd::pack(guest, &options)?;
    let (ending, transcript) = qemu::run(&options, archive.path())?;
    let mut session = Session(BTreeMap::new());
    let mut command = String::new();
    for line in &transcript.lines {
        match line.strip_prefix("> insmod ") {
            Some(name) => command = name.to_owned(),
            None => session
                .0
                .entry(command.clone())
                .or_default()
                .push(without_time(line)),
        }
    }
    match ending {
        Ending::Exit(Some(0)) => Ok(session),
        _ => Err(Error::Qemu {
            message: transcript.last_line.unwrap_or_default(),
        }),
    }
}

/// A line of the log without its time.
fn without_time(line: &str) -> String {
    let rest = line
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "));
    rest.map_or(line, |(_, rest)| rest).to_owned()
}

impl Session {
    fn lines(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// What became of a lesson.
    pub fn outcome(&self, lesson: &Lesson, compiled: &Compiled) -> Outcome {
        if let Compiled::Refusal(_) = compiled {
            return Outcome::NotCompiled;
        }
        let lines = self.lines(lesson.name);
        let said = format!("lesson {}: ", lesson.name);
        let error = format!("module {}: ", lesson.name);
        let is_error = |line: &&String| {
            line.strip_prefix(&error)
                .is_some_and(|rest| !rest.starts_with("0x"))
        };
        match lines.iter().find(is_error) {
            Some(line) if line.contains("out of reach") => Outcome::Refused,
            Some(line) => Outcome::Other(line.clone()),
            None if lines.iter().any(|line| line.starts_with(&said)) => Outcome::Loads,
            None => Outcome::Other("says nothing".to_owned()),
        }
    }

    /// What a lesson printed.
    pub fn said(&self, name: &str) -> String {
        let start = format!("lesson {name}: ");
        let lines = self.lines(name).iter();
        let said = lines.filter_map(|line| line.strip_prefix(&start));
        said.map(|line| format!("{line}\n")).collect()
    }

    /// Why a lesson wasn't loaded.
    pub fn refusal(&self, name: &str) -> String {
        let mut lines = self.lines(name).iter();
        let refusal = lines.find(|line| line.contains("out of reach"));
        refusal.map_or(String::new(), |line| format!("{line}\n"))
    }
}
