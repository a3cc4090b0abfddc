//! What `fuzz` takes: one of the targets of `fuzz/`.

use clap::ValueEnum;

/// What there is to be fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Target {
    /// A module's file
    Loader,
    /// The kernel command line
    CommandLine,
    /// What a person types at the monitor
    MonitorLine,
    /// Events, as this program reads them
    ControlChannel,
}

impl Target {
    /// Its name, here and in `fuzz/`.
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Bytes of its longest input.
    pub fn most_bytes(self) -> u32 {
        match self {
            Self::Loader => 16 << 10,
            Self::CommandLine | Self::MonitorLine => 4 << 10,
            Self::ControlChannel => 8 << 10,
        }
    }
}
