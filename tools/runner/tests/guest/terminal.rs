//! A pseudo-terminal, and a program on it that is typed to.

use crate::run::TestResult;
use libtest_mimic::Failed;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{InputModes, LocalModes, OutputModes, Winsize, tcgetattr, tcsetwinsize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, Command};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A program whose stdin, stdout and stderr are a terminal, its controlling one.
pub struct Terminal {
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    /// What was on the screen and hasn't been looked at.
    text: String,
    /// All that was on the screen.
    all: String,
    program: Child,
    /// Where it keeps what it remembers.
    _state: TempDir,
}

/// How a terminal treats what is typed and shown.
pub type Modes = (InputModes, OutputModes, LocalModes);

impl Terminal {
    /// Starts a program. It leads a session of its own, so that its terminal's Ctrl-C
    /// goes to it and to nobody else.
    pub fn start(command: &Command) -> Result<Self, Failed> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let path = ptsname(&master, Vec::new())?.into_string()?;
        let slave = OpenOptions::new().read(true).write(true).open(path)?;
        let mut session = Command::new("setsid");
        session.arg("--ctty").arg(command.get_program());
        session.args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            session.current_dir(folder);
        }
        let state = tempfile::tempdir()?;
        session.env("XDG_STATE_HOME", state.path());
        session.env("TERM", "xterm-256color");
        let given = command.get_envs();
        session.envs(given.filter_map(|(name, value)| Some((name, value?))));
        let program = session
            .stdin(slave.try_clone()?)
            .stdout(slave.try_clone()?)
            .stderr(slave)
            .spawn()?;
        let keyboard = File::from(master);
        let screen = keyboard.try_clone()?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || send(screen, &sender));
        Ok(Self {
            keyboard,
            screen: receiver,
            text: String::new(),
            all: String::new(),
            program,
            _state: state,
        })
    }

    /// Types; Enter is `\r`.
    pub fn type_text(&mut self, text: &str) -> TestResult {
        Ok(self.keyboard.write_all(text.as_bytes())?)
    }

    /// Waits until this is on the screen, behind what was looked at before.
    pub fn expect(&mut self, text: &str, limit: Duration) -> TestResult {
        let end = Instant::now() + limit;
        loop {
            if let Some(at) = self.text.find(text) {
                self.text.drain(..at + text.len());
                return Ok(());
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.screen.recv_timeout(left) {
                Ok(chunk) => self.show(&chunk),
                Err(_) => {
                    let within = limit.as_secs();
                    return self.fail(&format!("{text:?} didn't come within {within} s"));
                }
            }
        }
    }

    /// Makes the window so large, in characters.
    pub fn resize(&mut self, columns: u16, rows: u16) -> TestResult {
        let size = Winsize {
            ws_col: columns,
            ws_row: rows,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        Ok(tcsetwinsize(&self.keyboard, size)?)
    }

    /// The program's exit code, once it has ended.
    pub fn exit_code(&mut self, limit: Duration) -> Result<Option<i32>, Failed> {
        let end = Instant::now() + limit;
        loop {
            self.screen
                .try_iter()
                .collect::<Vec<_>>()
                .iter()
                .for_each(|chunk| self.show(chunk));
            if let Some(status) = self.program.try_wait()? {
                return Ok(status.code());
            }
            if end <= Instant::now() {
                self.fail(&format!("it didn't end within {} s", limit.as_secs()))?;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Fails unless the program ends with this code.
    pub fn must_exit(&mut self, code: i32, limit: Duration) -> TestResult {
        match self.exit_code(limit)? {
            Some(found) if found == code => Ok(()),
            found => self.fail(&format!("exit code {code} was expected, {found:?} came")),
        }
    }

    /// The terminal's modes now.
    pub fn modes(&self) -> Result<Modes, Failed> {
        let modes = tcgetattr(&self.keyboard)?;
        Ok((modes.input_modes, modes.output_modes, modes.local_modes))
    }

    /// Whether this was ever on the screen.
    pub fn was_shown(&self, text: &str) -> bool {
        self.all.contains(text)
    }

    fn show(&mut self, chunk: &[u8]) {
        let text = String::from_utf8_lossy(chunk);
        self.text += &text;
        self.all += &text;
    }

    fn fail(&self, what: &str) -> TestResult {
        Err(format!("{what}\n--- screen\n{}", self.all).into())
    }
}

impl Drop for Terminal {
    /// A program that a test gave up ends by the signal that closing its terminal
    /// sends; the runner ends its guest on that.
    fn drop(&mut self) {
        if let Ok(None) = self.program.try_wait() {
            let process = rustix::process::Pid::from_child(&self.program);
            // It may end by itself meanwhile.
            let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
            let _ = self.program.wait();
        }
    }
}

/// Sends what comes to the screen; ends when nobody holds the terminal any more.
fn send(mut screen: File, sender: &mpsc::Sender<Vec<u8>>) {
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = screen.read(&mut chunk) {
        if sender.send(chunk[..count].to_vec()).is_err() {
            break;
        }
    }
}
