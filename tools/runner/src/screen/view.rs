//! What is shown of the guest's text.

use super::paint;
use super::sink::Sink;
use super::transcript::Weight;
use std::io;

/// How much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// Nothing.
    Nothing,
    /// What failed.
    Failures,
    /// That, the results, and what a run is to show.
    Results,
    /// All of it.
    #[default]
    All,
}

/// The way to stdout.
pub struct View {
    shown: Shown,
    /// Lines are shown when they are whole, and in colours.
    paints: bool,
    output: Sink,
}

impl View {
    /// A view of so much, by `output`. Colours are for whole lines: not for a console that is
    /// typed at.
    pub fn new(shown: Shown, paints: bool, output: Sink) -> Self {
        Self {
            shown,
            paints,
            output,
        }
    }

    /// Bytes of the console, as they came.
    pub fn bytes(&mut self, bytes: &[u8]) {
        if self.shown == Shown::All && !self.paints {
            self.output.write(bytes);
        }
    }

    /// A line that is whole, what it is, and lines before it that belong to it.
    pub fn line(&mut self, line: &str, weight: Weight, before: &[String]) {
        match (self.shown, weight) {
            (Shown::All, _) if self.paints => self.write(line),
            (Shown::Failures, Weight::Failure) => self.write(line),
            (Shown::Results, Weight::Failure | Weight::Result) => {
                before.iter().for_each(|line| self.write(line));
                self.write(line);
            }
            _ => {}
        }
    }

    fn write(&mut self, line: &str) {
        let text = match self.paints {
            true => format!("{}\n", paint::line(line)),
            false => format!("{line}\n"),
        };
        self.output.write(text.as_bytes());
    }

    /// Whether more waits than should.
    pub fn is_behind(&mut self) -> bool {
        self.output.is_behind()
    }

    /// Whether everything is shown, or lost; nothing may be shown any more.
    pub fn is_done(&mut self) -> bool {
        self.output.is_done()
    }

    /// Why something was lost, if it was.
    pub fn result(self) -> io::Result<()> {
        self.output.result()
    }
}
