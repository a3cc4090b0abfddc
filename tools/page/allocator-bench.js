// The allocator's bench: steps of one's own, or at random from a seed.

const STEPS = { alloc: 0, atomic: 1, reserved: 2, free: 3, balance: 4, trim: 5, random: 6 };
const LOG_LINES = 60;

const allocatorBench = { wasm: null, state: null, live: [], log: [], steps: 0, violations: [] };

/** A step, and what is known of live areas after it. */
function benchStep(what, cpu, size, align) {
  const bench = allocatorBench;
  const step = bench.wasm.step(what, cpu, size, align);
  bench.steps = step.step;
  for (const handle of step.handles ?? []) bench.live.push({ handle, size: step.size });
  if (step.op === "free" && !step.error)
    bench.live = bench.live.filter((one) => one.handle !== step.handle);
  if (step.violation) bench.violations.push(`step ${step.step}: ${step.violation}`);
  bench.log.unshift(step);
  bench.log.length = Math.min(bench.log.length, LOG_LINES);
  return step;
}

function startBench(cpus, magazine, seed) {
  const state = allocatorBench.wasm.start(cpus, 8192, magazine, seed);
  Object.assign(allocatorBench, { state, live: [], log: [], steps: 0, violations: [] });
}

function stepWords(step) {
  const what =
    { free: "free", balance: "balance", trim: "trim" }[step.op] ??
    `${step.op} ${step.size}, aligned to ${step.align}`;
  const result = step.error
    ? el("span", { class: "bad" }, `: ${step.error}`)
    : step.op === "free"
      ? [" ", hexNode(step.handle, "handle")]
      : (step.handles ?? []).map((handle, nth) => [nth ? ", " : " → ", hexNode(handle, "handle")]);
  return el(
    "li",
    { value: step.step },
    `CPU ${step.cpu}: ${what}`,
    result,
    step.violation ? el("b", { class: "bad" }, ` ${step.violation}`) : "",
  );
}

function showAllocatorBench(wasm) {
  const holder = byId("allocator-view");
  if (!wasm) {
    holder.append(
      el("p", {}, "This page was made without it: what it takes to compile it wasn't there."),
    );
    return;
  }
  allocatorBench.wasm = wasm;
  const number = (id, value, min, max) =>
    el("input", { type: "number", id: `bench-${id}`, value, min, max });
  const [cpus, seed, size, align, cpu] = [
    number("cpus", 2, 1, 16),
    number("seed", 1, 0, 4294967295),
    number("size", 100, 0, 40000),
    number("align", 8, 1, 4096),
    number("cpu", 0, 0, 15),
  ];
  const magazine = el("input", { type: "checkbox", id: "bench-magazine", checked: true });
  const handle = el("select", { id: "bench-handle" });
  const view = el("div");
  const log = el("ol", { class: "log", "aria-label": "The last steps" });
  const words = el("p", { class: "words", role: "status", id: "bench-words" });
  const value = (input) => Math.trunc(Number(input.value) || 0);
  const show = () => {
    allocatorBench.state = wasm.state();
    const { live, violations, steps } = allocatorBench;
    const options = live.slice(-100).reverse();
    handle.replaceChildren(
      ...options.map((one) =>
        el("option", { value: one.handle }, `${hex(one.handle)}, ${one.size} bytes`),
      ),
    );
    const { usage } = allocatorBench.state;
    words.replaceChildren(
      `${grouped(steps)} steps; ${usage.live} areas live, ${bytesText(usage.bytes)} a unit; ${usage.cached} more kept by CPUs; ${usage.populated} pages populated, ${usage.empty} of them empty; ${usage.chunks} chunks. `,
      violations.length
        ? el("b", { class: "bad" }, violations[0])
        : el("b", { class: "good" }, "All invariants hold."),
    );
    log.replaceChildren(...allocatorBench.log.map(stepWords));
    view.replaceChildren(
      el("div", { class: "bench-chunks" }, benchChunks(allocatorBench.state)),
      freeLists(allocatorBench.state),
    );
  };
  const act = (what, first, second) => () => {
    benchStep(what, value(cpu), first?.() ?? 0, second?.() ?? 0);
    show();
  };
  const button = (text, id, onclick) =>
    el("button", { type: "button", id: `bench-${id}`, onclick }, text);
  const restart = () => {
    stop();
    startBench(
      Math.min(16, Math.max(1, value(cpus))),
      magazine.checked ? 128 : 0,
      BigInt(Math.max(0, value(seed))),
    );
    show();
  };
  const random = (count) => () => {
    for (let step = 0; step < count; step += 1) benchStep(STEPS.random, 0, 0, 0);
    show();
  };
  let timer = 0;
  const play = button("▶ Play", "play", () => (timer ? stop() : start()));
  function start() {
    play.textContent = "■ Stop";
    timer = setInterval(random(1), 160);
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "▶ Play";
  }
  const [sized, aligned] = [() => value(size), () => value(align)];
  holder.append(
    el(
      "div",
      { class: "controls" },
      el("label", {}, "CPUs ", cpus),
      el("label", {}, "seed ", seed),
      el("label", {}, magazine, " magazines"),
      button("Start anew", "restart", restart),
    ),
    el(
      "div",
      { class: "controls" },
      el("label", {}, "Bytes ", size),
      el("label", {}, "aligned to ", align),
      el("label", {}, "on CPU ", cpu),
      el(
        "div",
        {},
        button("alloc", "alloc", act(STEPS.alloc, sized, aligned)),
        button("alloc atomic", "atomic", act(STEPS.atomic, sized, aligned)),
        button("alloc reserved", "reserved", act(STEPS.reserved, sized, aligned)),
      ),
    ),
    el(
      "div",
      { class: "controls" },
      el("label", {}, "Area ", handle),
      el(
        "div",
        {},
        button(
          "free",
          "free",
          act(STEPS.free, () => value(handle)),
        ),
        button("balance", "balance", act(STEPS.balance)),
        button("trim", "trim", act(STEPS.trim)),
      ),
    ),
    el(
      "div",
      { class: "controls" },
      el(
        "div",
        { role: "group", "aria-label": "At random" },
        button("A random step", "random", random(1)),
        play,
        button("100 at random", "hundred", random(100)),
        button("1,000 at random", "thousand", random(1000)),
      ),
    ),
    words,
    unitLegend(),
    el(
      "div",
      { class: "bench" },
      view,
      el(
        "div",
        { class: "scroll log-box", role: "group", tabindex: 0, "aria-label": "The last steps" },
        log,
      ),
    ),
  );
  restart();
}
