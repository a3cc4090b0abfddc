//! `report`: the page of a run, in a browser. What it shows is what the run's JSON lines say,
//! and a person may use it by keyboard alone.

use crate::browser::Browser;
use crate::run::{Completed, TestResult, bash, release, runner};
use libtest_mimic::{Completion, Failed};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

const NONE: &str = "no Chromium is here (Debian's chromium-headless-shell)";

/// Checks that are made in the page: functions that return what is wrong.
const CHECKS: &str = include_str!("page.js");

/// Most bytes of a page, and most milliseconds until it is drawn.
const LARGEST: u64 = 2 << 20;
const SLOWEST: f64 = 1000.0;

/// A run, and its page.
struct Made {
    _folder: TempDir,
    page: PathBuf,
    json: PathBuf,
}

/// A short run with all that the page has parts for.
fn make(commands: &str) -> Result<Made, Failed> {
    let folder = tempfile::tempdir()?;
    let (page, json) = (
        folder.path().join("page.html"),
        folder.path().join("run.jsonl"),
    );
    let words = [
        "report",
        &*page.to_string_lossy(),
        "--json",
        &*json.to_string_lossy(),
    ];
    let run = runner(&[&words[..], &["--quiet", "--run", commands]].concat());
    run.must_exit(0)?;
    Ok(Made {
        _folder: folder,
        page,
        json,
    })
}

const COMMANDS: &str = "insmod hello; insmod counter; insmod c_counter; insmod visitor; \
    selftest percpu.stress; call counter_hit; call @1 counter_hit; \
    percpu alloc 24 x10; percpu alloc 9000 x2";

/// Opens a page that has been made; it has drawn itself then.
fn open(browser: &mut Browser, made: &Made, scheme: &str) -> TestResult {
    browser.show_as((1280, 900), scheme)?;
    browser.open(
        &made.page,
        "performance.getEntriesByName('drawn').length > 0",
    )
}

/// Calls a check of `page.js`; it returns a list of what is wrong.
fn check(browser: &mut Browser, call: &str) -> TestResult {
    let wrong = browser.evaluate(&format!("(() => {{ {CHECKS}\nreturn {call}; }})()"))?;
    let lines: Vec<&str> = { wrong.as_array().into_iter().flatten() }
        .filter_map(Value::as_str)
        .collect();
    match (&wrong, lines.is_empty()) {
        (Value::Array(_), true) => Ok(()),
        _ => Err(format!("{call}: {}", lines.join("\n")).into()),
    }
}

/// The numbers drawn are the run's; a click lights the way; nothing complains.
pub fn shows_the_run() -> Completed {
    let Some(mut browser) = Browser::start()? else {
        return Ok(Completion::ignored_with(NONE));
    };
    let made = make(COMMANDS)?;
    let bytes = fs::metadata(&made.page)?.len();
    assert!(bytes < LARGEST, "the page has {bytes} bytes");
    open(&mut browser, &made, "light")?;
    let drawn = browser.evaluate("performance.getEntriesByName('drawn')[0].startTime")?;
    assert!(
        drawn.as_f64().is_some_and(|drawn| drawn < SLOWEST),
        "drawn after {drawn} ms"
    );
    let lines = serde_json::to_string(&fs::read_to_string(&made.json)?)?;
    check(&mut browser, &format!("numbers({lines})"))?;
    check(&mut browser, "ways()")?;
    check(&mut browser, "tables()")?;
    check(&mut browser, "moments()")?;
    check(&mut browser, "asksForNothing()")?;
    by_keyboard(&mut browser)?;
    for (size, scheme) in [
        ((1280, 900), "dark"),
        ((360, 740), "light"),
        ((1280, 900), "print"),
    ] {
        browser.show_as(size, scheme)?;
        check(&mut browser, "fits()")?;
    }
    assert_eq!(browser.complaints, [""; 0]);
    Ok(Completion::Completed)
}

/// Tab goes to all that can be used, and comes round.
fn by_keyboard(browser: &mut Browser) -> TestResult {
    browser.evaluate(
        "window.reached = new Set(); document.activeElement.blur(); \
         document.addEventListener('focusin', (event) => reached.add(event.target))",
    )?;
    let usable = format!("(() => {{ {CHECKS}\nreturn usable().length; }})()");
    let count = browser.evaluate(&usable)?.as_u64().unwrap_or_default();
    assert!(count > 30, "{count} can be used");
    for _ in 0..count + 3 {
        browser.press("Tab", 9)?;
    }
    check(browser, "unreached()")
}

/// axe finds nothing: light, dark, narrow. It is npm's axe-core, fetched once.
pub fn is_accessible() -> Completed {
    let Some(mut browser) = Browser::start()? else {
        return Ok(Completion::ignored_with(NONE));
    };
    let folder = release().join("../../axe-core");
    let axe = folder.join("package/axe.min.js");
    if !axe.exists() {
        fs::create_dir_all(&folder)?;
        let line = format!(
            "cd '{}' && npm pack --silent --fetch-retries 0 axe-core@4 && tar -xzf axe-core-*.tgz",
            folder.display()
        );
        if !bash(&line).output()?.status.success() {
            return Ok(Completion::ignored_with("npm's axe-core can't be had here"));
        }
    }
    let axe = fs::read_to_string(&axe)?;
    let made = make(COMMANDS)?;
    for (size, scheme) in [
        ((1280, 900), "light"),
        ((1280, 900), "dark"),
        ((360, 740), "light"),
    ] {
        open(&mut browser, &made, scheme)?;
        browser.show_as(size, scheme)?;
        browser.evaluate(&format!("{axe}; true"))?;
        browser.evaluate(
            "document.querySelectorAll('details').forEach((one) => { one.open = true; }); \
             document.querySelector('button.open')?.click()",
        )?;
        let found = browser.evaluate(
            "axe.run().then((found) => found.violations.map((one) => \
             `${one.id}: ${one.help}: ${one.nodes.slice(0, 4).map((node) => node.html + ' ' + \
             node.failureSummary).join(' | ')}`))",
        )?;
        assert_eq!(found, serde_json::json!([]), "{scheme} {size:?}");
    }
    Ok(Completion::Completed)
}
