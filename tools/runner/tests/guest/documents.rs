//! Every command of README and docs, run as it stands there.
//!
//! Taken are the lines of blocks marked `sh`, code spans that begin as a command of this
//! project, and the examples of `--help`. Each is run by bash in the source tree, and its
//! exit code looked at:
//!
//! ```text
//!  ./qemu-run.sh --append selftest=ending.panic    # a crash: exit 3
//!                                                             ^ the code; otherwise 0
//!  FILE.c, FILE.ko, FILE    a module in C, one that is built, its name
//!  percpu c00108            an address of another build's: one of this build's
//!  ./qemu-run.sh shell      on a terminal, typed to
//!  ./qemu-run.sh debug      let go by gdb's protocol
//! ```
//!
//! Commands that can't be run here are in [`EXCEPTIONS`], and nowhere else.

use crate::crafted;
use crate::host::Cpus;
use crate::peer;
use crate::run::{Run, TestResult, bash, command, release, root, runner};
use crate::terminal::Terminal;
use libtest_mimic::Failed;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// Commands that aren't run, and why.
const EXCEPTIONS: [(&str, &str); 19] = [
    ("./qemu-run.sh test", "it is the gate, which runs this"),
    (
        "./qemu-run.sh test --all",
        "it is the gate, which runs this",
    ),
    (
        "./qemu-run.sh fuzz --seconds 600",
        "a stage of `test --all` runs it for less",
    ),
    ("cargo test", "it is the gate's stage of host tests"),
    (
        "./qemu-run.sh lessons --update",
        "it writes docs/thread.md and docs/monitor.md",
    ),
    (
        "./qemu-run.sh bench --document",
        "it writes docs/performance.md, and what that is made of",
    ),
    (
        peer::BESIDE_LINUX,
        "peer::beside_linux runs it for `test --all`, and looks at its rows",
    ),
    (
        "./qemu-run.sh linux",
        "linux::live runs it, where Debian's packages can be had",
    ),
    (
        "./qemu-run.sh linux crc16 v4l2_dv_timings",
        "linux::some runs it, where Debian's packages can be had",
    ),
    (
        "./qemu-run.sh linux --why zsmalloc",
        "linux::why runs it, where Debian's packages can be had",
    ),
    (
        "./qemu-run.sh linux --why",
        "linux::why runs it, where Debian's packages can be had",
    ),
    ("./qemu-run.sh linux --update", "it writes docs/linux.md"),
    (
        "./qemu-run.sh book",
        "book::pages runs it where mdBook is, book::fetched for `test --all`",
    ),
    (
        "./qemu-run.sh lab 1",
        "labs::1-hop grades it, in folders of its own: a person's may be solved",
    ),
    (
        "./qemu-run.sh kit",
        "kit::runs_elsewhere makes and uses one for `test --all`",
    ),
    (
        "./qemu-run.sh kit --with-packages",
        "kit::runs_elsewhere makes one for `test --all`, where Debian's packages can be had",
    ),
    (
        "./qemu-run.sh linux-sources",
        "linux_sources::all runs it for `test --all`, and looks at its rows",
    ),
    (
        "./qemu-run.sh debug --core target/core",
        "debugger::crash_dump opens a core of its own",
    ),
    (
        crafted::ROUNDS,
        "crafted::rounds_do_not_slow runs it, and looks at its figures",
    ),
];

/// What a code span begins with that is a command.
const PROGRAMS: [&str; 3] = ["./qemu-run.sh", "cargo ", "s390x-linux-gnu-"];

/// Monitor commands whose argument is an address.
const TAKE_ADDRESSES: [&str; 1] = ["percpu"];

/// How long a session may take to its prompt, or to its end.
const SESSION: Duration = Duration::from_secs(60);

/// A command of a document.
#[derive(Clone, Debug)]
pub struct Documented {
    /// The document, from the source tree's root.
    document: String,
    /// The command, without its comment.
    text: String,
    /// The exit code that its comment promises.
    code: i32,
}

