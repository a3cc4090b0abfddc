//! The editor's thread: reads a line each time that the guest waits for one, and sends it.

use super::presses::Presses;
use super::vocabulary::Vocabulary;
use crate::screen::{output, paint};
use rustix::process::{Signal, getpid, kill_process};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter, HistoryHinter};
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{ColorMode, CompletionType, Config, Context, Editor, Helper};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ChildStdin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What the guest is sent at the end of the input.
const END: &str = "poweroff";

/// What the first Ctrl-C comes to where no command runs.
pub const AGAIN: &str = "Ctrl-C again within a second ends the machine";

/// Lines that history keeps.
const HISTORY: usize = 10_000;

/// The editor with its keys, and what it completes by.
pub type LineEditor = Editor<Words, DefaultHistory>;

/// The editor, with the history of earlier sessions.
pub fn new(words: Words) -> rustyline::Result<LineEditor> {
    let colours = match paint::is_on_for_stdout() {
        true => ColorMode::Enabled,
        false => ColorMode::Disabled,
    };
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .completion_show_all_if_ambiguous(true)
        .color_mode(colours)
        .max_history_size(HISTORY)?
        .history_ignore_space(true)
        .build();
    let mut editor = LineEditor::with_config(config)?;
    editor.set_helper(Some(words));
    if let Some(path) = history_path() {
        // The first session has none.
        let _ = editor.load_history(&path);
    }
    Ok(editor)
}

/// Where history is kept, by the XDG base directory specification: it is state.
fn history_path() -> Option<PathBuf> {
    let folder = |name| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let state = folder("XDG_STATE_HOME");
    let state = state.or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    Some(state.join("qemu-run/history"))
}

/// The thread's side of a session.
pub struct Session {
    /// The editor.
    pub editor: LineEditor,
    /// The guest's console.
    pub guest: Arc<Mutex<ChildStdin>>,
    /// The guest waits for a line.
    pub waits: Receiver<()>,
    /// A line is being edited.
    pub is_editing: Arc<AtomicBool>,
    /// A line is being carried out.
    pub is_running: Arc<AtomicBool>,
    /// Lines that are still to be sent are to be dropped.
    pub is_interrupted: Arc<AtomicBool>,
    /// Ctrl-C.
    pub presses: Arc<Presses>,
}

impl Session {
    /// Sends lines until the guest has ended.
    pub fn run(mut self) {
        // Lines that were pasted.
        let mut pending = VecDeque::new();
        while self.waits.recv().is_ok() {
            self.is_running.store(false, Ordering::SeqCst);
            if self.is_interrupted.swap(false, Ordering::SeqCst) {
                pending.clear();
            }
            let line = match pending.pop_front() {
                Some(line) => {
                    // What is sent is shown, as what is typed is.
                    output::line!("> {line}");
                    line
                }
                None => {
                    pending = self.read();
                    let Some(line) = pending.pop_front() else {
                        return;
                    };
                    line
                }
            };
            self.presses.forget();
            self.is_running.store(true, Ordering::SeqCst);
            let mut guest = self.guest.lock().unwrap_or_else(PoisonError::into_inner);
            // QEMU has ended, or is about to.
            if writeln!(guest, "{line}")
                .and_then(|()| guest.flush())
                .is_err()
            {
                return;
            }
        }
    }

    /// Lines that a person typed, none of them empty; none at all at the machine's end.
    fn read(&mut self) -> VecDeque<String> {
        loop {
            // Seen by programs that wait for a prompt; the editor draws over it.
            let _ = write!(io::stdout(), "> ").and_then(|()| io::stdout().flush());
            self.is_editing.store(true, Ordering::SeqCst);
            let read = self.editor.readline("> ");
            self.is_editing.store(false, Ordering::SeqCst);
            let text = match read {
                Ok(text) => text,
                Err(ReadlineError::Interrupted) => {
                    if self.presses.pressed(Instant::now()) {
                        // To this program, which ends the machine then.
                        let _ = kill_process(getpid(), Signal::INT);
                        return VecDeque::new();
                    }
                    output::message!("{AGAIN}");
                    continue;
                }
                Err(_) => {
                    output::line!("{END}");
                    return VecDeque::from([END.to_owned()]);
                }
            };
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            let lines: VecDeque<String> = lines.map(str::to_owned).collect();
            for line in &lines {
                self.keep(line);
            }
            if !lines.is_empty() {
                return lines;
            }
        }
    }

    /// Puts a line into history, and into its file.
    fn keep(&mut self, line: &str) {
        let is_new = self.editor.add_history_entry(line).unwrap_or(false);
        if let (true, Some(path)) = (is_new, history_path()) {
            // Who has no place for it has no history.
            let _ = path.parent().map(fs::create_dir_all);
            let _ = append(&mut self.editor, &path);
        }
    }
}

fn append(editor: &mut LineEditor, path: &Path) -> rustyline::Result<()> {
    editor.append_history(path)
}

/// What the editor knows of the words of a line.
pub struct Words(pub Arc<Mutex<Vocabulary>>);

impl Words {
    fn with<R>(&self, look: impl FnOnce(&Vocabulary) -> R) -> R {
        look(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Helper for Words {}

impl Validator for Words {}

impl Completer for Words {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let (start, mut candidates) = self.with(|vocabulary| vocabulary.complete(&line[..pos]));
        if let [word] = candidates.as_mut_slice()
            && !line[pos..].starts_with(' ')
        {
            // The next word can be typed at once.
            word.push(' ');
        }
        Ok((start, candidates))
    }
}

/// What is shown behind the cursor.
pub struct Suggestion {
    text: String,
    /// It is a line that was typed before: Right, or End, takes it.
    is_line: bool,
}

impl Hint for Suggestion {
    fn display(&self) -> &str {
        &self.text
    }

    fn completion(&self) -> Option<&str> {
        self.is_line.then_some(&self.text)
    }
}

impl Hinter for Words {
    type Hint = Suggestion;

    fn hint(&self, line: &str, pos: usize, context: &Context<'_>) -> Option<Suggestion> {
        if pos < line.len() {
            return None;
        }
        let before = HistoryHinter::new().hint(line, pos, context);
        let before = before.map(|text| Suggestion {
            text,
            is_line: true,
        });
        before.or_else(|| {
            let text = self.with(|vocabulary| vocabulary.hint(line))?;
            Some(Suggestion {
                text,
                is_line: false,
            })
        })
    }
}

impl Highlighter for Words {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let commands = line.split(';').map(|command| {
            let rest = command.trim_start();
            let blanks = &command[..command.len() - rest.len()];
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (name, arguments) = rest.split_at(end);
            let style = match self.with(|vocabulary| vocabulary.is_command(name)) {
                true => paint::GOOD,
                false => paint::BAD,
            };
            format!("{blanks}{style}{name}{style:#}{arguments}")
        });
        commands.collect::<Vec<_>>().join(";").into()
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        paint::styled(paint::DIM, hint).into()
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}
