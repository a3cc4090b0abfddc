//! Words of lines, and how they are compared: as on Linux's command line and by its insmod.

/// The words of a line: what stands between blanks, but for blanks between two quotes. The
/// quotes are still there; a last one without its other goes to the end.
pub fn words(line: &str) -> impl Iterator<Item = &str> + Clone {
    let has_quotes = line.contains('"');
    // Nearly always there are none: that is quicker.
    let plain = (!has_quotes).then(|| line.split_ascii_whitespace());
    let mut quoted = false;
    let pieces = has_quotes.then(|| {
        line.split(move |letter: char| {
            quoted ^= letter == '"';
            letter.is_ascii_whitespace() && !quoted
        })
    });
    let pieces = pieces.into_iter().flatten();
    let all = plain.into_iter().flatten();
    all.chain(pieces.filter(|word| !word.is_empty()))
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
