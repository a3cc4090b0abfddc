//! Guests that are given what is broken, two at a time, and how each trial ended.

use super::ending::{Ending, has_report};
use super::extent::Extent;
use super::{archives, lines, objects};
use crate::build::Guest;
use crate::build::layout;
use crate::error::Error;
use crate::guest::initrd::{self, Files, Initrd};
use crate::guest::qemu;
use crate::guest::watch::Run;
use crate::options::Options;
use crate::verdict::Verdict;
use crate::verdict::judge::{self, Purpose};
use crate::verdict::record::CommandResult;
use fastrand::Rng;
use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroU64;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Modules that are tried in one guest, unless one of them ends it.
const A_GUEST: u64 = 100;

/// Seconds after which a guest with something broken hangs, at the least.
const LIMIT: u64 = 40;

/// Times that one may take what the one with nothing broken took, which runs as many self-tests
/// on the same host.
const SLOWER: u64 = 4;

/// Seconds that the one with nothing broken has, which runs all self-tests, whatever else this
/// host does.
const LIMIT_OF_GOOD: u64 = 300;

/// Commands of a trial: loaded, what is in use, unloaded.
const COMMANDS: usize = 3;

/// Words for a guest with a broken initrd: all self-tests, which need all of its files.
const TESTS: &str = "";

/// A trial that has ended.
pub struct Trial {
    pub number: u64,
    /// What was broken, and how.
    pub what: String,
    pub ending: Ending,
    /// Of one that ended as none may, the guest's last lines.
    pub last_lines: Vec<String>,
}

impl Trial {
    /// Lines that are kept of a guest that ended as none may.
    const LAST: usize = 80;

    fn new(number: u64, what: String, ending: Ending, lines: &[String]) -> Self {
        let kept = if ending.is_wrong() { Self::LAST } else { 0 };
        Self {
            number,
            what,
            last_lines: lines[lines.len().saturating_sub(kept)..].to_vec(),
            ending,
        }
    }
}

/// What the guests start from.
pub struct Machine<'a> {
    options: Options,
    archive: &'a [u8],
    seed: u64,
    /// Modules that a good run has loaded.
    loaded: BTreeSet<String>,
    /// A module's file and its name.
    modules: Vec<(String, Vec<u8>)>,
    /// What an initrd for broken modules has besides: what they may need.
    needed: Files,
}

/// Names of modules that were loaded, by the log.
fn names_loaded(lines: &[String]) -> impl DoubleEndedIterator<Item = &str> {
    lines.iter().filter_map(|line| {
        let (_, rest) = line.split_once("] module ")?;
        let (name, rest) = rest.split_once(": ")?;
        rest.starts_with("0x").then_some(name)
    })
}

/// The same, as a set.
fn loaded(lines: &[String]) -> BTreeSet<String> {
    names_loaded(lines).map(str::to_owned).collect()
}

fn verdict(purpose: Purpose, run: &Run) -> Verdict {
    let last_line = run.transcript.last_line();
    judge::judge(purpose, run.ending.clone(), &run.record, last_line)
}

/// Runs a guest to its end, unless a signal comes.
fn run(options: &Options, archive: &Initrd) -> Result<Run, Error> {
    let run = qemu::run_unseen(options, archive)?;
    match run.ending {
        judge::Ending::Interrupted(signal) => Err(Error::Interrupted { signal }),
        _ => Ok(run),
    }
}

/// Runs trials on two threads; they come back by number. An error of one ends all.
fn all(
    numbers: std::ops::Range<u64>,
    one: impl Fn(u64) -> Result<Vec<Trial>, Error> + Sync,
) -> Result<Vec<Trial>, Error> {
    let next = AtomicU64::new(numbers.start);
    let stop = || next.store(numbers.end, Ordering::Relaxed);
    let work = || {
        let mut ended = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= numbers.end {
                return Ok::<_, Error>(ended);
            }
            ended.extend(one(number).inspect_err(|_| stop())?);
        }
    };
    let mut ended = std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        let [one, other] =
            threads.map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        let mut ended = one?;
        ended.extend(other?);
        Ok::<_, Error>(ended)
    })?;
    ended.sort_by_key(|trial| trial.number);
    Ok(ended)
}

