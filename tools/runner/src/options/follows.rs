//! What follows from the options: what the guest gets, and what is done with it.

use super::{DEFAULT_TIMEOUT, Options, Verb};
use crate::build::c::compiler::Compiler;
use crate::options::memory_size::Memory;
use crate::screen::terminal;
use crate::screen::view::Shown;
use crate::verdict::token::Token;
use std::time::Duration;

/// The word that makes memory catch its misuse.
const CHECKS_MEMORY: &str = "sanity=1";

/// CPUs of a guest without `--cpus`.
const DEFAULT_CPUS: u32 = 2;

impl Options {
    /// The guest's CPUs.
    pub fn cpus(&self) -> u32 {
        self.cpus.unwrap_or(DEFAULT_CPUS)
    }

    /// What compiles modules in C.
    pub fn compiler(&self) -> Compiler {
        self.cc.unwrap_or_else(Compiler::from_environment)
    }

    /// The guest's memory.
    pub fn memory(&self) -> Memory {
        self.memory.unwrap_or(Memory::DEFAULT)
    }

    /// Whether the guest's input is a line that is edited here: `shell` on a terminal.
    pub fn has_line(&self) -> bool {
        self.verb == Some(Verb::Shell) && !self.quiet && terminal::can_edit()
    }

    /// The commands of `--run`, one each.
    pub fn commands(&self) -> Vec<&str> {
        if matches!(self.verb, Some(Verb::Bench { .. })) && self.run.is_none() {
            return vec!["bench"];
        }
        let text = match &self.verb {
            Some(Verb::Profile { workload, .. }) => Some(workload.commands()),
            _ => self.run.as_deref(),
        };
        let lines = text.into_iter().flat_map(str::lines);
        let commands = lines.flat_map(|line| words::commands(line.as_bytes()));
        // What is between two ASCII characters of a text is one.
        commands
            .map(|text| str::from_utf8(text).unwrap_or_default())
            .collect()
    }

    /// Whether this is `bench --contention`.
    pub fn is_contention(&self) -> bool {
        matches!(
            self.verb,
            Some(Verb::Bench {
                contention: true,
                ..
            })
        )
    }

    /// Whether the guest's clock counts instructions.
    pub fn counts_instructions(&self) -> bool {
        let counts = matches!(self.verb, Some(Verb::Bench { .. } | Verb::Profile { .. }));
        self.icount || (counts && !self.is_contention())
    }

    /// Whether the guest is to have the modules that the benchmark loads.
    pub fn has_bench_modules(&self) -> bool {
        match &self.verb {
            Some(Verb::Profile { workload, .. }) => workload.is_bench(),
            verb => matches!(verb, Some(Verb::Bench { .. })) && !self.is_contention(),
        }
    }

    /// Whether it is to have those, too, by which growth is measured.
    pub fn measures_growth(&self) -> bool {
        let words = |command: &&str| command.split_whitespace().eq(["bench", "growth"]);
        self.commands().iter().any(words)
    }

    /// When the guest counts as hung.
    pub fn time_limit(&self) -> Option<Duration> {
        let given = self.timeout.map(|s| Duration::from_secs(s.get()));
        match self.verb {
            Some(Verb::Shell | Verb::Debug { .. }) => given,
            _ => given.or(Some(DEFAULT_TIMEOUT)),
        }
    }

    /// What the kernel command line says of `sanity`; where it runs self-tests, that it is on,
    /// unless words of its own say otherwise.
    fn sanity(&self) -> Option<&str> {
        let words = self.append.iter();
        let mut words = words.flat_map(|words| words.split_ascii_whitespace());
        let given = words.clone().find(|word| word.starts_with("sanity="));
        let is_monitor = words.any(|word| word.starts_with("monitor"));
        let has_tests = self.verb.is_none() && self.commands().is_empty() && !is_monitor;
        given.or(has_tests.then_some(CHECKS_MEMORY))
    }

    /// Whether the guest records its blocks of memory, to catch its misuse.
    pub fn checks_memory(&self) -> bool {
        self.sanity() == Some(CHECKS_MEMORY)
    }

    /// The kernel command line of a run with this token, and an initrd of this sum.
    pub fn command_line(&self, token: &Token, initrd_sum: u32) -> String {
        let mut words = self.append.clone();
        if self.verb == Some(Verb::Shell) {
            let word = if self.has_line() {
                "monitor=lines"
            } else {
                "monitor"
            };
            words.push(word.to_owned());
        }
        if self.json.is_some() {
            words.push("details".to_owned());
        }
        if let Some(word) = self.sanity()
            && !words.join(" ").contains("sanity=")
        {
            words.push(word.to_owned());
        }
        words.push(format!("initrd_sum={initrd_sum:08x}"));
        words.push(token.word());
        words.join(" ")
    }

    /// How much of the guest's text is shown.
    pub fn shown(&self) -> Shown {
        match (self.quiet, self.verbose, &self.verb) {
            (true, ..) => Shown::Failures,
            (false, false, None) if self.commands().is_empty() => Shown::Results,
            (false, false, Some(Verb::Soak { .. })) => Shown::Results,
            _ => Shown::All,
        }
    }
}
