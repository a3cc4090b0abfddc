//! What the compilers made: relocations against per-CPU data, instructions, and the
//! comparison with the mail.

use crate::error::Error;
use crate::screen::disassembly::OBJDUMP;
use object::{Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget, elf};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The four lines of the mail, and the function's name before them.
const MAIL: &str = "\
0: e3 30 03 30 00 04 lg %r3,816
6: c0 10 00 00 00 00 larl %r1,6 <test_fn+0x6>
8: R_390_PC32DBL .data.percpu+0x2
c: e3 23 10 00 00 04 lg %r2,0(%r3,%r1)
";

/// Types of the relocations that instructions have against per-CPU data.
pub fn relocations(path: &Path) -> Result<String, Error> {
    let wrong = Error::object(path);
    let data = fs::read(path).map_err(Error::file("read", path))?;
    let file = object::File::parse(&*data).map_err(&wrong)?;
    let mut types = BTreeSet::new();
    for section in file.sections() {
        if !section.name().map_err(&wrong)?.contains(".text") {
            continue;
        }
        for (_, relocation) in section.relocations() {
            let RelocationTarget::Symbol(index) = relocation.target() else {
                continue;
            };
            let symbol = file.symbol_by_index(index).map_err(&wrong)?;
            let Some(home) = symbol.section_index() else {
                continue;
            };
            let home = file.section_by_index(home).map_err(&wrong)?;
            if home.name().map_err(&wrong)?.starts_with(".data..percpu") {
                types.insert(match relocation.flags() {
                    RelocationFlags::Elf {
                        r_type: elf::R_390_PC32DBL,
                    } => "R_390_PC32DBL",
                    RelocationFlags::Elf {
                        r_type: elf::R_390_GOTENT,
                    } => "R_390_GOTENT",
                    _ => "another",
                });
            }
        }
    }
    let types: Vec<&str> = types.into_iter().collect();
    Ok(match types.as_slice() {
        [] => "none".to_owned(),
        types => types.join(", "),
    })
}

fn disassembly(path: &Path) -> Result<String, Error> {
    let program = || OBJDUMP.to_owned();
    let mut command = Command::new(OBJDUMP);
    let output = command.arg("-dr").arg(path).output();
    let output = output.map_err(|source| Error::Start {
        program: program(),
        source,
    })?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(Error::Program {
            program: program(),
            status: output.status,
        }),
    }
}

/// The lines of a function, each with blanks between its words, up to its return.
fn lines_of(text: &str, function: &str) -> Vec<String> {
    let header = format!("<{function}>:");
    let lines = text.lines().skip_while(|line| !line.ends_with(&header));
    let lines = lines.skip(1).take_while(|line| !line.trim().is_empty());
    let mut found = Vec::new();
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let line = words.join(" ");
        let is_return = line.ends_with("br %r14");
        found.push(line);
        if is_return {
            break;
        }
    }
    found
}

/// A function's instructions and relocations; `None` if the object has no such
/// function.
pub fn function(path: &Path, name: &str) -> Result<Option<String>, Error> {
    let lines = lines_of(&disassembly(path)?, name);
    let text: String = lines
        .iter()
        .map(|line| without_bytes(line) + "\n")
        .collect();
    Ok((!lines.is_empty()).then_some(text))
}

/// A line without the instruction's bytes; a relocation is moved in.
fn without_bytes(line: &str) -> String {
    let (offset, rest) = line.split_once(' ').unwrap_or((line, ""));
    if rest.starts_with("R_390_") {
        return format!("        {rest}");
    }
    let is_byte =
        |word: &&str| word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words: Vec<&str> = rest.split(' ').skip_while(is_byte).collect();
    let (name, operands) = words.split_first().unwrap_or((&"", &[]));
    let line = format!("{offset:>4} {name:<5} {}", operands.join(" "));
    line.trim_end().to_owned()
}

/// The mail's lines beside today's.
pub struct Comparison {
    /// Whether they are the same but for the registers.
    pub same: bool,
    /// Both, line by line.
    pub text: String,
}

