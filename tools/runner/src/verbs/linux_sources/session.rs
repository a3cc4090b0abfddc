//! A guest that loads the modules one after the other: how each load ended, what was printed.

use super::catalogue::{Proof, SOURCES, Source};
use super::compile::Compiled;
use crate::build::Guest;
use crate::error::Error;
use crate::guest::script;
use crate::options::Options;
use crate::verdict::record::Record;
use std::collections::{BTreeMap, BTreeSet};

/// A test of Linux's may wait in its init for work of seconds, and of more where the host has
/// others to work for.
const PATIENCE: &str = "watchdog_thresh=60";

/// A guest's run.
pub struct Session {
    record: Record,
    /// What was printed during each command.
    text: BTreeMap<String, Vec<String>>,
}

/// The command that loads a module of ours.
pub fn command(name: &str) -> String {
    format!("modprobe {name}")
}

impl Session {
    /// Boots a guest with so many CPUs.
    pub fn boot(
        guest: &Guest,
        options: &Options,
        compiled: &[Compiled],
        cpus: u32,
    ) -> Result<Self, Error> {
        let (mut commands, mut modules) = (Vec::new(), Vec::new());
        let mut known_answers = BTreeSet::new();
        for (source, compiled) in SOURCES.iter().zip(compiled) {
            if let Compiled::Module(path) = compiled {
                commands.push(source.command());
                modules.push(path.clone());
            }
            if let Proof::KnownAnswers(module) = source.proof {
                known_answers.insert(module);
            }
        }
        commands.extend(known_answers.into_iter().map(command));
        let options = Options {
            verb: None,
            cpus: Some(cpus),
            append: vec![PATIENCE.to_owned()],
            modules,
            run: Some(commands.join("; ")),
            ..options.clone()
        };
        let run = script::run(guest, &options)?;
        let text = run.transcript.by_command();
        let record = run.record;
        Ok(Self { record, text })
    }

    /// How a command ended.
    pub fn result(&self, line: &str) -> Result<(), &str> {
        let mut commands = self.record.commands.iter();
        match commands.find(|command| command.line == line) {
            Some(command) => command.result.as_ref().copied().map_err(String::as_str),
            None => Err("it wasn't loaded"),
        }
    }

    /// What was printed while a module was loaded.
    pub fn printed(&self, source: &Source) -> &[String] {
        let text = self.text.get(&source.command());
        text.map_or(&[][..], Vec::as_slice)
    }
}