impl<'a> Machine<'a> {
    /// After a run with nothing broken, which has to pass.
    pub fn new(
        options: &Options,
        guest: &'a Guest,
        archive: &'a [u8],
        seed: u64,
    ) -> Result<Self, Error> {
        let options = Options {
            verb: None,
            quiet: true,
            timeout: NonZeroU64::new(LIMIT_OF_GOOD),
            ..options.clone()
        };
        let needed = initrd::contents(guest, &options)?;
        let mut machine = Self {
            options,
            archive,
            seed,
            loaded: BTreeSet::new(),
            modules: Vec::new(),
            needed,
        };
        let libraries = format!("{}/", layout::LIBRARIES);
        let is_needed = |path: &str| path == "System.map" || path.starts_with(&libraries);
        machine.needed.retain(|path, _| is_needed(path));
        let start = Instant::now();
        let run = machine.boot(TESTS, archive, initrd::sum(archive))?;
        let verdict = verdict(Purpose::SelfTests, &run);
        let limit = LIMIT.max(SLOWER * start.elapsed().as_secs());
        machine.options.timeout = NonZeroU64::new(limit);
        machine.loaded = loaded(&run.transcript.lines);
        if verdict.exit_code() != 0 || machine.loaded.is_empty() {
            let message = verdict.to_string();
            return Err(Error::Guest { message });
        }
        for name in &machine.loaded {
            let path = layout::release().join("modules").join(format!("{name}.ko"));
            let data = fs::read(&path).map_err(Error::file("read", &path))?;
            machine.modules.push((name.clone(), data));
        }
        Ok(machine)
    }

    fn random(&self, kind: u64, number: u64) -> Rng {
        let mixed = self.seed ^ (number * 3 + kind).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Rng::with_seed(mixed)
    }

    /// Runs a guest with this word and this archive, whose sum is given as that.
    fn boot(&self, line: &str, archive: &[u8], sum: u32) -> Result<Run, Error> {
        let options = Options {
            append: vec![line.to_owned()],
            ..self.options.clone()
        };
        run(&options, &initrd::of(archive, sum)?)
    }

    /// How a guest with these words and this archive ended, and its lines.
    fn self_tests(
        &self,
        line: &str,
        archive: &[u8],
        sum: u32,
    ) -> Result<(Ending, Vec<String>), Error> {
        match self.boot(line, archive, sum) {
            Ok(run) => {
                let verdict = verdict(Purpose::SelfTests, &run);
                let lines = run.transcript.lines;
                Ok((Ending::of(verdict, &lines), lines))
            }
            Err(Error::Qemu { message }) => Ok((Ending::NotStarted(message), Vec::new())),
            Err(error) => Err(error),
        }
    }

    /// Trials of broken initrds.
    pub fn archives(&self, extent: Extent) -> Result<Vec<Trial>, Error> {
        all(extent.numbers(extent.boots), |number| {
            let mut random = self.random(0, number);
            let (archive, what) = archives::broken(self.archive, &mut random);
            // Whoever changes a file on purpose makes the sum right.
            let of = match what.ends_with("with their sum") {
                true => &archive[..],
                false => self.archive,
            };
            let sum = initrd::sum(of);
            let (ending, lines) = self.self_tests(TESTS, &archive, sum)?;
            let (files, found) = (archives::paths(self.archive), archives::paths(&archive));
            let files = files.difference(&found);
            let loaded = loaded(&lines);
            let missing = self.loaded.difference(&loaded).chain(files);
            let missing: Vec<_> = missing.cloned().collect();
            let ending = match ending {
                Ending::Passed if !missing.is_empty() => {
                    Ending::FalsePass(format!("without {}", missing.join(", ")))
                }
                // Code of the module that was changed, whose sum was right.
                Ending::Hung(text) if self.changed(&what).any(|name| names(&lines, name)) => {
                    Ending::Looped(text)
                }
                ending => ending,
            };
            Ok(vec![Trial::new(number, what, ending, &lines)])
        })
    }

    /// Modules that the words on a change name.
    fn changed<'b>(&'b self, what: &'b str) -> impl Iterator<Item = &'b str> {
        let names = self.loaded.iter().map(String::as_str);
        names.filter(move |name| what.contains(&format!("/{name}.ko, with their sum")))
    }

    /// Trials of command lines.
    pub fn lines(&self, extent: Extent) -> Result<Vec<Trial>, Error> {
        all(extent.numbers(extent.boots), |number| {
            let line = lines::random(&mut self.random(1, number));
            let (ending, lines) = match Options::with_append(&line.text) {
                Err(error) => {
                    let text = error.to_string();
                    let first = text.lines().next().unwrap_or_default();
                    (Ending::NotStarted(first.to_owned()), Vec::new())
                }
                Ok(_) => self.self_tests(&line.text, self.archive, initrd::sum(self.archive))?,
            };
            let ending = match ending {
                Ending::Passed if !line.is_right => {
                    Ending::FalsePass("a word of it is wrong".to_owned())
                }
                ending => ending,
            };
            Ok(vec![Trial::new(number, line.text, ending, &lines)])
        })
    }

