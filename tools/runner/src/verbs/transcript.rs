//! Commands of a monitor with their answers, as documents show them.

use crate::build::Guest;
use crate::error::Error;
use crate::guest::script;
use crate::options::Options;
use crate::screen::paint::split_time;
use crate::verbs::blocks::Blocks;

/// A listing's name, and the commands that it shows with their answers. They are carried out
/// one after another; a name that is empty is not shown.
pub type Listing = (&'static str, &'static [&'static str]);

/// Boots a guest, and asks it all of that, in this order.
///
/// # Errors
/// If it can't be started, or doesn't come to its end.
pub fn ask(guest: &Guest, options: &Options, listings: &[Listing]) -> Result<Blocks, Error> {
    Ok(with_boot(guest, options, listings)?.1)
}

/// The same, and the lines of boot, without their times.
///
/// # Errors
/// As of [`ask`].
pub fn with_boot(
    guest: &Guest,
    options: &Options,
    listings: &[Listing],
) -> Result<(Vec<String>, Blocks), Error> {
    let commands = listings.iter().flat_map(|(_, lines)| *lines).copied();
    let commands: Vec<&str> = commands.collect();
    let options = Options {
        verb: None,
        run: Some(commands.join("; ")),
        ..options.clone()
    };
    let run = script::run(guest, &options)?;
    let mut boot = Vec::new();
    let mut answers: Vec<String> = Vec::new();
    for line in &run.transcript.lines {
        let is_command = line.starts_with("> ");
        match answers.last_mut() {
            _ if is_command => answers.push(format!("{line}\n")),
            None => {
                let untimed = split_time(line).map_or(&**line, |(_, text)| text);
                boot.push(untimed.to_owned());
            }
            // The log, asked for.
            Some(answer) if answer.starts_with("> dmesg") && line.starts_with('[') => {
                *answer += split_time(line).map_or(&**line, |(_, text)| text);
                *answer += "\n";
            }
            // What is logged meanwhile has its time in front.
            Some(answer) if !line.starts_with('[') && !line.starts_with("run: ") => {
                *answer += line;
                *answer += "\n";
            }
            Some(_) => {}
        }
    }
    let mut answers = answers.into_iter();
    let mut blocks = Blocks::new();
    for (name, lines) in listings {
        let text: String = answers.by_ref().take(lines.len()).collect();
        if !name.is_empty() {
            blocks.insert(name, text);
        }
    }
    Ok((boot, blocks))
}
