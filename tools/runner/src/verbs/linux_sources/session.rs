//! A guest that loads the modules one after the other: how each load ended, what was printed.

use super::catalogue::{Proof, SOURCES, Source};
use super::compile::Compiled;
use crate::build::Guest;
use crate::error::Error;
use crate::guest::{initrd, qemu};
use crate::options::Options;
use crate::screen::transcript::without_time;
use crate::verdict::judge::Ending;
use crate::verdict::record::Record;
use std::collections::{BTreeMap, BTreeSet};

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
            modules,
            run: Some(commands.join("; ")),
            ..options.clone()
        };
        let run = qemu::run_unseen(&options, &initrd::pack(guest, &options)?)?;
        if run.ending != Ending::Exit(0) || !run.record.commands_ended {
            let message = run.transcript.last_line().unwrap_or_default().to_owned();
            return Err(Error::Guest { message });
        }
        let mut text: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in &run.transcript.lines {
            match line.strip_prefix("> ") {
                Some(command) => current = command.to_owned(),
                None => text
                    .entry(current.clone())
                    .or_default()
                    .push(without_time(line).to_owned()),
            }
        }
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
