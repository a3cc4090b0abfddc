//! `help`: all commands, or one with an example from this run.

use super::command::{Action, Command};
use super::error::Error;
use super::example::Example;
use super::row::row;
use super::{commands, named};
use crate::println;

/// The commands of this group.
pub const COMMANDS: &[Command] = &[Command {
    name: "help",
    arguments: "[COMMAND]",
    help: "lists the commands, or tells of one",
    look: "Each command's page has an example made of what there is in this run:\n\
           it can be typed as it stands.",
    example: "help pcpu",
    action: Action::Run(help),
}];

fn help<'line>(arguments: &[&'line str]) -> Result<(), Error<'line>> {
    match arguments {
        [] => {
            for command in commands() {
                row!(
                    "{:<9} {:<28} {}",
                    command.name,
                    command.arguments,
                    command.help
                );
            }
            println!("help COMMAND tells more; `;` stands between commands.");
            Ok(())
        }
        [name] => {
            let command = named(name).ok_or(Error::NoSuchCommand(name))?;
            row!("{} {}", command.name, command.arguments);
            row!("  {}", command.help);
            command.look.lines().for_each(|line| row!("  {line}"));
            row!("  for example: {}", Example(command.example));
            Ok(())
        }
        _ => Err(Error::Expected("nothing, or one command's name")),
    }
}
