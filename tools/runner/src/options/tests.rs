//! What a command line is taken for, or why it is refused.

use super::refused::COMMAND_LINE_LIMIT;
use super::*;
use crate::verdict::token::Token;

fn parse(line: &str) -> Result<Options, clap::Error> {
    let words = std::iter::once(PROGRAM).chain(line.split_whitespace());
    Options::checked(words)
}

fn refused(line: &str) {
    let error = parse(line).expect_err(line);
    assert_eq!(error.exit_code(), 2, "{line}");
    assert!(error.use_stderr(), "{line}");
}

#[test]
fn the_definition_is_sound() {
    Options::command().debug_assert();
}

#[test]
fn options_stand_before_or_after_the_verb() {
    for line in [
        "--cpus 8 --quiet shell",
        "shell --cpus 8 --quiet",
        "--quiet shell --cpus 8",
    ] {
        let options = parse(line).unwrap();
        assert_eq!(options.verb, Some(Verb::Shell), "{line}");
        assert_eq!(options.cpus(), 8, "{line}");
        assert!(options.quiet, "{line}");
    }
}

#[test]
fn modules_and_append_repeat() {
    let options = parse("--module a.ko --append x=1 --module b.o --append monitor").unwrap();
    assert_eq!(options.modules.len(), 2);
    let token = Token::new(0);
    let line = format!("x=1 monitor initrd_sum=0000000a {}", token.word());
    assert_eq!(options.command_line(&token, 10), line);
}

#[test]
fn what_is_not_understood_is_a_usage_error() {
    for line in [
        "--quiet --verbose",
        "profile boot --json run.jsonl",
        "profile boot --junit run.xml",
        "bench --contention --icount",
        "bench --contention --json run.jsonl",
        "bench --peer --json run.jsonl",
        "test --icount",
        "lessons --verbose",
        "hostile --junit run.xml",
        "report --from run.jsonl --cpus 4",
        "report page.html other.html",
        "report --picture --cpus 4",
        "report --picture --from run.jsonl",
        "--cpu 2",
        "--cpus 0",
        "--cpus x",
        "--cpus -1",
        "--cpus 249",
        "--cpu help",
        "--cpu=",
        "--memory 2",
        "--memory 0G",
        "--memory G",
        "--memory +2G",
        "--memory 2Q",
        "--memory 2\u{e9}",
        "--memory 15M",
        "--memory 16383K",
        "--memory 16385K",
        "--memory 99999999999999T",
        "--timeout 0",
        "--timeout -5",
        "--timeout 1.5",
        "--timeout 18446744073709551616",
        "--append token=1",
        "--cpus",
        "lesson",
        "profile",
        "profile ;",
        "profile boot lsmod",
        "bench --accept --contention",
        "bench --contention --run lsmod",
        "profile boot --run lsmod",
        "bench --plots --peer",
        "bench --document --accept",
        "bench --peer --run lsmod",
        "bench --peer --accept --cpus 1",
        "bench --plots --memory 1G",
        "lessons --cpus 4",
        "hostile --cpus 4",
        "hostile --trials many",
        "lessons --check --update",
        "help",
        "shell test",
        "shell --run help",
        "test --cpus 4",
        "--run ;",
    ] {
        refused(line);
    }
}

#[test]
fn commands_are_split_and_trimmed() {
    let words = [PROGRAM, "--run", " insmod hello ;; lsmod;"];
    let options = Options::checked(words).unwrap();
    assert_eq!(options.commands(), ["insmod hello", "lsmod"]);
    assert_eq!(parse("bench").unwrap().commands(), ["bench"]);
    let words = [PROGRAM, "bench", "--run", "bench link"];
    let options = Options::checked(words).unwrap();
    assert_eq!(options.commands(), ["bench link"]);
    let of = |text| Options::checked([PROGRAM, "profile", text]).unwrap();
    assert_eq!(of("alloc").commands(), ["bench alloc"]);
    assert_eq!(
        of("insmod hello; lsmod").commands(),
        ["insmod hello", "lsmod"]
    );
}

#[test]
fn only_runs_that_end_by_themselves_have_a_limit() {
    assert_eq!(parse("").unwrap().time_limit(), Some(DEFAULT_TIMEOUT));
    assert_eq!(parse("shell").unwrap().time_limit(), None);
    assert_eq!(parse("debug").unwrap().time_limit(), None);
    let five = Some(Duration::from_secs(5));
    assert_eq!(parse("debug --timeout 5").unwrap().time_limit(), five);
}

#[test]
fn the_shell_asks_for_the_monitor() {
    let token = Token::new(0);
    let line = parse("shell").unwrap().command_line(&token, 1);
    let rest = format!("initrd_sum=00000001 {}", token.word());
    assert_eq!(line, format!("monitor {rest}"));
    let tests = parse("").unwrap().command_line(&token, 1);
    assert_eq!(tests, format!("sanity=1 {rest}"));
    let given = parse("--append sanity=0").unwrap();
    assert_eq!(given.command_line(&token, 1), format!("sanity=0 {rest}"));
}

#[test]
fn limits_are_as_documented() {
    for line in [
        "--cpus 1",
        "--cpus 248",
        "--memory 16M",
        "--memory 16384K",
        "--memory 4T",
        "--timeout 1",
        "--timeout 18446744073709551615",
    ] {
        assert!(parse(line).is_ok(), "{line}");
    }
    let memory = parse("--memory 1G").unwrap().memory();
    assert_eq!(
        (memory.bytes(), memory.to_string()),
        (1 << 30, "1024M".to_owned())
    );
}

#[test]
fn a_command_line_that_qemu_would_drop_is_refused() {
    let of = |bytes, verb: &str| parse(&format!("{verb} --append {}", "x".repeat(bytes)));
    let own = " sanity=1 initrd_sum=00000000 ".len() + Token::new(0).word().len();
    assert!(of(COMMAND_LINE_LIMIT - own, "").is_ok());
    let error = of(COMMAND_LINE_LIMIT - own + 1, "").unwrap_err();
    assert_eq!(error.exit_code(), 2);
    let text = error.to_string();
    assert!(
        text.contains("4096 bytes") && text.contains("at most 4095"),
        "{text}"
    );
    // The shell's own word counts, too, and has less than that of self-tests' runs.
    let less = "sanity=1".len() - "monitor".len();
    assert!(of(COMMAND_LINE_LIMIT - own + less, "shell").is_ok());
    assert!(of(COMMAND_LINE_LIMIT - own + less + 1, "shell").is_err());
}

/// A dump needs no machine, and so none of its options.
#[test]
fn a_dump_starts_no_machine() {
    let parsed = |line: &str| Options::checked(line.split(' '));
    assert!(parsed("x debug --core file --module a.ko").is_ok());
    assert!(parsed("x debug --dump file --cpus 3").is_ok());
    for option in ["--cpus 3", "--run lsmod", "--dump x", "--timeout 1"] {
        assert!(
            parsed(&format!("x debug --core file {option}")).is_err(),
            "{option}"
        );
    }
    assert!(parsed("x test --dump file").is_err());
}
