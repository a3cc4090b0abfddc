// The run, read from its JSON lines (docs/control-channel.md) into what the parts of the page
// draw. An address may need all 64 bits, so addresses, handles and offsets are BigInt.

/** JSON.parse, but numbers that a double can't hold come as BigInt. */
function parseExactly(text) {
  const MARK = "\u{e000}";
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+/g, (token) =>
    token[0] === '"' || token.length < 16 ? token : `"${MARK}${token}"`,
  );
  return JSON.parse(marked, (_, value) =>
    typeof value === "string" && value[0] === MARK ? BigInt(value.slice(1)) : value,
  );
}

function readLines(id) {
  const text = document.getElementById(id)?.textContent ?? "";
  return text
    .split("\n")
    .filter((line) => line.trim())
    .map(parseExactly);
}

/** Members that are addresses, handles, or numbers modulo 2^64, by kind of event. */
const BIG = {
  region: ["start", "end"],
  cpu: ["offset", "prefix"],
  module: ["base", "bytes"],
  section: ["address", "bytes"],
  table: ["address", "bytes"],
  variable: ["handle", "slot"],
  slot: ["address", "value"],
  relocation: ["offset", "address", "addend", "value", "slot", "stub", "result"],
  copy: ["handle", "address"],
  chunk: ["handle"],
};

function readEvents(id) {
  return readLines(id).map((event) => {
    for (const name of BIG[event.event] ?? []) {
      if (event[name] !== undefined) event[name] = BigInt(event[name]);
    }
    return event;
  });
}

/** Puts the events of a run in their places. */
function readRun(id) {
  const run = {
    head: {},
    boot: {},
    verdict: {},
    regions: [],
    cpus: [],
    modules: new Map(),
    kernel: [],
    copies: new Map(),
    chunks: [],
    moments: [],
    tests: [],
    counts: null,
    commands: [],
  };
  const moduleOf = (name) => {
    if (!run.modules.has(name)) {
      run.modules.set(name, {
        name,
        state: "linked",
        sections: [],
        tables: [],
        variables: [],
        slots: [],
        relocations: [],
      });
    }
    return run.modules.get(name);
  };
  for (const event of readEvents(id)) {
    switch (event.event) {
      case "run":
        run.head = event;
        break;
      case "boot":
        run.boot = event;
        break;
      case "verdict":
        run.verdict = event;
        break;
      case "region":
        run.regions.push(event);
        break;
      case "cpu":
        run.cpus.push(event);
        break;
      case "module":
        Object.assign(moduleOf(event.name), event);
        break;
      case "section":
        moduleOf(event.module).sections.push(event);
        break;
      case "table":
        moduleOf(event.module).tables.push(event);
        break;
      case "slot":
        moduleOf(event.module).slots.push(event);
        break;
      case "relocation":
        moduleOf(event.module).relocations.push(event);
        break;
      case "variable":
        (event.module ? moduleOf(event.module).variables : run.kernel).push(event);
        break;
      case "copy": {
        const copies = run.copies.get(event.handle) ?? [];
        // Two names may stand for one place; the longer copy is the variable's.
        const known = copies.findIndex((copy) => copy.cpu === event.cpu);
        if (known < 0) copies.push(event);
        else if (event.value.length > copies[known].value.length) copies[known] = event;
        run.copies.set(event.handle, copies);
        break;
      }
      case "chunk":
        run.chunks.push({ ...event, areas: [] });
        break;
      case "area":
        run.chunks.at(-1)?.areas.push(event);
        break;
      case "moment": {
        const last = run.moments.at(-1);
        if (last?.number === event.number) last.pages.push(event);
        else run.moments.push({ number: event.number, pages: [event] });
        break;
      }
      case "test":
        run.tests.push(event);
        break;
      case "tests":
        run.counts = event;
        break;
      case "command":
        run.commands.push(event);
        break;
    }
  }
  // A symbol of the linker's, not a variable.
  run.kernel = run.kernel.filter((variable) => !variable.name.startsWith("__"));
  return run;
}

/** Every way to a per-CPU variable that the run reports. */
function findAccesses(run) {
  const variables = new Map();
  for (const variable of run.kernel) variables.set(variable.handle, variable);
  for (const module of run.modules.values()) {
    for (const variable of module.variables) variables.set(variable.handle, variable);
  }
  const accesses = [];
  for (const module of run.modules.values()) {
    const slots = new Map(module.slots.map((slot) => [slot.address, slot]));
    for (const relocation of module.relocations) {
      const slot = slots.get(relocation.slot);
      const handle = slot ? slot.value : relocation.value;
      const known = variables.get(handle);
      if (slot && known) accesses.push({ module, variable: known, relocation, slot });
      if (!relocation.fits) {
        const variable = { name: relocation.symbol, module: module.name, handle, bytes: 8 };
        accesses.push({ module, variable, relocation, slot: null });
      }
    }
  }
  for (const variable of run.kernel) {
    accesses.push({ module: null, variable, relocation: null, slot: null });
  }
  return accesses;
}

const run = readRun("run");
const nearRelocations = new Map(readEvents("near").map((event) => [relocationKey(event), event]));
const figures = JSON.parse(document.getElementById("figures")?.textContent || "{}");
const accesses = findAccesses(run);

function relocationKey(event) {
  return `${event.module} ${event.section} ${event.offset}`;
}