    /// Trials of broken modules, many a guest. One that ends its guest is known by the
    /// commands that came before; those behind it get another guest, as do those behind one
    /// that stays: what its threads do to others names nobody.
    pub fn modules(&self, extent: Extent) -> Result<Vec<Trial>, Error> {
        let end = extent.numbers(extent.modules).end;
        let guests = 0..extent.modules.div_ceil(A_GUEST);
        all(guests, |guest| {
            let first = extent.first + guest * A_GUEST;
            let mut rest: Vec<u64> = (first..end.min(first + A_GUEST)).collect();
            let mut ended = Vec::new();
            while !rest.is_empty() {
                let trials = self.modules_of_a_guest(&rest)?;
                rest.drain(..trials.len());
                ended.extend(trials);
            }
            Ok(ended)
        })
    }

    fn modules_of_a_guest(&self, numbers: &[u64]) -> Result<Vec<Trial>, Error> {
        let (mut files, mut commands) = (self.needed.clone(), Vec::new());
        let mut tried = Vec::new();
        for &number in numbers {
            let mut random = self.random(2, number);
            let (name, good) = &self.modules[random.usize(..self.modules.len())];
            let (data, what) = objects::broken(good, &mut random);
            files.insert(format!("{}/broken{number}.ko", layout::EXTRA), data);
            commands.push(format!("insmod broken{number}"));
            commands.push("meminfo".to_owned());
            // Its own name is the good one's, unless that was broken.
            commands.push(format!("rmmod {name}"));
            tried.push((number, name, what));
        }
        let given = commands.len();
        files.insert("run".to_owned(), (commands.join("\n") + "\n").into_bytes());
        let options = Options {
            run: Some(commands.join("; ")),
            ..self.options.clone()
        };
        let archive = initrd::archive_of(&files)?;
        let archive = initrd::of(&archive, initrd::sum(&archive))?;
        let run = run(&options, &archive)?;
        let lines = &run.transcript.lines;
        let mut done = run.record.commands.chunks(COMMANDS);
        let mut areas = lines.iter().filter(|line| line.starts_with("vmalloc: "));
        let mut before: Option<&String> = None;
        let mut ended = Vec::new();
        for (number, name, what) in tried {
            let what = format!("{name}: {what}");
            let result = done.next();
            let ending = match result {
                Some([insmod, _, rmmod]) => {
                    let now = areas.next();
                    let ending = match &insmod.result {
                        Ok(()) => Ending::Passed,
                        Err(error) if error.is_empty() => Ending::NoName("no reason".to_owned()),
                        Err(error) => lost(before, now, error),
                    };
                    // One that was loaded may have had others loaded, which stay.
                    before = now.filter(|_| insmod.result.is_err() && rmmod.result.is_err());
                    Some(ending)
                }
                // This one ended the guest.
                _ => None,
            };
            let goes_on = ending.is_some() && !result.is_some_and(stays);
            let ending = ending.unwrap_or_else(|| {
                let ending = Ending::of(verdict(Purpose::Commands(given), &run), lines);
                // The name that it has in its own file may be broken, too.
                let last = names_loaded(lines).next_back();
                let is_named = names(lines, name) || last.is_some_and(|last| names(lines, last));
                match ending {
                    Ending::Panicked(panic) if !is_named => Ending::NoReport(panic),
                    Ending::Hung(text) if is_named => Ending::Looped(text),
                    ending => ending,
                }
            });
            ended.push(Trial::new(number, what, ending, lines));
            if !goes_on {
                break;
            }
        }
        Ok(ended)
    }
}

/// Whether a module stays, after it was loaded, asked about and unloaded: by its own name, or
/// its init has left something that keeps it.
fn stays(commands: &[CommandResult]) -> bool {
    let [insmod, _, rmmod] = commands else {
        return false;
    };
    match &rmmod.result {
        Ok(()) => false,
        Err(error) => insmod.result.is_ok() || !error.contains("is not loaded"),
    }
}

/// How a module ended that was refused with this error: what the kernel says of its areas
/// must be as it was before.
fn lost(before: Option<&String>, now: Option<&String>, error: &str) -> Ending {
    match (before, now) {
        (_, None) => Ending::NoName("meminfo says nothing".to_owned()),
        // What its own code took, and gave back or not, is its own.
        _ if error.contains("its init returned") => Ending::Refused(error.to_owned()),
        (Some(before), Some(now)) if before != now => {
            Ending::Lost(format!("{error}; {now}, where there were {before}"))
        }
        _ => Ending::Refused(error.to_owned()),
    }
}

/// Whether a crash's report names the module; that it is loaded, as others are, names none.
fn names(lines: &[String], module: &str) -> bool {
    const LOADED: &str = "  modules:";
    let mut report = lines
        .iter()
        .skip_while(|line| !line.starts_with("panic: "))
        .filter(|line| !line.starts_with(LOADED));
    has_report(lines) && report.any(|line| line.contains(module))
}
