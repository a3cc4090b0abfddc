//! What instructions are called, in the console's text.
//!
//! The guest prints an instruction as its address and its bytes, and a mark where its name
//! belongs; binutils' objdump, which knows every instruction and is there for the build,
//! has the name. It is asked only when such a line comes. A line that any module prints
//! may look like one: it is text for people, and decides nothing.
//!
//! ```text
//!  0x00000200000000d0: c4 08 00 00 11 b4   <?>   ; 0x20000002438
//!  0x00000200000000d0: c4 08 00 00 11 b4   lgrl    %r0,0x20000002438   ; 0x20000002438
//! ```

use std::io::Write;
use std::process::Command;

/// The disassembler.
pub const OBJDUMP: &str = "s390x-linux-gnu-objdump";

/// Where the name of an instruction belongs (`kernel/src/monitor/instructions.rs`).
const MARK: &str = "<?>";

/// Bytes of the start of a line that show whether it may be an instruction's: an address.
const ADDRESS: &str = "0x0123456789abcdef: ";

/// The console's text on its way, line by line where it may have instructions in it.
#[derive(Debug, Default)]
pub struct Disassembly {
    /// The start of a line that may be an instruction's.
    held: Vec<u8>,
    /// The start of this line has gone on already: it is none.
    is_inside: bool,
}

/// An instruction of a line.
#[derive(Debug, PartialEq, Eq)]
struct Instruction {
    address: u64,
    bytes: Vec<u8>,
}

impl Disassembly {
    /// Takes text; returns what of it can go on, with names.
    pub fn pass(&mut self, text: &[u8]) -> Vec<u8> {
        let mut output = Vec::new();
        let mut instructions = Vec::new();
        for piece in text.split_inclusive(|&byte| byte == b'\n') {
            let ends = piece.ends_with(b"\n");
            if self.is_inside {
                output.extend(piece);
                self.is_inside = !ends;
                continue;
            }
            self.held.extend(piece);
            if !may_be_instruction(&self.held) {
                output.extend(named(std::mem::take(&mut instructions)));
                output.append(&mut self.held);
                self.is_inside = !ends;
            } else if ends {
                instructions.push(std::mem::take(&mut self.held));
            }
        }
        output.extend(named(instructions));
        output
    }

    /// What is held when nothing more comes.
    pub fn rest(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }
}

/// Whether a line that begins so may be an instruction's.
fn may_be_instruction(start: &[u8]) -> bool {
    let mut pairs = start.iter().zip(ADDRESS.as_bytes());
    pairs.all(|(found, wanted)| match wanted {
        b'x' | b':' | b' ' => found == wanted,
        _ => found.is_ascii_hexdigit(),
    })
}

impl Instruction {
    /// The instruction of a line that has the mark.
    fn of(line: &str) -> Option<Self> {
        let (address, rest) = line.strip_prefix("0x")?.split_once(": ")?;
        let (bytes, _) = rest.split_once(MARK)?;
        let bytes = bytes.split_whitespace();
        let bytes: Result<Vec<u8>, _> = bytes.map(|byte| u8::from_str_radix(byte, 16)).collect();
        let bytes = bytes
            .ok()
            .filter(|bytes| matches!(bytes.len(), 2 | 4 | 6))?;
        let address = u64::from_str_radix(address, 16).ok()?;
        Some(Self { address, bytes })
    }

    fn end(&self) -> u64 {
        self.address.wrapping_add(self.bytes.len() as u64)
    }
}

