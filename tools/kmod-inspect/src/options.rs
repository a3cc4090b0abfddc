//! The command line.

use clap::Parser;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Addresses are decimal, or hexadecimal with 0x.

Exit codes:
  0  every file links
  1  a file doesn't link, or can't be read; the error is on stderr
  2  wrong usage

Examples:
  kmod-inspect --unresolved 0x100000 hello.ko
        everything about hello.ko, far from the kernel; what it imports is
        taken to be at 1 MiB
  kmod-inspect --symbols System.map --base 0x40000000 direct.ko
        within 4 GiB of per-CPU data, with the kernel's own addresses
  kmod-inspect --unresolved 0x100000 --json counter.ko | jq .relocations
        for programs
  kmod-inspect --unresolved 0x100000 --dump out *.ko
        linked images: out/NAME/image.bin, out/NAME/layout.json";

/// Shows what the kernel's module loader does with a module: sections, imports,
/// exports, layout, and each relocation.
#[derive(Parser, Clone, Debug)]
#[command(name = "kmod-inspect", about, version, after_help = EXAMPLES)]
pub struct Options {
    /// Modules, .ko or .o; each is linked by itself
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Where the module lies
    #[arg(long, value_name = "ADDR", default_value = "0x20000000000")]
    #[arg(value_parser = page)]
    pub base: u64,

    /// Handle of its per-CPU data
    #[arg(long, value_name = "ADDR", default_value = "0x200000")]
    #[arg(value_parser = address)]
    pub percpu: u64,

    /// What the kernel exports, in the format of System.map
    #[arg(long, value_name = "FILE")]
    pub symbols: Option<PathBuf>,

    /// Address of every symbol that nobody exports; weak ones stay 0
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub unresolved: Option<u64>,

    /// Write image.bin and layout.json into this folder, or for several files
    /// into a folder for each in it
    #[arg(long, value_name = "DIR")]
    pub dump: Option<PathBuf>,

    /// One line of JSON for each module
    #[arg(long)]
    pub json: bool,
}

impl Options {
    /// Reads the process's arguments; ends the process with usage on stderr and
    /// code 2 if they are wrong.
    pub fn from_arguments() -> Self {
        Self::parse()
    }
}

fn address(text: &str) -> Result<u64, String> {
    let parsed = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) if !digits.starts_with('+') => u64::from_str_radix(digits, 16),
        _ => text.parse(),
    };
    parsed.map_err(|error| format!("{error}; expected a decimal number, or 0x and hexadecimal"))
}

/// An address that a module's memory can start at.
fn page(text: &str) -> Result<u64, String> {
    let address = address(text)?;
    if !address.is_multiple_of(loader::PAGE_SIZE) {
        return Err(format!("not a multiple of {}", loader::PAGE_SIZE));
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Options, clap::Error> {
        Options::try_parse_from(std::iter::once("kmod-inspect").chain(line.split(' ')))
    }

    #[test]
    fn the_definition_is_sound() {
        Options::command().debug_assert();
    }

    #[test]
    fn addresses_are_decimal_or_hexadecimal() {
        let options = parse("--base 0x40000000 --percpu 4660 --unresolved 0X1f a.ko b.ko").unwrap();
        assert_eq!(options.base, 1 << 30);
        assert_eq!(options.percpu, 4660);
        assert_eq!(options.unresolved, Some(31));
        assert_eq!(options.files.len(), 2);
        assert_eq!(parse("a.ko").unwrap().unresolved, None);
    }

    #[test]
    fn what_is_not_understood_is_a_usage_error() {
        for line in [
            "",
            "--colour a.ko",
            "--base a.ko",
            "--base 0xg a.ko",
            "--base 0x+1000 a.ko",
            "--base 0x1001 a.ko",
            "--base -4096 a.ko",
            "--percpu 0x10000000000000000 a.ko",
            "--unresolved 1k a.ko",
            "--json=yes a.ko",
        ] {
            let error = parse(line).expect_err(line);
            assert_eq!(error.exit_code(), 2, "{line}");
            assert!(error.use_stderr(), "{line}");
        }
    }
}
