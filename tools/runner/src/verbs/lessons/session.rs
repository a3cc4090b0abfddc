//! Two guests that load every lesson: what became of each, and what it printed.

use super::catalogue::{LESSONS, Lesson, LoadResult};
use super::compile::Compiled;
use crate::build::Guest;
use crate::error::Error;
use crate::guest::script;
use crate::options::Options;
use crate::verdict::record::Record;
use std::collections::BTreeMap;

/// A guest's run.
pub struct Session {
    record: Record,
    /// What was printed during each command.
    text: BTreeMap<String, Vec<String>>,
}

/// The command that loads a lesson.
fn command(name: &str) -> String {
    format!("insmod {name}")
}

impl Session {
    /// Boots a guest that loads every lesson that compiled; `word` is for its command
    /// line.
    pub fn boot(
        guest: &Guest,
        options: &Options,
        compiled: &[Compiled],
        word: &str,
    ) -> Result<Self, Error> {
        let (mut commands, mut modules) = (Vec::new(), Vec::new());
        for (lesson, compiled) in LESSONS.iter().zip(compiled) {
            if let Compiled::Module(path) = compiled {
                commands.push(command(lesson.name));
                modules.push(path.clone());
            }
        }
        let options = Options {
            verb: None,
            append: vec![word.to_owned()],
            modules,
            run: Some(commands.join("; ")),
            ..options.clone()
        };
        let run = script::run(guest, &options)?;
        let text = run.transcript.by_command();
        let record = run.record;
        Ok(Self { record, text })
    }

    /// How a lesson's `insmod` ended; `None` if it wasn't carried out.
    fn result(&self, name: &str) -> Option<&Result<(), String>> {
        let line = command(name);
        let mut commands = self.record.commands.iter();
        Some(&commands.find(|command| command.line == line)?.result)
    }

    /// What became of a lesson. Its init fails unless it found the right copy.
    pub fn load_result(&self, lesson: &Lesson, compiled: &Compiled) -> LoadResult {
        if let Compiled::Refusal(_) = compiled {
            return LoadResult::NotCompiled;
        }
        match self.result(lesson.name) {
            Some(Ok(())) => LoadResult::Loads,
            Some(Err(error)) if error.contains("out of reach") => LoadResult::Refused,
            Some(Err(error)) => LoadResult::Other(error.clone()),
            None => LoadResult::Other("insmod wasn't carried out".to_owned()),
        }
    }

    /// What a lesson printed.
    pub fn printed(&self, name: &str) -> String {
        let start = format!("lesson {name}: ");
        let lines = self.text.get(&command(name)).map_or(&[][..], Vec::as_slice);
        let printed = lines.iter().filter_map(|line| line.strip_prefix(&start));
        printed.map(|line| format!("{line}\n")).collect()
    }

    /// Why a lesson wasn't loaded, as a line; empty if it was.
    pub fn error(&self, name: &str) -> String {
        match self.result(name) {
            Some(Err(error)) => format!("{error}\n"),
            _ => String::new(),
        }
    }
}
