//! Rounds: a guest whose CPUs load and unload all modules at once, each as it comes, and look
//! after each twenty rounds whether what is in use is what it was.

use super::package::Package;
use super::providers::Providers;
use crate::build::Guest;
use crate::error::Error;
use crate::guest::{initrd, qemu};
use crate::options::Options;
use std::num::NonZeroU64;

/// The self-test that does them, of whatever lies in `modules/`.
const SELF_TEST: &str = "selftest stress.modules_short";

/// How many it does.
pub const AT_ONCE: u64 = 20;

/// Seconds that such a guest may take without `--timeout`.
const PATIENCE: NonZeroU64 = NonZeroU64::new(1200).unwrap();

/// What rounds showed.
#[derive(Debug, Default)]
pub struct Rounds {
    /// How many there were.
    pub done: u64,
    /// How often a module was loaded.
    pub loads: u64,
    /// What went wrong, in the guest's words.
    pub problems: Vec<String>,
}

/// Does at least so many, of these modules and of all providers.
///
/// # Errors
/// If the guest can't be started.
pub fn run(
    guest: &Guest,
    options: &Options,
    package: &Package,
    providers: &Providers,
    modules: &[&'static str],
    rounds: u64,
) -> Result<Rounds, Error> {
    let ours = providers.providers.iter();
    let mut paths: Vec<_> = ours.map(|provider| provider.path.clone()).collect();
    let files = modules.iter().filter_map(|name| package.modules.get(name));
    paths.extend(files.map(|module| module.path.clone()));
    let times = rounds.div_ceil(AT_ONCE).max(1);
    let commands = vec![SELF_TEST; usize::try_from(times).unwrap_or(usize::MAX)];
    let options = Options {
        verb: None,
        modules: paths,
        timeout: options.timeout.or(Some(PATIENCE)),
        run: Some(commands.join("; ")),
        ..options.clone()
    };
    let mut contents = initrd::contents(guest, &options)?;
    contents.retain(|path, _| !path.starts_with("modules/"));
    let contents = contents.into_iter().map(|(path, data)| {
        let moved = path.strip_prefix("extra/");
        (
            moved.map_or(path.clone(), |file| format!("modules/{file}")),
            data,
        )
    });
    let archive = initrd::archive_of(&contents.collect())?;
    let initrd = initrd::of(&archive, initrd::sum(&archive))?;
    let run = qemu::run_unseen(&options, &initrd)?;
    let lines = &run.transcript.lines;
    let loads = lines.iter().filter_map(|line| loads(line)).sum();
    let passed = run.record.commands.iter().filter(|it| it.result.is_ok());
    let passed = passed.count() as u64;
    let mut problems = Vec::new();
    if passed != times || !run.record.commands_ended {
        let shown = lines.iter().skip_while(|line| !line.starts_with("> "));
        problems.extend(shown.cloned());
    }
    Ok(Rounds {
        done: passed * AT_ONCE,
        loads,
        problems,
    })
}

/// The loads of a self-test's line: `# stress.modules: 20 rounds, 4200 loads; ...`.
fn loads(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once("stress.modules: ")?;
    let (_, rest) = rest.split_once(" rounds, ")?;
    let (number, _) = rest.split_once(" loads")?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::loads;

    #[test]
    fn loads_are_read_from_the_self_tests_line() {
        let line = "# stress.modules: 20 rounds, 4200 loads; first 2 rounds 35562 us";
        assert_eq!(loads(line), Some(4200));
        assert_eq!(loads("ok 1 stress.modules_short"), None);
    }
}
