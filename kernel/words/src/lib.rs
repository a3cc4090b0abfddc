//! Lines that a person types: commands, words of commands, and how words are compared, as on
//! Linux's command line and by its insmod. For the kernel, and for the program that starts it:
//! both take lines apart in the same way.
#![no_std]
#![forbid(unsafe_code)]

/// Pairs of quotes in a line: what stands between two isn't taken apart. A last one without its
/// other is a letter as any.
#[derive(Clone, Copy)]
struct Quotes {
    /// How many are still to come.
    left: usize,
    inside: bool,
}

impl Quotes {
    fn of(line: &[u8]) -> Self {
        Self {
            left: line.iter().filter(|&&byte| byte == b'"').count(),
            inside: false,
        }
    }

    /// Goes on by a byte of the line; whether what follows it is between quotes.
    fn pass(&mut self, byte: u8) -> bool {
        if byte == b'"' {
            self.left -= 1;
            self.inside = !self.inside && self.left > 0;
        }
        self.inside
    }
}

/// The words of a line: what stands between blanks, but for blanks between two quotes. The
/// quotes are still there.
pub fn words(line: &str) -> impl Iterator<Item = &str> + Clone {
    let mut quotes = Quotes::of(line.as_bytes());
    let pieces = line.split(move |letter: char| {
        // No other letter is a quote.
        let quoted = quotes.pass(u8::try_from(letter).unwrap_or(b' '));
        letter.is_ascii_whitespace() && !quoted
    });
    pieces.filter(|word| !word.is_empty())
}

/// The commands of a line: what stands between `;`, but for those between two quotes, without
/// the blanks around it.
pub fn commands(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut quotes = Quotes::of(line);
    let pieces = line.split(move |&byte| !quotes.pass(byte) && byte == b';');
    let commands = pieces.map(<[u8]>::trim_ascii);
    commands.filter(|command| !command.is_empty())
}

/// Whether two names are of the same thing: in those of modules and their parameters `-`
/// and `_` are the same.
pub fn is_same(key: &str, other: &str) -> bool {
    let same = |byte: u8| if byte == b'-' { b'_' } else { byte };
    key.bytes().map(same).eq(other.bytes().map(same))
}

/// Whether `text` matches `glob`, in which `*` stands for anything. What lies between two
/// stars may as well be found where it comes first, so nothing is tried twice.
pub fn matches(glob: &str, text: &str) -> bool {
    let Some((head, rest)) = glob.split_once('*') else {
        return glob == text;
    };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(text) = text.strip_prefix(head) else {
        return false;
    };
    let Some(mut text) = text.strip_suffix(tail) else {
        return false;
    };
    for part in middle.split('*') {
        match text.split_once(part) {
            Some((_, behind)) => text = behind,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_words<const N: usize>(line: &str, expected: [&str; N]) {
        assert!(words(line).eq(expected), "{line}");
    }

    fn is_commands<const N: usize>(line: &str, expected: [&str; N]) {
        let commands = commands(line.as_bytes());
        assert!(commands.eq(expected.map(str::as_bytes)), "{line}");
    }

    #[test]
    fn blanks_between_quotes_are_part_of_a_word() {
        is_words("", []);
        is_words("  a\tb ", ["a", "b"]);
        is_words("m s=\"a b\" t", ["m", "s=\"a b\"", "t"]);
        is_words("\"m.s=a b\"", ["\"m.s=a b\""]);
        is_words("é \"中 ;\"", ["é", "\"中 ;\""]);
    }

    #[test]
    fn a_quote_without_its_other_is_a_letter() {
        is_words("a\" b", ["a\"", "b"]);
        is_words("\"a b\" c\" d", ["\"a b\"", "c\"", "d"]);
        is_commands("no !\"#; lsmod", ["no !\"#", "lsmod"]);
    }

    #[test]
    fn commands_between_semicolons() {
        is_commands(" ; a ;; b c;", ["a", "b c"]);
        is_commands(
            "insmod m s=\"a; b\"; lsmod",
            ["insmod m s=\"a; b\"", "lsmod"],
        );
    }

    #[test]
    fn names_and_globs() {
        assert!(is_same("a-b_c", "a_b-c") && !is_same("a", "ab"));
        assert!(matches("a*c*", "abcd") && !matches("a*a", "a") && matches("*", ""));
    }
}
