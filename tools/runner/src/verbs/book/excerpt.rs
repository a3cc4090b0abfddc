//! A listing's lines that are about something.

/// Of a lowcore what is about some things.
pub fn lowcore_about(lowcore: &str, about: &[&str]) -> String {
    let about = [&["> lowcore", ": prefix "], about].concat();
    let lines = lowcore
        .lines()
        .filter(|line| about.iter().any(|it| line.contains(it)));
    lines.map(|line| format!("{line}\n")).collect()
}