impl Documented {
    fn new(document: &str, line: &str) -> Option<Self> {
        let (text, comment) = split_comment(line);
        let text = text.trim();
        (!text.is_empty()).then(|| Self {
            document: document.to_owned(),
            text: text.to_owned(),
            code: promised(comment),
        })
    }

    /// The trial's name.
    pub fn name(&self) -> String {
        format!("{}: {}", self.document, self.text)
    }

    /// Whether it is this line, which is to pass.
    pub fn passes(&self, line: &str) -> bool {
        self.text == line && self.code == 0
    }

    /// Runs it.
    pub fn check(&self) -> TestResult {
        if self.text.starts_with("./qemu-run.sh shell") {
            return self.shell();
        }
        if self.text.starts_with("./qemu-run.sh debug") {
            return self.debug();
        }
        let folder = tempfile::tempdir()?;
        let text = with_fixtures(&self.text, folder.path())?;
        let (text, variable) = match with_address(&text)? {
            Some((text, variable)) => (text, Some(variable)),
            None => (text, None),
        };
        let is_guest = text.starts_with("./qemu-run.sh") || text == "cargo run";
        let cpus = is_guest.then(|| Cpus::of(text.split_whitespace()));
        let run = Run::of(&bash(&text).output()?);
        drop(cpus);
        run.must_exit(self.code)?;
        match variable {
            Some(name) => run.must(
                !run.lines_with(&[&name]).is_empty(),
                &format!("{text}: the address is one of {name}"),
            ),
            None => Ok(()),
        }
    }

    fn shell(&self) -> TestResult {
        let mut terminal = Terminal::start(&bash(&self.text))?;
        terminal.expect("\n> ", SESSION)?;
        terminal.type_text("lsmod\r")?;
        terminal.expect("counter ", SESSION)?;
        terminal.type_text("poweroff\r")?;
        terminal.must_exit(self.code, SESSION)
    }

    /// Lets the guest go, as gdb's `continue` does.
    fn debug(&self) -> TestResult {
        let mut child = bash(&self.text)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut stderr = BufReader::new(child.stderr.take().expect("the pipe asked for"));
        let mut text = String::new();
        let port = loop {
            let start = text.len();
            if stderr.read_line(&mut text)? == 0 {
                return Err(format!("no command for gdb: {text}").into());
            }
            let port = text[start..].split_once("target remote 127.0.0.1:");
            if let Some((port, _)) = port.and_then(|(_, rest)| rest.split_once('\'')) {
                break port.parse()?;
            }
        };
        let mut gdb = connect(port)?;
        gdb.write_all(b"$c#63")?;
        // Until the guest has ended.
        let _ = gdb.read_to_end(&mut Vec::new());
        stderr.read_to_string(&mut text)?;
        match child.wait()?.code() {
            Some(code) if code == self.code => Ok(()),
            code => Err(format!("exit code {code:?}: {text}").into()),
        }
    }
}

/// QEMU listens a moment after its command was printed.
fn connect(port: u16) -> Result<TcpStream, Failed> {
    for _ in 0..100 {
        if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) {
            return Ok(stream);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err("QEMU doesn't wait for gdb".into())
}

/// Runs a line in the source tree.
/// A line and its comment: from the `#` on that begins a word, outside of quotes.
fn split_comment(line: &str) -> (&str, &str) {
    let (mut quote, mut before) = (None, ' ');
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            (None, '#') if before.is_whitespace() => return line.split_at(at),
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
        before = letter;
    }
    (line, "")
}

/// The exit code of a comment that ends in `exit N`.
fn promised(comment: &str) -> i32 {
    let mut words = comment.split_whitespace().rev();
    match (words.next(), words.next()) {
        (Some(code), Some("exit")) => code.parse().unwrap_or(0),
        _ => 0,
    }
}

