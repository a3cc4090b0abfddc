//! What sscanf finds.

use printf::{Found, Size, scan};

fn found<'text>(text: &'text str, format: &str) -> (usize, Vec<Found<'text>>) {
    let mut all = Vec::new();
    let count = scan(text.as_bytes(), format.as_bytes(), &mut |found| {
        all.push(found)
    });
    (count, all)
}

fn int(value: i64) -> Found<'static> {
    Found::Number(value as u64, Size::Four)
}

#[test]
fn numbers() {
    let table: &[(&str, &str, usize, &[Found<'_>])] = &[
        ("12 -7", "%d %d", 2, &[int(12), int(-7)]),
        ("12-7", "%d%d", 2, &[int(12), int(-7)]),
        ("1.2.3", "%d.%d.%d", 3, &[int(1), int(2), int(3)]),
        ("1.x", "%d.%d", 1, &[int(1)]),
        (
            "0x1F 0x1f 017 08",
            "%i %x %i %d",
            4,
            &[int(31), int(31), int(15), int(8)],
        ),
        ("777", "%o", 1, &[int(0o777)]),
        ("12345", "%2d%n%d", 2, &[int(12), int(2), int(345)]),
        ("-5", "%1d", 0, &[]),
        ("-5", "%u", 0, &[]),
        ("+5", "%d", 0, &[]),
        ("5", "%0d", 0, &[]),
        ("", "%d", 0, &[]),
        ("x5", "x%d", 1, &[int(5)]),
        ("y5", "x%d", 0, &[]),
        ("5%6", "%d%%%d", 2, &[int(5), int(6)]),
        ("7", "%hhd", 1, &[Found::Number(7, Size::One)]),
        (
            "7 8 9",
            "%hd %ld %llu",
            3,
            &[
                Found::Number(7, Size::Two),
                Found::Number(8, Size::Eight),
                Found::Number(9, Size::Eight),
            ],
        ),
        ("0x", "%x", 1, &[int(0)]),
    ];
    for (text, format, count, expected) in table {
        assert_eq!(
            found(text, format),
            (*count, expected.to_vec()),
            "{format} of {text}"
        );
    }
}

#[test]
fn texts() {
    let text = |text: &'static str| Found::Text(text.as_bytes());
    assert_eq!(
        found("  one two", "%s%3s"),
        (2, vec![text("one"), text("two")])
    );
    assert_eq!(
        found("abcdef", "%2s%s"),
        (2, vec![text("ab"), text("cdef")])
    );
    assert_eq!(found("ab", "%c"), (1, vec![Found::Bytes(b"a")]));
    assert_eq!(
        found("abc", "%2c%c"),
        (2, vec![Found::Bytes(b"ab"), Found::Bytes(b"c")])
    );
    assert_eq!(
        found("one two 3", "%*s %s %d"),
        (2, vec![text("two"), int(3)])
    );
    assert_eq!(found("key=value", "%7[ekzy=]"), (1, vec![text("key=")]));
    assert_eq!(
        found("key=value", "%7[^=]=%s"),
        (2, vec![text("key"), text("value")])
    );
    assert_eq!(found("key", "%[^=]"), (0, vec![]));
    assert_eq!(found("5 q", "%d %q"), (1, vec![int(5)]));
}
