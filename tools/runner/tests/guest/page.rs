//! `report`: the page of a run, in a browser. What it shows is what the run's JSON lines say,
//! and a person may use it by keyboard alone.

use crate::browser::Browser;
use crate::run::{Completed, Run, TestResult, bash, release, runner};
use libtest_mimic::{Completion, Failed};
use loader::{Object, Plan};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
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

/// One run, one page and one browser for all that is to be seen of them: the page shows the run,
/// and its workbench runs the kernel's crates, if something here compiles for WebAssembly.
pub fn shows_and_runs() -> Completed {
    let Some(mut browser) = Browser::start()? else {
        return Ok(Completion::ignored_with(NONE));
    };
    let made = make(COMMANDS)?;
    shows_the_run(&mut browser, &made)?;
    let has_workbench = runs_the_kernels_crates(&mut browser, &made)?;
    assert_eq!(browser.complaints, [""; 0]);
    Ok(match has_workbench {
        true => Completion::Completed,
        false => Completion::ignored_with("nothing here compiles for WebAssembly"),
    })
}

/// The numbers drawn are the run's; a click lights the way; nothing complains.
fn shows_the_run(browser: &mut Browser, made: &Made) -> TestResult {
    let bytes = fs::metadata(&made.page)?.len();
    assert!(bytes < LARGEST, "the page has {bytes} bytes");
    // The machine has other work, so the best of some counts.
    let mut drawn = Vec::new();
    while drawn.len() < 5 && drawn.last().is_none_or(|&last| last >= SLOWEST) {
        open(browser, made, "light")?;
        let last = browser.evaluate("performance.getEntriesByName('drawn')[0].startTime")?;
        drawn.push(last.as_f64().unwrap_or(f64::INFINITY));
    }
    assert!(
        drawn.iter().any(|&drawn| drawn < SLOWEST),
        "drawn after {drawn:?} ms"
    );
    let lines = serde_json::to_string(&fs::read_to_string(&made.json)?)?;
    check(browser, &format!("numbers({lines})"))?;
    check(browser, "ways()")?;
    check(browser, "zooms()")?;
    check(browser, "tables()")?;
    check(browser, "moments()")?;
    check(browser, "asksForNothing()")?;
    // A page of a file is the same but for what a second guest reported.
    let other = made.json.with_extension("html");
    let words = ["report", &*other.to_string_lossy(), "--from"];
    runner(&[&words[..], &[&*made.json.to_string_lossy()]].concat()).must_exit(0)?;
    let block = |page: &str| page.split("id=\"near\"").next().map(str::to_owned);
    assert_eq!(
        block(&fs::read_to_string(&made.page)?),
        block(&fs::read_to_string(&other)?)
    );
    for (size, scheme) in [
        ((1280, 900), "dark"),
        ((360, 740), "light"),
        ((1280, 900), "print"),
    ] {
        browser.show_as(size, scheme)?;
        check(browser, "fits()")?;
    }
    Ok(())
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

/// The distances from an instruction to its variable at which `direct` begins to be refused,
/// and whether it is. kmod-inspect takes handles of the kernel's alignment alone.
const LIMITS: [(i64, bool); 8] = [
    (-(4 << 30) - 8, false),
    (-(4 << 30) - 2, false),
    (-(4 << 30), true),
    (-(1 << 30), true),
    ((4 << 30) - 8, true),
    ((4 << 30) - 2, true),
    (4 << 30, false),
    (-(2048 << 30), false),
];

/// What the page's loader says is what kmod-inspect says; 1,000 steps of its allocator are
/// those of the same crate on this machine, and none breaks an invariant. By keyboard alone one
/// reaches all. `false` if there is no workbench.
fn runs_the_kernels_crates(browser: &mut Browser, made: &Made) -> Result<bool, Failed> {
    open(browser, made, "light")?;
    browser.wait("performance.getEntriesByName('workbench').length > 0")?;
    if browser.evaluate("loaderBench.wasm === null")? == true {
        by_keyboard(browser)?;
        return Ok(false);
    }
    let inspect = kmod_inspect()?;
    for (distance, links) in LIMITS {
        browser.evaluate(&format!("moveTo({distance}n)"))?;
        let seen = browser.evaluate(SEEN)?;
        let seen: Value = serde_json::from_str(seen.as_str().unwrap_or_default())?;
        let text = |member: &str| seen[member].as_str().unwrap_or_default();
        assert_eq!(text("distance"), distance.to_string());
        assert_eq!(seen["linked"], links, "{distance}");
        let number = |member: &str| text(member).parse::<u64>();
        let (base, per_cpu, kernel) = (number("base")?, number("per_cpu")?, number("kernel")?);
        let linked = link_here(base, per_cpu, kernel)?;
        assert_eq!(linked.is_ok(), links, "{distance}");
        let shown = text("shown");
        let words = linked.unwrap_or_else(|words| words);
        assert!(shown.contains(&words), "{distance}: {words}: {shown}");
        if per_cpu % 8 == 0 {
            same_as_kmod_inspect(&inspect, &seen)?;
        }
    }
    same_steps(browser)?;
    check(browser, "bench()")?;
    by_keyboard(browser)?;
    Ok(true)
}

/// What the page has of a link; its large numbers are BigInt, which JSON hasn't.
const SEEN: &str = "JSON.stringify({ base: loaderBench.base, per_cpu: loaderBench.perCpu, \
    kernel: BENCH_KERNEL, distance: benchDistance(), linked: loaderBench.result.linked, \
    shown: byId('bench-verdict').textContent, \
    relocations: loaderBench.result.relocations.map((one) => [one.section, one.offset, \
    one.address, one.type, one.symbol, one.addend, one.value, one.result].map(String)) }, \
    (_, value) => typeof value === 'bigint' ? String(value) : value)";

fn direct() -> PathBuf {
    release().join("modules/direct.ko")
}

/// The image's hash, or the loader's words, by the crate itself.
fn link_here(base: u64, per_cpu: u64, kernel: u64) -> Result<Result<String, String>, Failed> {
    let file = fs::read(direct())?;
    let object = Object::parse(&file).map_err(|error| error.to_string())?;
    let plan = Plan::new(&object).map_err(|error| error.to_string())?;
    let mut image = vec![0; plan.layout().size() as usize];
    let mut template = vec![0; plan.layout().per_cpu().0 as usize];
    let mut resolve = |_: &str, _| Some(kernel);
    let linked = loader::link(
        &plan,
        base,
        per_cpu,
        &mut resolve,
        &mut image,
        &mut template,
    );
    Ok(match linked {
        Ok(_) => Ok(format!("{:016x}", loader::image_hash(&image, &template))),
        Err(error) => Err(error.to_string()),
    })
}

/// The tool for people, built.
fn kmod_inspect() -> Result<PathBuf, Failed> {
    let line = "cargo build -q -p kmod-inspect";
    Run::of(&bash(line).output()?).must_exit(0)?;
    Ok(release().join("../../debug/kmod-inspect"))
}

/// What it says of the same addresses.
fn same_as_kmod_inspect(inspect: &Path, seen: &Value) -> TestResult {
    let text = |member: &str| seen[member].as_str().unwrap_or_default();
    let mut command = Command::new(inspect);
    command.args([
        "--json",
        "--base",
        text("base"),
        "--percpu",
        text("per_cpu"),
    ]);
    command.args(["--unresolved", text("kernel")]).arg(direct());
    let run = Run::of(&command.output()?);
    if seen["linked"] == false {
        run.must_exit(1)?;
        let error = run.stderr.trim().rsplit_once(".ko: ");
        let error = error.ok_or("an error")?.1;
        return run.must(text("shown").contains(error), "the same words");
    }
    run.must_exit(0)?;
    let output: Value = serde_json::from_str(&run.stdout)?;
    let members = [
        "section", "offset", "address", "type", "symbol", "addend", "value", "result",
    ];
    let plain = |value: &Value| match value.as_str() {
        Some(text) => format!("{:#}", rustc_demangle::demangle(text)),
        None => value.to_string(),
    };
    let relocations = output["relocations"].as_array().ok_or("relocations")?;
    let expected: Vec<Value> = relocations
        .iter()
        .map(|one| members.map(|member| plain(&one[member])).to_vec().into())
        .collect();
    assert_eq!(seen["relocations"], Value::Array(expected));
    Ok(())
}

/// Random steps of the page's allocator, and of the same crate here, each beside the model that
/// `kernel/percpu/tests/model.rs` runs by the million.
fn same_steps(browser: &mut Browser) -> TestResult {
    const RANDOM: u32 = 6;
    for (cpus, seed) in [(2, 1), (5, 77)] {
        let page = browser.evaluate(&format!(
            "(() => {{ const wasm = loaderBench.wasm; wasm.start({cpus}, 8192, 128, {seed}n); \
             const steps = Array.from({{ length: 1000 }}, () => wasm.step({RANDOM}, 0, 0, 0)); \
             return JSON.stringify([steps, wasm.state()]); }})()"
        ))?;
        let page: Value = serde_json::from_str(page.as_str().unwrap_or_default())?;
        workbench::workbench_start(cpus, 8192, 128, seed);
        for number in 0..1000 {
            workbench::workbench_step(RANDOM, 0, 0, 0);
            let step: Value = serde_json::from_str(&workbench::output())?;
            assert_eq!(page[0][number], step);
            assert_eq!(step["violation"], Value::Null, "{step}");
        }
        workbench::workbench_state();
        let state: Value = serde_json::from_str(&workbench::output())?;
        assert_eq!(page[1], state);
        assert!(state["usage"]["live"].as_u64() > Some(20), "{state}");
    }
    Ok(())
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
        browser.wait("performance.getEntriesByName('workbench').length > 0")?;
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
