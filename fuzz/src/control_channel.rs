//! The control channel, as the runner reads it: whatever comes, a run is judged, and it has
//! passed only if its record says so under the run's token.

use crate::verdict::Verdict;
use crate::verdict::judge::{Ending, Purpose, judge};
use crate::verdict::record::Record;
use crate::verdict::token::Token;

/// The run's token in the corpus.
const TOKEN: u64 = 0;

/// Reads these lines, and judges.
///
/// # Panics
/// If a run passes that didn't prove it.
pub fn control_channel(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let token = Token::new(TOKEN);
    let mut record = Record::of(Some(token.clone()));
    text.lines().for_each(|line| record.line(line));
    let proves = |kind: &str| {
        text.lines()
            .any(|line| line.contains(kind) && line.contains(token.text()))
    };
    for (purpose, proof) in [
        (Purpose::SelfTests, "tests"),
        (Purpose::Commands(1), "commands"),
        (Purpose::Session, "poweroff"),
    ] {
        for code in [0, 1] {
            let verdict = judge(purpose, Ending::Exit(code), &record, None);
            assert!(!verdict.to_string().is_empty());
            if let Verdict::Passed(_) = verdict {
                assert_eq!(code, 0, "QEMU failed");
                assert!(proves(proof) && proves("poweroff"), "no proof");
            }
        }
    }
}
