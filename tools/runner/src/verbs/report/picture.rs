//! The README's picture: one access from far away, with the numbers of a run.
//!
//! ```text
//!  0 ──[handle, copies]──────────── to scale ───────────────[ module ]── 3 TiB
//!            ◄─ ─ ─ ─ ─ ─ ─ ─ 2,047.9 GiB: out of reach ─ ─ ─ ─ ┘
//!  instruction ──► slot ──► handle ──► + offset of the CPU ──► copy
//! ```
//!
//! `report --picture` runs a guest, keeps the lines that it is drawn from in
//! `docs/pictures/access.jsonl`, and draws it; a test draws it again.

use super::lines::{self, Line};
use crate::build::layout;
use crate::build::toolchain::Toolchain;
use crate::error::Error;
use crate::guest::script;
use crate::options::Options;
use crate::{build, screen::output};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// What is run for it.
const COMMANDS: &str = "insmod counter; call counter_hit; call @1 counter_hit; \
    call @1 counter_hit; call @0 counter_hit; call @1 counter_hit";

/// The CPU whose copy is shown: its prefix isn't 0.
const CPU: u64 = 1;

/// Of the picture, in pixels.
const WIDTH: f64 = 920.0;
const HEIGHT: f64 = 346.0;
const MARGIN: f64 = 20.0;

/// Colours by meaning, light and dark, as the page of `report` has them.
const STYLE: &str = "\
text{font:13px system-ui,'Segoe UI','DejaVu Sans',sans-serif;fill:#1b1d21}\
.mono{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:12.5px}\
.big{font-size:16px}.title{font-size:16px;font-weight:600}.faint{fill:#565b63}.b{font-weight:600}\
.paper{fill:#fcfcfb}.ground{fill:#f3f3f0;stroke:#d0d1cc}.line{stroke:#85888e;fill:none}\
.code{fill:#1a56b0}.slot{fill:#875200}.handle{fill:#6a35b1}.offset{fill:#08676e}.copy{fill:#22682a}.bad{fill:#b0231b}\
.wcode{fill:#dde8f8}.wslot{fill:#fbe8c4}.whandle{fill:#ece2f9}.woffset{fill:#d5eef0}.wcopy{fill:#d9efd9}\
.away{stroke:#b0231b;fill:none;stroke-dasharray:6 4;stroke-width:1.6}\
@media(prefers-color-scheme:dark){text{fill:#e8e8e4}.faint{fill:#a9aeb7}\
.paper{fill:#15171b}.ground{fill:#1f2228;stroke:#3b3f47}.line{stroke:#7d828b}\
.code{fill:#92bcff}.slot{fill:#f2bc63}.handle{fill:#c8abff}.offset{fill:#72d4da}.copy{fill:#90d797}.bad{fill:#ff968d}\
.wcode{fill:#1d2f4d}.wslot{fill:#43320f}.whandle{fill:#352652}.woffset{fill:#123c40}.wcopy{fill:#1c3a20}\
.away{stroke:#ff968d}}";

fn folder() -> PathBuf {
    layout::root().join("docs/pictures")
}

/// Runs a guest for it, and draws it.
///
/// # Errors
/// If the guest can't be started, or doesn't report what is to be drawn; if a file can't be
/// written.
pub fn make(toolchain: Toolchain, options: &Options) -> Result<(), Error> {
    let events = tempfile::NamedTempFile::new();
    let events = events.map_err(Error::file("create", Path::new("a file")))?;
    let options = Options {
        verb: None,
        append: vec!["details".to_owned()],
        run: Some(COMMANDS.to_owned()),
        events: Some(events.path().to_owned()),
        icount: true,
        ..options.clone()
    };
    script::run(&build::guest(toolchain, options.compiler())?, &options)?;
    let text = fs::read_to_string(events.path());
    let text = text.map_err(Error::file("read", events.path()))?;
    let access = Access::of(&lines::kept(&text)).ok_or(Error::Unmeasured {
        verdict: "it doesn't report the access that the picture is of".to_owned(),
    })?;
    let write = |name: &str, text: &str| {
        let path = folder().join(name);
        fs::write(&path, text).map_err(Error::file("write", &path))
    };
    fs::create_dir_all(folder()).map_err(Error::file("create", &folder()))?;
    write("access.jsonl", &access.lines())?;
    write("access.svg", &access.svg())?;
    output::message!("drawn: docs/pictures/access.svg");
    Ok(())
}

/// An access, as a run reports it.
struct Access(Vec<Line>);