/// The Markdown files of the root and of docs.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("docs")];
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let is_document = |path: &Path| path.extension().is_some_and(|extension| extension == "md");
    let in_root = entries(&root()).map(|entry| entry.path());
    found.extend(in_root.filter(|path| is_document(path)));
    while let Some(folder) = folders.pop() {
        for path in entries(&folder).map(|entry| entry.path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if is_document(&path) => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

/// The commands of one document.
fn in_document(name: &str, text: &str) -> Vec<Documented> {
    let mut found = Vec::new();
    let mut block = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) if &*kind == "sh" => {
                block = Some(String::new());
            }
            Event::Text(text) => {
                if let Some(block) = &mut block {
                    *block += &text;
                }
            }
            Event::End(TagEnd::CodeBlock) => {
                let text = block.take().unwrap_or_default().replace("\\\n", " ");
                found.extend(text.lines().filter_map(|line| Documented::new(name, line)));
            }
            Event::Code(text) if PROGRAMS.iter().any(|program| text.starts_with(program)) => {
                found.extend(Documented::new(name, &text));
            }
            _ => {}
        }
    }
    found
}

/// Every command, each once.
fn all() -> Vec<Documented> {
    let mut found = Vec::new();
    for path in documents() {
        let name = path
            .strip_prefix(root())
            .unwrap_or(&path)
            .display()
            .to_string();
        let text = fs::read_to_string(&path).unwrap_or_default();
        found.extend(in_document(&name, &text));
    }
    let help = command(&["--help"])
        .output()
        .map(|output| Run::of(&output).stdout);
    let help = help.unwrap_or_default();
    let examples = help.lines().skip_while(|line| *line != "Examples:").skip(1);
    found.extend(examples.filter_map(|line| Documented::new("--help", line)));
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|documented| seen.insert(documented.text.clone()));
    found
}

fn exception(documented: &Documented) -> Option<&'static str> {
    let exceptions = EXCEPTIONS.iter();
    let mut named = exceptions.filter(|(text, _)| documented.text == *text);
    named.next().map(|(_, reason)| *reason)
}

/// Every command that is run.
pub fn commands() -> Vec<Documented> {
    let mut commands = all();
    commands.retain(|documented| exception(documented).is_none());
    commands
}

/// Commands are found, and each exception is a command that is still there.
pub fn exceptions_are_in_the_text() -> TestResult {
    let all = all();
    for (text, reason) in EXCEPTIONS {
        if !all.iter().any(|documented| documented.text == text) {
            return Err(format!("no document has `{text}` ({reason})").into());
        }
    }
    for document in ["README.md", "--help", "docs/control-channel.md"] {
        if !all.iter().any(|documented| documented.document == document) {
            return Err(format!("no command in {document}").into());
        }
    }
    let example = "# T\n`cargo x`\n```sh\n# only a comment\na 'b # c' # a crash: exit 3\nd \\\n e\n```\n```text\nf\n```\n";
    let found = in_document("d", example);
    let found: Vec<(&str, i32)> = found
        .iter()
        .map(|one| (one.text.as_str(), one.code))
        .collect();
    assert_eq!(found, [("cargo x", 0), ("a 'b # c'", 3), ("d   e", 0)]);
    Ok(())
}

/// Texts of all sources below a folder, one after another.
fn sources(folder: &Path) -> Result<String, Failed> {
    let mut text = String::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                text += &fs::read_to_string(path)?;
            }
        }
    }
    Ok(text)
}

/// Each test and each file that docs/machine-cases.md names is there.
pub fn machine_cases_are_tested() -> TestResult {
    let self_tests = sources(&root().join("kernel/src"))?;
    let trials = fs::read_to_string(root().join("tools/runner/tests/guest.rs"))?;
    let is_name = |text: &str| {
        let plain = |letter: char| letter.is_ascii_lowercase() || "_0123456789".contains(letter);
        !text.is_empty() && text.chars().all(plain)
    };
    let text = fs::read_to_string(root().join("docs/machine-cases.md"))?;
    let mut found = 0;
    for event in Parser::new_ext(&text, pulldown_cmark::Options::ENABLE_TABLES) {
        let Event::Code(span) = event else { continue };
        let is_there = match (span.split_once("::"), span.split_once('.')) {
            (Some((module, function)), _) if is_name(module) && is_name(function) => {
                trials.contains(&*span)
            }
            _ if span.contains('/') => root().join(&*span).exists(),
            (None, Some((group, name))) if is_name(group) && is_name(name) => {
                self_tests.contains(&format!("\"{span}\""))
            }
            _ => continue,
        };
        if !is_there {
            return Err(format!("docs/machine-cases.md: `{span}` isn't there").into());
        }
        found += 1;
    }
    match found {
        0..50 => Err(format!("docs/machine-cases.md names only {found} tests and files").into()),
        _ => Ok(()),
    }
}

