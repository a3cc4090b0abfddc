//! A guest that loads the modules, asks them, and unloads all: and that again, so that what the
//! first round made room for counts for none.
//!
//! ```text
//!  self-test │ load all │ lsmod │ ask │ unload all │ meminfo │ load all │ unload all │ meminfo │
//!  .. │ self-test
//! ```

use super::closure::Closure;
use super::package::Package;
use super::providers::Providers;
use crate::build::Guest;
use crate::error::Error;
use crate::guest::script;
use crate::options::Options;
use crate::verdict::record::CommandResult;
use std::collections::BTreeMap;
use std::num::NonZeroU64;

/// What `lsmod` says of a module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listed {
    /// Bytes of its GOT.
    pub got: u64,
    /// Bytes of per-CPU data, a CPU.
    pub per_cpu: u64,
}

/// What became of a module's load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was live, and gone without a trace.
    Live,
    /// Its init refuses this machine by itself, with this error number.
    Refuses(i32),
    /// It should have been live, or gone, and wasn't: why.
    Lost(String),
}

/// What a session showed.
#[derive(Debug, Default)]
pub struct Session {
    /// What became of each module.
    pub fates: BTreeMap<String, Fate>,
    /// What `lsmod` printed when all were there.
    pub listed: BTreeMap<String, Listed>,
    /// How each test ended.
    pub answers: BTreeMap<String, Result<(), String>>,
    /// Which functions that are offered were called, by provider and name, and by whom: tests, if
    /// they and others did.
    pub calls: BTreeMap<(String, String), Caller>,
    /// What is wrong with the session as a whole.
    pub problems: Vec<String>,
}

/// What a command of the session is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// The self-test of what Linux's modules turn off while they are there.
    Protection,
    /// A provider comes or goes.
    Provider { name: String, comes: bool },
    /// A module of Linux's is loaded.
    Load(String),
    /// A test asks.
    Ask(String),
    /// It has asked.
    Asked(String),
    /// A module of Linux's is unloaded.
    Unload(String),
    /// What is there.
    List,
    /// Which functions that are offered were called: since the last time, by whom then.
    Calls(Caller),
    /// They are reported.
    CallsReported,
    /// What memory is in use.
    Memory,
}

/// When a function that is offered was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// While modules came or went.
    Modules,
    /// While tests with known answers asked.
    Tests,
}

impl Step {
    fn command(&self) -> String {
        match self {
            Self::Protection => "selftest boot.low_address_protection".to_owned(),
            Self::Provider { name, comes: true } | Self::Load(name) | Self::Ask(name) => {
                format!("insmod {name}")
            }
            Self::Provider { name, .. } | Self::Unload(name) | Self::Asked(name) => {
                format!("rmmod {name}")
            }
            Self::Calls(_) => "insmod calls".to_owned(),
            Self::CallsReported => "rmmod calls".to_owned(),
            Self::List => "lsmod".to_owned(),
            Self::Memory => "meminfo".to_owned(),
        }
    }
}

/// What a test says of a wrong answer (modules/linux/tests/answers.h).
const WRONG: &str = ", and known to be ";

/// Seconds that such a guest may take without `--timeout`.
const PATIENCE: NonZeroU64 = NonZeroU64::new(600).unwrap();

/// Rounds of loading and unloading all: what the first leaves is what CPUs keep for the next.
const ROUNDS: usize = 3;

/// Errors by which an init says that the machine lacks what its module is for.
const REFUSALS: [i32; 2] = [19, 95];