impl Access {
    /// The first of `counter_hit`.
    fn of(lines: &[Line]) -> Option<Self> {
        let of = |kind: &'static str| lines.iter().filter(move |line| line.word("event") == kind);
        let region = of("region").find(|line| line.word("name").starts_with("vmalloc"))?;
        let way = of("relocation").find(|line| {
            line.word("function").starts_with("counter_hit+") && line.event["slot"].is_u64()
        })?;
        let slot = of("slot").find(|slot| slot.event["address"] == way.event["slot"])?;
        let handle = &slot.event["value"];
        let variable = of("variable").find(|line| line.event["handle"] == *handle)?;
        let cpu = of("cpu").find(|cpu| cpu.event["number"] == CPU)?;
        let copy =
            of("copy").find(|copy| copy.event["handle"] == *handle && copy.event["cpu"] == CPU)?;
        let lines = [region, way, slot, variable, cpu, copy];
        Some(Self(lines.map(Line::clone).to_vec()))
    }

    /// The lines, without the run's token.
    fn lines(&self) -> String {
        let mut text = String::new();
        for line in &self.0 {
            let mut event = line.event.clone();
            if let Some(members) = event.as_object_mut() {
                members.remove("token");
            }
            // Writing to a string can't fail.
            let _ = writeln!(text, "{event}");
        }
        text
    }

    fn number(&self, line: usize, member: &str) -> u64 {
        self.0[line].event[member].as_u64().unwrap_or_default()
    }

