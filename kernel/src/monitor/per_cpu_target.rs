//! What `pcpu` is asked about: a variable by its name, or whatever a number leads to.

use super::command::hexadecimal;
use super::error::Error;
use crate::modules::{self, FoundVariable, VariableName};
use crate::percpu::{self, Handle};
use crate::println;
use core::fmt;

/// A variable, or an area that has no name.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, size and slot, if it is a static variable.
    pub variable: Option<FoundVariable>,
    /// Its handle.
    pub handle: u64,
    /// Its bytes on each CPU.
    pub size: u64,
}

/// The variable or area of a name, a handle or an address.
pub fn find(word: &str) -> Result<Target, Error<'_>> {
    if let Some(variable) = modules::variable_named(word)? {
        return Ok(Target {
            variable: Some(variable),
            handle: variable.handle,
            size: variable.size,
        });
    }
    let address = hexadecimal(word).ok_or(Error::NoSuchVariable(word))?;
    let handle = match percpu::locate_address(address) {
        Some((cpu, handle)) => {
            println!("{address:#x} is in cpu {cpu}'s unit: a copy of handle {handle}");
            handle
        }
        None => Handle(address),
    };
    if let Some((variable, byte)) = modules::variable_holding(handle.0 as u64)? {
        if byte != 0 {
            println!("handle {handle} is byte {byte} of the variable");
        }
        return Ok(Target {
            variable: Some(variable),
            handle: variable.handle,
            size: variable.size,
        });
    }
    let location = percpu::locate(handle).ok_or(Error::NotPerCpu(address))?;
    match location.area {
        Some((start, size)) => {
            if start != handle {
                println!("handle {handle} is byte {} of the area", handle.0 - start.0);
            }
            Ok(Target {
                variable: None,
                handle: start.0 as u64,
                size: size as u64,
            })
        }
        None => Err(Error::NoVariableThere(handle)),
    }
}

impl Target {
    /// Address of a CPU's copy.
    pub fn copy(&self, cpu: u32) -> usize {
        (self.handle as usize).wrapping_add(percpu::offset(cpu))
    }
}

/// Its name, or what stands for one.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variable {
            Some(variable) => write!(f, "{}", VariableName(variable.name)),
            None => write!(f, "{:#x}", self.handle),
        }
    }
}
