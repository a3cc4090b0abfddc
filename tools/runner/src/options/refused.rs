//! What is refused of a command line that clap has read: what the verb has no use for, and
//! what couldn't reach the kernel.

use super::{Options, Verb};
use crate::verdict::token::Token;
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

/// Bytes of the kernel command line that reach the kernel: QEMU drops a longer one as a
/// whole, for `boot.rs` of the machine layer declares 4,096 bytes with the NUL.
pub(super) const COMMAND_LINE_LIMIT: usize = 4095;

impl Options {
    /// Reads a command line, its first word the program's name.
    pub(super) fn checked<I, T>(arguments: I) -> Result<Self, clap::Error>
    where
        I: IntoIterator<Item = T>,
        T: Into<std::ffi::OsString> + Clone,
    {
        let options = Self::try_parse_from(arguments)?;
        let wrong = |text: &str| Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        if options.verb == Some(Verb::Shell) && options.run.is_some() {
            return wrong("shell takes its commands from the terminal: --run has no place there");
        }
        if matches!(options.verb, Some(Verb::Soak { .. })) && options.run.is_some() {
            return wrong("soak runs a command of its own, not those of --run");
        }
        if matches!(options.verb, Some(Verb::Profile { .. })) {
            if options.run.is_some() {
                return wrong("profile takes its commands as its workload, not by --run");
            }
            if options.commands().is_empty() {
                return wrong("profile: the workload names no command");
            }
        }
        if options.is_contention() && options.run.is_some() {
            return wrong("bench --contention runs commands of its own, not those of --run");
        }
        if options.is_contention() && options.icount {
            return wrong("bench --contention is by the host's clock: --icount has no place there");
        }
        let is_reported = options.json.is_some() || options.junit.is_some();
        let boots_once = match options.verb {
            Some(Verb::Bench { .. }) => !options.is_contention(),
            Some(Verb::Profile { .. }) => false,
            _ => true,
        };
        if is_reported && !boots_once {
            return wrong("--json and --junit are of a run that is judged by its events alone");
        }
        if let Some(problem) = options.problem_of_bench() {
            return wrong(&problem);
        }
        if matches!(options.verb, Some(Verb::Test { .. })) && !options.all_default() {
            return wrong("test runs its own matrix of guests: it takes no options of theirs");
        }
        if matches!(options.verb, Some(Verb::Lessons { .. })) && !options.all_default() {
            return wrong("lessons boots guests of its own: it takes no options of theirs");
        }
        if options.verb == Some(Verb::LinuxSources) {
            let cc = None;
            let others = Self {
                cc,
                ..options.clone()
            };
            if !others.all_default() {
                return wrong("linux-sources boots guests of its own: it takes --cc alone");
            }
        }
        if options.verb == Some(Verb::Book) && !options.all_default() {
            return wrong("book boots no guest: it takes no options of one");
        }
        if matches!(options.verb, Some(Verb::Kit { .. })) && !options.all_default() {
            return wrong("kit is the same each time: it takes no options of a guest");
        }
        let is_linux = matches!(options.verb, Some(Verb::Linux { .. }));
        if is_linux && (options.run.is_some() || is_reported || !options.modules.is_empty()) {
            return wrong("linux runs commands of its own, on modules of its own");
        }
        if matches!(options.verb, Some(Verb::Lab { .. })) && !options.all_default() {
            return wrong("lab boots guests of its own: it takes no options of theirs");
        }
        if matches!(options.verb, Some(Verb::Fuzz { .. })) && !options.all_default() {
            return wrong("fuzz starts no guest: it takes no options of one");
        }
        if matches!(options.verb, Some(Verb::Hostile { .. })) && !options.all_default() {
            return wrong("hostile boots guests of its own: it takes no options of theirs");
        }
        if matches!(options.verb, Some(Verb::Report { from: Some(_), .. }))
            && !options.all_default()
        {
            return wrong("report --from boots nothing: it takes no options of a guest");
        }
        if matches!(options.verb, Some(Verb::Report { picture: true, .. }))
            && !options.all_default()
        {
            return wrong("report --picture boots a guest of its own: it takes no options of it");
        }
        if options.append.join(" ").matches('"').count() % 2 == 1 {
            return wrong("--append: a quote without its other would swallow the words behind it");
        }
        if matches!(options.verb, Some(Verb::Debug { core: Some(_), .. })) {
            let modules = Vec::new();
            let others = Self {
                modules,
                ..options.clone()
            };
            if !others.all_default() {
                return wrong("debug --core starts no machine: it takes no options of one");
            }
        }
        let append = options.append.iter();
        let words = append.flat_map(|words| words.split_ascii_whitespace());
        if let Some(word) = words
            .clone()
            .find(|word| word.starts_with(Token::PARAMETER))
        {
            let text = format!("--append {word}: this program chooses the run's token itself");
            return wrong(&text);
        }
        let bytes = options.command_line(&Token::new(0), 0).len();
        if bytes > COMMAND_LINE_LIMIT {
            let own = bytes - options.append.join(" ").len();
            return wrong(&format!(
                "the kernel command line has {bytes} bytes, of which {own} are this program's \
                 own; QEMU passes on at most {COMMAND_LINE_LIMIT}"
            ));
        }
        if options.run.is_some() && options.commands().is_empty() {
            return wrong("--run names no command");
        }
        Ok(options)
    }

    fn all_default(&self) -> bool {
        self.cpus.is_none()
            && self.cpu == "max"
            && self.memory.is_none()
            && self.append.is_empty()
            && self.modules.is_empty()
            && self.cc.is_none()
            && self.timeout.is_none()
            && self.run.is_none()
            && self.events.is_none()
            && self.json.is_none()
            && self.junit.is_none()
            && !self.icount
            && self.dump.is_none()
            && !self.quiet
            && !self.verbose
    }

    /// What `bench` has no use for where it boots guests of its own.
    fn problem_of_bench(&self) -> Option<String> {
        let Some(Verb::Bench {
            peer,
            plots,
            accept,
            document,
            contention: _,
        }) = self.verb
        else {
            return None;
        };
        // Others can be looked at, but what is kept is of these.
        let keeps = plots || document || (peer && accept);
        let given = [
            (self.run.is_some(), "--run"),
            (!self.append.is_empty(), "--append"),
            (!self.modules.is_empty(), "--module"),
            (self.events.is_some(), "--events"),
            (self.json.is_some(), "--json"),
            (self.junit.is_some(), "--junit"),
            (self.dump.is_some(), "--dump"),
            (keeps && self.cpus.is_some(), "--cpus"),
            (keeps && self.memory.is_some(), "--memory"),
            (keeps && self.cpu != "max", "--cpu"),
        ];
        let mut given = given.iter().filter(|(is_given, _)| *is_given);
        let (_, option) = given.next().filter(|_| peer || plots || document)?;
        Some(format!(
            "bench boots guests of its own for that, of shapes of its own: {option} has no \
             place there"
        ))
    }
}