    fn svg(&self) -> String {
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\n\
             <title>How an instruction of a module reaches a CPU's copy of a per-CPU \
             variable</title>\n<style>{STYLE}</style>\n\
             <rect class=\"paper\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"8\"/>\n"
        );
        self.axis(&mut text);
        self.stations(&mut text);
        text.push_str("</svg>\n");
        text
    }

    /// All that is used, to scale: the module, and what it must reach.
    fn axis(&self, text: &mut String) {
        let (start, end) = (self.number(0, "start"), self.number(0, "end"));
        let code = self.number(1, "address") - 2;
        let handle = self.number(2, "value");
        let last = end as f64 * 1.04;
        let x = |at: u64| MARGIN + (WIDTH - 2.0 * MARGIN) * at as f64 / last;
        let (top, height) = (62.0, 40.0);
        let right = WIDTH - MARGIN;
        let gibibytes = ((code - handle) * 10) >> 30;
        let away = format!(
            "{},{:03}.{} GiB",
            gibibytes / 10000,
            gibibytes / 10 % 1000,
            gibibytes % 10
        );
        let reach = x(code + (4 << 30)) - x(code - (4 << 30));
        let _ = writeln!(
            text,
            "<text class=\"title\" x=\"{MARGIN}\" y=\"30\">One access from far away: \
             {} in module {}</text>\n\
             <text class=\"faint\" x=\"{MARGIN}\" y=\"52\">all addresses that are used, to \
             scale</text>\n\
             <rect class=\"ground\" x=\"{MARGIN}\" y=\"{top}\" width=\"{:.1}\" height=\"{height}\"/>\n\
             <rect class=\"wcode\" x=\"{:.1}\" y=\"{top}\" width=\"{:.1}\" height=\"{height}\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\">the module area, from 2 TiB on</text>\n\
             <rect class=\"copy\" x=\"{:.1}\" y=\"{top}\" width=\"3\" height=\"{height}\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\">kernel, handles, first copies</text>\n\
             <rect class=\"code\" x=\"{:.1}\" y=\"{:.1}\" width=\"{reach:.1}\" height=\"{:.1}\"/>",
            self.0[3].word("name"),
            self.0[1].word("module"),
            right - MARGIN,
            x(start),
            x(end) - x(start),
            x(start) + 12.0,
            top + 25.0,
            x(handle),
            x(handle) + 10.0,
            top + 25.0,
            x(code - (4 << 30)),
            top - 6.0,
            height + 12.0,
        );
        let y = top + height + 30.0;
        let _ = writeln!(
            text,
            "<path class=\"away\" d=\"M{:.1},{y} H{:.1}\"/>\n\
             <path class=\"bad\" d=\"M{:.1},{y} l9,-5 v10 z\"/>\n\
             <text class=\"b bad\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{away}: out of \
             reach of larl</text>\n\
             <text class=\"b code\" x=\"{:.1}\" y=\"{:.1}\">reach of the instruction: 4 GiB either \
             way</text>\n\
             <path class=\"line\" d=\"M{:.1},{:.1} V{:.1}\"/>",
            x(code) - 4.0,
            x(handle) + 6.0,
            x(handle) + 2.0,
            (x(code) + x(handle)) / 2.0,
            y - 7.0,
            x(code) + 8.0,
            y + 4.0,
            x(code),
            top + height + 8.0,
            y + 8.0,
        );
    }

    /// The way that it takes.
    fn stations(&self, text: &mut String) {
        let hex = |line, member| format!("{:#x}", self.number(line, member));
        let (code, slot) = (self.number(1, "address") - 2, self.number(2, "address"));
        let bytes = pairs(self.0[1].word("code"));
        let value = self.0[5].word("value");
        let count = u64::from_str_radix(value, 16).unwrap_or_default();
        let byte = self.number(4, "prefix") + 816;
        let distance = slot.abs_diff(code);
        let place = self.0[1]
            .word("function")
            .split('+')
            .next()
            .unwrap_or_default();
        let stations: [(&str, &str, [String; 5]); 5] = [
            (
                "code",
                "instruction",
                [
                    format!("~{place}"),
                    "at".to_owned(),
                    format!("!{code:#x}"),
                    format!("!{bytes}"),
                    "!lgrl %r0,slot".to_owned(),
                ],
            ),
            (
                "slot",
                "GOT slot",
                [
                    format!("{},{:03} bytes away", distance / 1000, distance % 1000),
                    "at".to_owned(),
                    format!("!{slot:#x}"),
                    "holds".to_owned(),
                    format!("#{}", hex(2, "value")),
                ],
            ),
            (
                "handle",
                "handle",
                [
                    "for the variable;".to_owned(),
                    "no copy lies there".to_owned(),
                    String::new(),
                    "is".to_owned(),
                    format!("#{}", hex(2, "value")),
                ],
            ),
            (
                "offset",
                "+ offset of CPU 1",
                [
                    "its lowcore, byte 816,".to_owned(),
                    "by prefixing at".to_owned(),
                    format!("!{byte:#x}"),
                    "holds".to_owned(),
                    format!("#{}", hex(4, "offset")),
                ],
            ),
            (
                "copy",
                "copy of CPU 1",
                [
                    "the sum: its own".to_owned(),
                    "at".to_owned(),
                    format!("!{}", hex(5, "address")),
                    "holds".to_owned(),
                    format!("#{count}"),
                ],
            ),
        ];
        let (gap, top, height) = (26.0, 170.0, 156.0);
        let width = (WIDTH - 2.0 * MARGIN - 4.0 * gap) / 5.0;
        for ((kind, title, lines), number) in stations.into_iter().zip(0u8..) {
            let x = MARGIN + f64::from(number) * (width + gap);
            let _ = writeln!(
                text,
                "<rect class=\"w{kind}\" x=\"{x:.1}\" y=\"{top}\" width=\"{width:.1}\" \
                 height=\"{height}\"/><rect class=\"{kind}\" x=\"{x:.1}\" y=\"{top}\" \
                 width=\"{width:.1}\" height=\"4\"/>\n\
                 <text class=\"b {kind}\" x=\"{:.1}\" y=\"{:.1}\">{title}</text>",
                x + 10.0,
                top + 26.0
            );
            if number > 0 {
                let (x, y) = (x - gap + 5.0, top + 21.0);
                let _ = writeln!(
                    text,
                    "<path class=\"line\" d=\"M{x:.1},{y} h14\"/><path class=\"faint\" \
                     d=\"M{:.1},{y} l-7,-4 v8 z\"/>",
                    x + 17.0
                );
            }
            for (line, row) in lines.iter().zip(0u8..) {
                let (class, words) = match line.split_at_checked(1) {
                    Some(("!", words)) => ("mono".to_owned(), words),
                    Some(("#", words)) => (format!("mono big {kind}"), words),
                    Some(("~", words)) => ("b".to_owned(), words),
                    _ => ("faint".to_owned(), line.as_str()),
                };
                if words.is_empty() {
                    continue;
                }
                let _ = writeln!(
                    text,
                    "<text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\">{words}</text>",
                    x + 10.0,
                    top + 50.0 + 22.0 * f64::from(row)
                );
            }
        }
    }
}

/// Hexadecimal digits, byte by byte.
fn pairs(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 2 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_is_of_its_lines() {
        let read = |name| fs::read_to_string(folder().join(name)).unwrap();
        let access = Access::of(&lines::read(&read("access.jsonl")));
        let access = access.expect("the lines of an access");
        assert_eq!(
            access.svg(),
            read("access.svg"),
            "report --picture draws it anew"
        );
        assert_eq!(access.lines(), read("access.jsonl"));
        // The way adds up.
        let number = |line, member| access.number(line, member);
        let sum = number(2, "value").wrapping_add(number(4, "offset"));
        assert_eq!(sum, number(5, "address"));
        assert_eq!(number(1, "slot"), number(2, "address"));
        assert!(number(1, "address") - number(2, "value") > 4 << 30);
    }
}
