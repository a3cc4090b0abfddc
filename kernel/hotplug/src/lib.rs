//! CPU hot-plug: states that a CPU goes through on its way in and out, each with functions
//! that modules and the kernel have registered. What order they are called in, and what is
//! undone when one fails, as in Linux (kernel/cpu.c).
//!
//! ```text
//!  a CPU comes:  startup 0 ─► startup 1 ─► startup 2 fails
//!                teardown 0 ◄─ teardown 1 ◄──┘
//!  a CPU leaves: teardown 2 ─► teardown 1 fails
//!                startup 2 ◄────┘
//! ```
//!
//! Invariant: for each CPU and state startups and teardowns alternate, the first being a
//! startup, as long as none of those fails that undo; a function that failed counts as not
//! called.
//!
//! The functions are called by the user of this crate, on whichever CPU they are for.
#![no_std]

mod name;

pub use name::{LENGTH, Name};

/// A state: what is called when a CPU comes into it, and when it leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State<F> {
    /// Its name, for messages.
    pub name: Name,
    /// For a CPU that comes.
    pub startup: Option<F>,
    /// For a CPU that leaves.
    pub teardown: Option<F>,
}

/// States of one part of the way, in the order in which a CPU that comes goes through them.
#[derive(Debug)]
pub struct States<F, const N: usize>([Option<State<F>>; N]);

/// Every place is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// A function failed; what was done before it is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed<E> {
    /// Its state's name.
    pub state: Name,
    /// The CPU that it was for.
    pub cpu: u32,
    /// What it gave as the reason.
    pub error: E,
    /// How many of the functions that undo failed, too.
    pub not_undone: usize,
}

/// What calls a function, for a CPU.
pub type Call<'a, F, E> = dyn FnMut(u32, F) -> Result<(), E> + 'a;

impl<F: Copy, const N: usize> States<F, N> {
    /// None.
    pub const fn new() -> Self {
        Self([const { None }; N])
    }

    /// Puts a state behind all that there are below the first free place, and returns where.
    ///
    /// # Errors
    /// If there is no free place.
    pub fn add(&mut self, state: State<F>) -> Result<usize, Full> {
        let place = self.0.iter().position(Option::is_none).ok_or(Full)?;
        self.0[place] = Some(state);
        Ok(place)
    }

    /// The state at a place.
    pub fn get(&self, place: usize) -> Option<&State<F>> {
        self.0.get(place)?.as_ref()
    }

    /// Takes a state away; nothing is called.
    pub fn remove(&mut self, place: usize) -> Option<State<F>> {
        self.0.get_mut(place)?.take()
    }

    /// States that there are, in their order, with their places.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (usize, &State<F>)> {
        let states = self.0.iter().enumerate();
        states.filter_map(|(place, state)| Some((place, state.as_ref()?)))
    }

    /// Calls the startup of a state for each of the CPUs, which are there already.
    ///
    /// # Errors
    /// The first that failed; the teardown was called for those before it.
    pub fn begin<E>(
        &self,
        place: usize,
        cpus: impl Iterator<Item = u32> + Clone,
        call: &mut Call<'_, F, E>,
    ) -> Result<(), Failed<E>> {
        let Some(state) = self.get(place) else {
            return Ok(());
        };
        for cpu in cpus.clone() {
            if let Err(error) = call_if(state.startup, cpu, call) {
                let before = cpus.take_while(|&other| other != cpu);
                let undone = before.map(|cpu| call_if(state.teardown, cpu, call));
                let not_undone = undone.filter(Result::is_err).count();
                return Err(Failed {
                    state: state.name,
                    cpu,
                    error,
                    not_undone,
                });
            }
        }
        Ok(())
    }

    /// Calls the teardown of a state for each of the CPUs; all of them, whatever they return.
    ///
    /// # Errors
    /// The first that failed. Nothing is undone.
    pub fn end<E>(
        &self,
        place: usize,
        cpus: impl Iterator<Item = u32>,
        call: &mut Call<'_, F, E>,
    ) -> Result<(), Failed<E>> {
        let mut result = Ok(());
        let Some(state) = self.get(place) else {
            return result;
        };
        for cpu in cpus {
            if let Err(error) = call_if(state.teardown, cpu, call) {
                result = result.and(Err(Failed {
                    state: state.name,
                    cpu,
                    error,
                    not_undone: 0,
                }));
            }
        }
        result
    }

    /// Leads a CPU that comes through all states, the first of them first.
    ///
    /// # Errors
    /// The startup that failed; the teardowns of those before it were called, the last first.
    pub fn up<E>(&self, cpu: u32, call: &mut Call<'_, F, E>) -> Result<(), Failed<E>> {
        for (place, state) in self.iter() {
            if let Err(error) = call_if(state.startup, cpu, call) {
                let before = self.iter().rev().filter(|(other, _)| *other < place);
                let undone = before.map(|(_, state)| call_if(state.teardown, cpu, call));
                let not_undone = undone.filter(Result::is_err).count();
                return Err(Failed {
                    state: state.name,
                    cpu,
                    error,
                    not_undone,
                });
            }
        }
        Ok(())
    }

    /// Leads a CPU that leaves through all states, the last of them first.
    ///
    /// # Errors
    /// The teardown that failed; the startups of those behind it were called, the first first.
    pub fn down<E>(&self, cpu: u32, call: &mut Call<'_, F, E>) -> Result<(), Failed<E>> {
        for (place, state) in self.iter().rev() {
            if let Err(error) = call_if(state.teardown, cpu, call) {
                let behind = self.iter().filter(|(other, _)| *other > place);
                let undone = behind.map(|(_, state)| call_if(state.startup, cpu, call));
                let not_undone = undone.filter(Result::is_err).count();
                return Err(Failed {
                    state: state.name,
                    cpu,
                    error,
                    not_undone,
                });
            }
        }
        Ok(())
    }
}

impl<F: Copy, const N: usize> Default for States<F, N> {
    fn default() -> Self {
        Self::new()
    }
}

fn call_if<F, E>(function: Option<F>, cpu: u32, call: &mut Call<'_, F, E>) -> Result<(), E> {
    function.map_or(Ok(()), |function| call(cpu, function))
}