/// The lines with the names of their instructions: those that lie one behind the other are
/// asked for at once.
fn named(lines: Vec<Vec<u8>>) -> Vec<u8> {
    let texts: Vec<_> = lines
        .iter()
        .map(|line| String::from_utf8_lossy(line))
        .collect();
    let parsed: Vec<_> = texts.iter().map(|text| Instruction::of(text)).collect();
    let mut output = Vec::new();
    let mut next = 0;
    while next < lines.len() {
        let mut run: Vec<&Instruction> = Vec::new();
        while let Some(Some(instruction)) = parsed.get(next + run.len())
            && run
                .last()
                .is_none_or(|last| last.end() == instruction.address)
        {
            run.push(instruction);
        }
        if run.is_empty() {
            output.extend(&lines[next]);
            next += 1;
            continue;
        }
        let names = names(&run).unwrap_or_default();
        for at in 0..run.len() {
            let name = names.get(at).map_or(MARK, String::as_str);
            output.extend(texts[next + at].replacen(MARK, name, 1).as_bytes());
        }
        next += run.len();
    }
    output
}

/// What objdump calls instructions that lie one behind the other; `None` if it can't be asked,
/// or sees others.
fn names(run: &[&Instruction]) -> Option<Vec<String>> {
    let mut file = tempfile::NamedTempFile::new().ok()?;
    for instruction in run {
        file.write_all(&instruction.bytes).ok()?;
    }
    let output = Command::new(OBJDUMP)
        .args(["-D", "-b", "binary", "-m", "s390:64-bit"])
        .arg(format!("--adjust-vma={:#x}", run.first()?.address))
        .arg(file.path())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    // "   200000000d0:", "c4 08 00 00 11 b4 ", "lgrl", "%r0,0x20000002438".
    let names: Vec<String> = text
        .lines()
        .filter_map(|line| line.split_once(":\t")?.1.split_once('\t'))
        .map(|(_, name)| match name.split_once('\t') {
            Some((operation, operands)) => format!("{operation:<7} {operands}"),
            None => name.to_owned(),
        })
        .collect();
    (names.len() == run.len()).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "counter_hit:\n\
        0x00000200000000d0: c4 08 00 00 11 b4   <?>   ; 0x20000002438\n\
        0x00000200000000d6: e3 10 03 30 00 04   <?>\n\
        0x00000200000000dc: b9 e8 00 21         <?>\n\
        > 0x1\n";

    const NAMED: &str = "counter_hit:\n\
        0x00000200000000d0: c4 08 00 00 11 b4   lgrl    %r0,0x20000002438   ; 0x20000002438\n\
        0x00000200000000d6: e3 10 03 30 00 04   lg      %r1,816\n\
        0x00000200000000dc: b9 e8 00 21         agrk    %r2,%r1,%r0\n\
        > 0x1\n";

    /// However the text comes in pieces, it comes out with names.
    #[test]
    fn instructions_are_named() {
        for size in [1, 2, 7, 60, 1000] {
            let mut disassembly = Disassembly::default();
            let mut output = Vec::new();
            for piece in LINES.as_bytes().chunks(size) {
                output.extend(disassembly.pass(piece));
            }
            assert_eq!(
                String::from_utf8(output).unwrap(),
                NAMED,
                "pieces of {size}"
            );
            assert!(disassembly.rest().is_empty());
        }
    }

    /// A prompt isn't held, nor what can be no instruction any more.
    #[test]
    fn only_what_may_be_an_instruction_is_held() {
        let mut disassembly = Disassembly::default();
        for (text, passed) in [
            ("> ", "> "),
            ("lsmod\n", "lsmod\n"),
            ("0x000002", ""),
            ("z", "0x000002z"),
            ("\n", "\n"),
            ("0x00000200000000d0: no\n", "0x00000200000000d0: no\n"),
        ] {
            assert_eq!(
                disassembly.pass(text.as_bytes()),
                passed.as_bytes(),
                "{text}"
            );
        }
        assert_eq!(disassembly.pass(b"0x00"), b"");
        assert_eq!(disassembly.rest(), b"0x00");
    }

    #[test]
    fn what_is_no_instruction_is_left_alone() {
        for line in [
            "0x0000000000000330:  0x0000000000350000  0x0000000000000000\n",
            "0x00000200000000d0: c4   <?>\n",
            "0x00000200000000d0: zz zz   <?>\n",
        ] {
            let output = Disassembly::default().pass(line.as_bytes());
            assert_eq!(String::from_utf8(output).unwrap(), line);
        }
    }
}