impl Session {
    /// Boots a guest and runs it to its end; `chosen` are the modules in an order in which they
    /// can be loaded.
    ///
    /// # Errors
    /// If it can't be started, or doesn't carry out all commands.
    pub fn boot(
        guest: &Guest,
        options: &Options,
        package: &Package,
        providers: &Providers,
        closure: &Closure,
        chosen: &[&'static str],
    ) -> Result<Self, Error> {
        let ours = providers.providers.iter().chain(&providers.tests);
        let mut modules: Vec<_> = ours.map(|provider| provider.path.clone()).collect();
        let files = chosen.iter().filter_map(|name| package.modules.get(name));
        modules.extend(files.map(|module| module.path.clone()));
        let steps = steps(providers, closure, chosen);
        let commands: Vec<String> = steps.iter().map(Step::command).collect();
        let quiet = "loglevel=4".to_owned();
        let options = Options {
            verb: None,
            modules,
            timeout: options.timeout.or(Some(PATIENCE)),
            run: Some(commands.join("; ")),
            append: [options.append.clone(), vec![quiet]].concat(),
            ..options.clone()
        };
        let run = script::run(guest, &options)?;
        let mut session = Self::default();
        let texts = texts(&run.transcript.lines);
        let mut memory = Vec::new();
        for ((step, result), text) in steps.iter().zip(&run.record.commands).zip(&texts) {
            session.take(step, result, text);
            if let Step::Ask(name) = step {
                session.look_for(&providers.prints(name), name, text);
            }
            if *step == Step::Memory {
                memory.push(in_use(text));
            }
        }
        for asked in providers.asking_offers() {
            match session.answers.get(asked.test) {
                Some(Ok(())) => {}
                Some(Err(error)) => session.problem(&format!("{}: {error}", asked.test)),
                None => session.problem(&format!("{}: not asked", asked.test)),
            }
        }
        if run.record.commands.len() != steps.len() || texts.len() != steps.len() {
            session.problem("not all commands have a result");
        }
        if let [.., before, last] = &memory[..]
            && before != last
        {
            session.problem(&format!("memory in use differs by rounds: {memory:?}"));
        }
        Ok(session)
    }

    /// Whether a module was live, and went.
    pub fn is_live(&self, name: &str) -> bool {
        self.fates.get(name) == Some(&Fate::Live)
    }

    fn problem(&mut self, text: &str) {
        self.problems.push(text.to_owned());
    }

    /// What a test is to print must be there.
    fn look_for(&mut self, prints: &[&str], test: &str, text: &[&str]) {
        for expected in prints {
            if !text.iter().any(|line| line.contains(expected)) {
                let answer = Err(format!("it didn't print `{expected}`"));
                self.answers.insert(test.to_owned(), answer);
            }
        }
    }

    fn take(&mut self, step: &Step, result: &CommandResult, text: &[&str]) {
        let lose = |fates: &mut BTreeMap<_, _>, name: &String, error: &String| {
            fates.insert(name.clone(), Fate::Lost(error.clone()));
        };
        match (step, &result.result) {
            (Step::Load(name), Ok(())) => {
                self.fates.entry(name.clone()).or_insert(Fate::Live);
            }
            (Step::Load(name), Err(error)) => match refusal(error) {
                Some(number) => {
                    self.fates.insert(name.clone(), Fate::Refuses(number));
                }
                None => lose(&mut self.fates, name, error),
            },
            (Step::Unload(name), Err(error)) => {
                if self.fates.get(name) == Some(&Fate::Live) {
                    lose(&mut self.fates, name, error);
                }
            }
            (Step::Ask(name), result) => {
                let found = text.iter().find(|line| line.contains(WRONG));
                let found = found.copied().unwrap_or_default();
                let result = result.clone().map_err(|error| format!("{error}: {found}"));
                self.answers.insert(name.clone(), result);
            }
            (Step::Asked(name), Err(error)) => {
                if let Some(Ok(())) = self.answers.get(name) {
                    self.answers.insert(name.clone(), Err(error.clone()));
                }
            }
            (Step::List, Ok(())) => self
                .listed
                .extend(text.iter().filter_map(|line| listed(line))),
            (Step::Calls(caller), Ok(())) => {
                for called in text.iter().filter_map(|line| called(line)) {
                    let known = self.calls.entry(called).or_insert(*caller);
                    *known = *caller.max(known);
                }
            }
            (_, Err(error)) => self.problem(&format!("{}: {error}", step.command())),
            _ => {}
        }
    }
}

/// The whole course.
fn steps(providers: &Providers, closure: &Closure, chosen: &[&'static str]) -> Vec<Step> {
    let mut steps = vec![Step::Protection];
    let provider = |comes| {
        move |name: &str| Step::Provider {
            name: name.to_owned(),
            comes,
        }
    };
    let order = closure.providers();
    let load = |name: &&str| Step::Load((*name).to_owned());
    let unload = |name: &&str| Step::Unload((*name).to_owned());
    let asking = providers.asking(chosen);
    let calls = |caller| [Step::Calls(caller), Step::CallsReported];
    for round in 0..ROUNDS {
        steps.extend(order.iter().map(|name| provider(true)(name)));
        steps.extend(chosen.iter().map(load));
        if round == 0 {
            steps.push(Step::List);
            steps.extend(calls(Caller::Modules));
            for test in &asking {
                steps.push(Step::Ask((*test).to_owned()));
                steps.push(Step::Asked((*test).to_owned()));
            }
            steps.extend(calls(Caller::Tests));
        }
        steps.extend(chosen.iter().rev().map(unload));
        if round == 0 {
            steps.extend(calls(Caller::Modules));
        }
        steps.extend(order.iter().rev().map(|name| provider(false)(name)));
        steps.push(Step::Memory);
    }
    steps.push(Step::Protection);
    steps
}

/// The error number of an init that refuses the machine.
fn refusal(error: &str) -> Option<i32> {
    let (_, number) = error.rsplit_once("its init returned error ")?;
    let number = number.parse().ok()?;
    REFUSALS.contains(&number).then_some(number)
}

/// The lines that each command printed, in order.
fn texts(lines: &[String]) -> Vec<Vec<&str>> {
    let mut texts: Vec<Vec<&str>> = Vec::new();
    for line in lines {
        match (line.starts_with("> "), texts.last_mut()) {
            (true, _) => texts.push(Vec::new()),
            (false, Some(text)) => text.push(line),
            (false, None) => {}
        }
    }
    texts
}

/// A line of `lsmod`: name, address, bytes, GOT, PLT, per-CPU.
fn listed(line: &str) -> Option<(String, Listed)> {
    let mut words = line.split_ascii_whitespace();
    let name = words.next()?;
    let mut number = |skipped| words.nth(skipped)?.parse().ok();
    let got = number(2)?;
    let per_cpu = number(1)?;
    Some((name.to_owned(), Listed { got, per_cpu }))
}

/// A line of modules/linux/core/linux_offers.c: `called: PROVIDER FUNCTION COUNT`.
fn called(line: &str) -> Option<(String, String)> {
    let (_, rest) = line.split_once("called: ")?;
    let mut words = rest.split_ascii_whitespace();
    Some((words.next()?.to_owned(), words.next()?.to_owned()))
}

/// What `meminfo` says is in use, but for what rises with each line printed. Page frames that
/// slabs keep their records in stay with them, and count as free.
fn in_use(text: &[&str]) -> Vec<String> {
    const COUNTED: [&str; 3] = ["vmalloc: ", "heap: ", "exported symbols: "];
    let first_number = |start: &str| {
        let rest = text.iter().find_map(|line| line.strip_prefix(start))?;
        rest.split(' ').next()?.parse::<u64>().ok()
    };
    let free = first_number("page frames: ").zip(first_number("slabs: "));
    let free = free.map(|(free, records)| format!("page frames: {} free", free + records));
    let lines = text.iter();
    let counted = lines.filter(|line| COUNTED.iter().any(|start| line.starts_with(start)));
    free.into_iter()
        .chain(counted.map(|line| (*line).to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_slabs_count_as_free() {
        let before = [
            "page frames: 90 of 100 free, 2 hold",
            "slabs: 1 page",
            "heap: 5 of 9",
        ];
        let after = [
            "page frames: 82 of 100 free, 2 hold",
            "slabs: 9 page",
            "heap: 5 of 9",
        ];
        assert_eq!(in_use(&before), in_use(&after));
        assert_eq!(in_use(&after), ["page frames: 91 free", "heap: 5 of 9"]);
        assert_eq!(in_use(&["heap: 5 of 9"]), ["heap: 5 of 9"]);
    }

    #[test]
    fn a_row_of_lsmod() {
        let line = "crc16 0x20000006000 12288 8 16 24 live GPL 0 (Linux's)";
        let (name, listed) = listed(line).unwrap();
        assert_eq!(
            (name.as_str(), listed.got, listed.per_cpu),
            ("crc16", 8, 24)
        );
        assert!(super::listed("module address bytes GOT PLT per-CPU state").is_none());
    }

    #[test]
    fn an_init_may_refuse_a_machine() {
        let error = |number| format!("module m: its init returned error {number}");
        assert_eq!(refusal(&error(19)), Some(19));
        assert_eq!(
            (refusal(&error(12)), refusal("nobody exports it")),
            (None, None)
        );
    }
}