/// Compares `test_fn` with the mail.
pub fn mail(object: &Path) -> Result<Comparison, Error> {
    Ok(compare(&lines_of(&disassembly(object)?, "test_fn")))
}

fn compare(today: &[String]) -> Comparison {
    let then: Vec<&str> = MAIL.lines().collect();
    // The mail stops short of the return.
    let now: Vec<&str> = today
        .iter()
        .map(String::as_str)
        .filter(|line| !line.ends_with("br %r14"))
        .collect();
    let alike = |(then, now): (&&str, &&str)| shape(then) == shape(now);
    let same = then.len() == now.len()
        && then.iter().zip(&now).all(alike)
        && adds_up(&then)
        && adds_up(&now);
    let blank = "";
    let mut text = String::from("in the mail                                     today\n");
    for index in 0..then.len().max(now.len()) {
        let (then, now) = (then.get(index), now.get(index));
        let line = format!("{:<46}  {}", then.unwrap_or(&blank), now.unwrap_or(&blank));
        text += line.trim_end();
        text.push('\n');
    }
    Comparison { same, text }
}

/// Offset, name and operands of a line, with all registers alike; an instruction's
/// bytes are left out, which say the same.
fn shape(line: &str) -> String {
    let mut shape = String::new();
    let mut rest = without_bytes(line);
    while let Some((before, after)) = rest.split_once("%r") {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        shape = shape + before + "%r";
        rest = after[digits..].to_owned();
    }
    shape + &rest + line.split_once(':').map_or("", |(offset, _)| offset)
}

/// The registers that a line names.
fn registers(line: &str) -> Vec<&str> {
    let named = line.split("%r").skip(1);
    named
        .map(|rest| &rest[..rest.bytes().take_while(u8::is_ascii_digit).count()])
        .collect()
}

/// Whether the last line adds what the first two lines have loaded.
fn adds_up(lines: &[&str]) -> bool {
    let [offset, address, _, load] = lines else {
        return false;
    };
    let loaded = [registers(offset), registers(address)].concat();
    let used = registers(load);
    let sum = used.get(1..).unwrap_or(&[]);
    loaded.len() == 2
        && loaded[0] != loaded[1]
        && BTreeSet::from_iter(&loaded) == BTreeSet::from_iter(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(text: &str) -> bool {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        compare(&lines).same
    }

    #[test]
    fn registers_may_differ() {
        assert!(same(MAIL));
        let other = MAIL
            .replace("e3 23 10", "e3 21 20")
            .replace("0(%r3,%r1)", "0(%r1,%r4)")
            .replace("%r3", "%r4");
        assert!(same(&other));
    }

    #[test]
    fn anything_else_may_not() {
        for (then, now) in [
            ("816", "952"),
            ("larl", "lgrl"),
            ("R_390_PC32DBL", "R_390_GOTENT"),
            ("%r2,0(", "%r2,8("),
            ("(%r3,%r1)", "(%r3,%r3)"),
            ("c: ", "10: "),
        ] {
            assert!(!same(&MAIL.replace(then, now)), "{now}");
        }
        assert!(!same(&MAIL.lines().take(3).collect::<Vec<_>>().join("\n")));
    }

    #[test]
    fn a_function_ends_at_its_return() {
        let text = "\n0000000000000000 <mine>:\n   0:\te3 20 03 30 00 04 \tlg\t%r2,816\n   \
                    6:\tc0 10 00 00 00 00 \tlarl\t%r1,6\n\t\t\t8: R_390_PC32DBL\t.data+0x2\n  \
                    c:\t07 fe\tbr\t%r14\n  e:\t07 07\tnopr\t%r7\n";
        let lines = lines_of(text, "mine");
        assert_eq!(lines.len(), 4);
        assert_eq!(without_bytes(&lines[0]), "  0: lg    %r2,816");
        assert_eq!(without_bytes(&lines[2]), "        R_390_PC32DBL .data+0x2");
        assert!(lines_of(text, "other").is_empty());
    }
}
