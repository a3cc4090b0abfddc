//! Parameters of modules: set, kept at their defaults, refused.

use super::{NotPassed, call, failed, resources};
use crate::modules::{self, Error, Reason};
use crate::{check, check_eq, console, percpu, selftest};
use alloc::boxed::Box;
use alloc::vec::Vec;
use loader::ParameterError;

const NAME: &str = "parameters";

/// The values of the five numbers and the text, with these words given.
fn with(words: &[&'static str]) -> Result<([u64; 5], alloc::string::String), NotPassed> {
    modules::load_with(NAME, words).map_err(failed)?;
    let mut numbers = [0; 5];
    for (which, number) in (0..).zip(&mut numbers) {
        *number = call("parameters_number", which)?;
    }
    let length = call("parameters_number", 5)?;
    let mut text = alloc::string::String::new();
    for at in 0..length {
        let byte = call("parameters_text_byte", at)?;
        text.push(char::from(byte as u8));
    }
    modules::unload(NAME).map_err(failed)?;
    Ok((numbers, text))
}

const DEFAULTS: [u64; 5] = [-5i64 as u64, 6, -7i64 as u64, 8, 0];

fn defaults() -> Result<(), NotPassed> {
    let (numbers, text) = with(&[])?;
    check_eq!(numbers, DEFAULTS);
    check_eq!(text, "hello");
    Ok(())
}

fn every_type() -> Result<(), NotPassed> {
    let words = [
        "count=-2147483648",
        "limit=0xffffffff",
        "offset=-1",
        "mask=18446744073709551615",
        "loud",
        "greeting=a=b",
    ];
    let (numbers, text) = with(&words)?;
    let wanted = [
        i64::from(i32::MIN) as u64,
        0xffff_ffff,
        u64::MAX,
        u64::MAX,
        1,
    ];
    check_eq!(numbers, wanted);
    check_eq!(text, "a=b");
    // The next load starts from the defaults again.
    defaults()
}

fn last_word_wins() -> Result<(), NotPassed> {
    let mut copy = Box::new([0; console::COPY]);
    let mut result = None;
    let level = log::max_level();
    log::set_max_level(log::LevelFilter::Warn);
    let count = console::copy_of(
        || result = Some(with(&["limit=1", "greeting=", "limit=2"])),
        &mut copy,
    );
    log::set_max_level(level);
    let (numbers, text) = result.ok_or(failed("nothing is loaded"))??;
    check_eq!(numbers[1], 2);
    check_eq!(text, "");
    let text = core::str::from_utf8(&copy[..count]).map_err(failed)?;
    let lines: Vec<&str> = text.lines().collect();
    check_eq!(lines.len(), 1);
    check!(
        lines[0].ends_with("parameter limit is given twice, the last one holds"),
        "{lines:?}"
    );
    Ok(())
}

fn refused() -> Result<(), NotPassed> {
    type Right = fn(&ParameterError<'_>) -> bool;
    let table: [(&'static str, Right); 8] = [
        ("counts=1", |e| {
            matches!(e, ParameterError::Unknown("counts"))
        }),
        ("coun=1", |e| matches!(e, ParameterError::Unknown("coun"))),
        ("=1", |e| matches!(e, ParameterError::Unknown(""))),
        ("count", |e| {
            matches!(e, ParameterError::NoValue("count", _))
        }),
        ("count=", |e| matches!(e, ParameterError::Value { .. })),
        ("count=two", |e| matches!(e, ParameterError::Value { .. })),
        ("limit=-1", |e| matches!(e, ParameterError::Range { .. })),
        ("loud=2", |e| matches!(e, ParameterError::Value { .. })),
    ];
    let heap = resources::in_use().heap;
    for (word, right) in table {
        percpu::trim();
        let before = resources::in_use();
        match modules::load_with(NAME, &["limit=3", word]) {
            Err(Error {
                reason: Reason::Parameter(error),
                ..
            }) if right(&error) => {}
            other => check!(false, "{word}: {other:?}"),
        }
        check!(modules::state(NAME).is_none(), "{word}: it is in the list");
        percpu::trim();
        check_eq!(resources::in_use(), before);
    }
    check_eq!(resources::in_use().heap, heap);
    defaults()
}

/// A module without parameters takes none.
fn none_to_set() -> Result<(), NotPassed> {
    let result = modules::load_with("positive-init", &["x=1"]);
    check!(
        matches!(
            result,
            Err(Error {
                reason: Reason::Parameter(ParameterError::Unknown("x")),
                ..
            })
        ),
        "{result:?}"
    );
    Ok(())
}

selftest!("module.parameter_defaults", defaults);
selftest!("module.parameters_of_every_type", every_type);
selftest!("module.parameter_last_word_wins", last_word_wins);
selftest!("module.parameters_refused", refused);
selftest!("module.parameter_none_to_set", none_to_set);