const MODULE: &str = "
#include <linux/module.h>
#include <linux/percpu.h>
static DEFINE_PER_CPU(int, hits);
static int __init begin(void) { this_cpu_inc(hits); return 0; }
static void __exit end(void) { }
module_init(begin);
module_exit(end);
MODULE_LICENSE(\"GPL\");
";

/// Placeholders stand for files in the folder: FILE.c and FILE.ko, and FILE for the name
/// of either, or for a file that is written where neither is.
fn with_fixtures(text: &str, folder: &Path) -> Result<String, Failed> {
    let mut text = text.to_owned();
    let mut name = folder.join("sample").display().to_string();
    for extension in ["c", "ko"] {
        let placeholder = format!("FILE.{extension}");
        if text.contains(&placeholder) {
            let path = folder.join("sample").with_extension(extension);
            match extension {
                "c" => fs::write(&path, MODULE)?,
                _ => {
                    // Builds it, if it isn't.
                    runner(&["--quiet", "--run", "lsmod"]).must_exit(0)?;
                    fs::copy(release().join("modules/counter.ko"), &path)?;
                }
            }
            text = text.replace(&placeholder, &path.display().to_string());
            name = "sample".to_owned();
        }
    }
    text = text.replace("FILE", &name);
    match placeholder(&text) {
        Some(word) => Err(format!("nothing stands for {word} in: {text}").into()),
        None => Ok(text),
    }
}

/// A word of capitals, unless a value is assigned to it, or it is a variable's name.
fn placeholder(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_uppercase()) {
        let before = rest[..start].chars().next_back();
        let word = &rest[start..];
        let end = word.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let (word, behind) = word.split_at(end.unwrap_or(word.len()));
        let is_whole = before.is_none_or(|letter| !letter.is_ascii_alphanumeric() && letter != ':');
        let is_capitals = word.len() > 2 && word.bytes().all(|letter| letter.is_ascii_uppercase());
        if is_whole && is_capitals && !behind.starts_with('=') {
            return Some(word);
        }
        rest = behind;
    }
    None
}

/// A command with another build's address replaced by one of this build's, and the
/// variable that lies there; `None` if it has no address.
fn with_address(text: &str) -> Result<Option<(String, String)>, Failed> {
    for command in TAKE_ADDRESSES {
        let Some((before, rest)) = text.split_once(&format!("{command} ")) else {
            continue;
        };
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric());
        let (address, behind) = rest.split_at(end.unwrap_or(rest.len()));
        let is_digit = |letter: char| letter.is_ascii_hexdigit() || letter == 'x';
        // A word such as `alloc` is none.
        if address.is_empty() || !address.chars().all(is_digit) {
            continue;
        }
        // The log of a load has them: `NAME: handle H, ..`, then `copies: cpu 0 at A, ..`.
        let run = runner(&["--run", "insmod counter"]);
        run.must_exit(0)?;
        let line = run.lines_with(&["copies: cpu 0 at 0x"]);
        let copy = line.first().and_then(|line| line.split_once("cpu 0 at 0x"));
        let copy = copy.and_then(|(_, rest)| rest.split(',').next());
        let copy = copy.ok_or("no address in the log")?;
        let text = format!("{before}{command} {copy}{behind}");
        return Ok(Some((text, "counter::HITS".to_owned())));
    }
    Ok(None)
}
