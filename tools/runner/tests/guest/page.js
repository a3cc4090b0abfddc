// Checks of a page of `report`, made inside of it; each returns a list of what is wrong. They
// read the JSON lines anew, and compare with what a person sees.

const seen = (selector) => document.querySelector(selector)?.textContent ?? "";
const hexOf = (number) => `0x${BigInt(number).toString(16)}`;

/** Each event, its numbers as texts of digits: exact, however large. */
function eventsOf(lines) {
  const exact = (text) =>
    text.replace(/"(?:[^"\\]|\\.)*"|-?\d+/g, (token) => (token[0] === '"' ? token : `"${token}"`));
  return lines
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(exact(line)));
}

function choosePlace(relocation) {
  const access = accesses.find((one) => one.relocation?.address === BigInt(relocation.address));
  if (access) choose({ access });
  return access;
}

/** What is drawn of each access are the run's numbers. */
function numbers(lines) {
  const wrong = [];
  const events = eventsOf(lines);
  const of = (kind) => events.filter((event) => event.event === kind);
  const must = (text, wanted, what) => {
    if (!text.includes(wanted)) wrong.push(`${what}: ${wanted} isn't in: ${text}`);
  };
  const slots = new Map(of("slot").map((slot) => [slot.address, slot]));
  const handles = new Set(of("variable").map((variable) => variable.handle));
  const ways = of("relocation").filter(
    (one) => one.slot && handles.has(slots.get(one.slot)?.value),
  );
  if (ways.length < 5) wrong.push(`only ${ways.length} ways`);
  for (const way of ways) {
    if (!choosePlace(way)) wrong.push(`no access at ${way.address}`);
    for (const cpu of of("cpu")) {
      document.querySelector(`#choice [data-cpu="${cpu.number}"]`).click();
      const what = `${way.module} ${way.symbol} at ${hexOf(way.address)}, CPU ${cpu.number}`;
      const { value } = slots.get(way.slot);
      must(seen(".station.code .address"), hexOf(BigInt(way.address) - 2n), what);
      if (way.code) must(seen(".station.code .bytes").replaceAll(" ", ""), way.code, what);
      must(seen(".station.slot .address"), hexOf(way.slot), what);
      must(seen(".station.slot .value"), hexOf(value), what);
      must(seen(".station.handle .value"), hexOf(value), what);
      must(seen(".station.offset .value"), hexOf(cpu.offset), what);
      must(seen(".station.offset .prefixed"), hexOf(BigInt(cpu.prefix) + 816n), what);
      const copy = of("copy").find((one) => one.handle === value && one.cpu === cpu.number);
      must(seen(".station.copy .address"), hexOf(copy.address), what);
      must(seen(".station.copy .bytes").replaceAll(" ", ""), copy.value, what);
      must(
        seen(".station.copy .value").replaceAll("\u202f", ""),
        String(BigInt(`0x${copy.value}`)),
        what,
      );
    }
  }
  const results = Map.groupBy(of("test"), (test) => test.result);
  for (const result of ["passed", "failed", "skipped"]) {
    if (seen(`#tests-${result}`) !== String(results.get(result)?.length ?? 0))
      wrong.push(`tests ${result}`);
  }
  must(seen("#facts"), of("verdict")[0].text, "the verdict");
  for (const chunk of of("chunk"))
    must(seen("#chunks-view"), hexOf(chunk.handle), "a chunk's handle");
  for (const region of of("region")) must(seen("#map-view"), hexOf(region.end), "a region's end");
  return wrong;
}

/** A click on an access lights its way: in the table, on the map, on the chunk, among the copies. */
function ways() {
  const wrong = [];
  byId("relocations-module").value = "counter";
  byId("relocations-module").dispatchEvent(new Event("change"));
  const rows = [...document.querySelectorAll("#relocations-table tr.percpu")];
  if (rows.length < 3) wrong.push(`${rows.length} rows of per-CPU variables`);
  for (const row of rows) {
    row.cells[1].click();
    const { access } = choice;
    if (String(access.relocation?.address) !== row.dataset.place)
      wrong.push("another access is chosen");
    const lit = document.querySelectorAll("#relocations-table tr.lit");
    if (lit.length !== 1 || lit[0].dataset.place !== row.dataset.place)
      wrong.push("its row isn't lit");
    for (const kind of ["code", "handle"]) {
      if (!document.querySelector(`#map-view .tick.${kind}`)) wrong.push(`no ${kind} on the map`);
    }
    if (!document.querySelector("#chunks-view .lit-area"))
      wrong.push("its bytes aren't lit in the chunk");
    if (document.querySelectorAll("#access-view tr.lit").length !== 1)
      wrong.push("its copy isn't lit");
    const detail = row.nextElementSibling;
    if (!detail.textContent.includes(hexOf(access.slot.address)))
      wrong.push("its formula lacks the slot");
    row.cells[1].click();
  }
  return wrong;
}

/** The map goes from all addresses down to a slot, and shows what it should. */
function zooms() {
  const wrong = [];
  const shown = () => seen("#map-view .picture svg");
  const jump = (text) =>
    [...document.querySelectorAll("#map-view button")]
      .find((one) => one.textContent === text)
      .click();
  const must = (holds, what) => {
    if (!holds) wrong.push(`${what}: ${shown()}`);
  };
  choosePlace(accesses.find((one) => one.slot && one.relocation.code).relocation);
  jump("All of 2⁶⁴");
  must(mapView.width === 2 ** 64 && shown().includes("2⁶⁴"), "all addresses");
  jump("All that is used");
  must(/GiB: out of reach/.test(shown()), "the distance");
  jump("Its slot");
  const { slot } = choice.access;
  must(mapView.width <= 128 && shown().includes(`${hexOf(slot.address)} to`), "the slot");
  jump("Reach of the instruction");
  const band = document.querySelectorAll("#map-view .picture rect.reach");
  const widest = Math.max(...[...band].map((one) => Number(one.getAttribute("width"))));
  const whole = Number(document.querySelector("#map-view .picture svg").getAttribute("width"));
  const share = (2 ** 33 - 2) / mapView.width;
  must(
    Math.abs(widest / (whole - MAP.label) - share) < 0.01,
    `the reach has ${widest} of ${whole}`,
  );
  byId("map-zoom").value = 6;
  byId("map-zoom").dispatchEvent(new Event("input"));
  must(mapView.width === 64, "64 bytes");
  return wrong;
}

/** Sorted and filtered, the table is right; the formulas add up. */
function tables() {
  const wrong = [];
  const cells = (column) =>
    [...document.querySelectorAll("#relocations-table tr[data-place]")].map(
      (row) => row.cells[column].textContent,
    );
  const head = (column) =>
    document.querySelectorAll("#relocations-table thead th")[column - 1].querySelector("button");
  head(3).click();
  const types = cells(3);
  if (String(types) !== String([...types].sort())) wrong.push("not sorted by type");
  head(3).click();
  if (String(cells(3)) !== String([...types].sort().reverse()))
    wrong.push("not sorted the other way");
  const filter = byId("relocations-filter");
  filter.value = "gotent";
  filter.dispatchEvent(new Event("input"));
  if (!cells(3).length || cells(3).some((type) => type !== "GOTENT")) wrong.push("not filtered");
  filter.value = "";
  filter.dispatchEvent(new Event("input"));
  if (cells(3).length !== types.length) wrong.push("the filter stays");
  for (const module of run.modules.values()) {
    for (const relocation of module.relocations) {
      const { addsUp, text } = formula(relocation);
      if (!addsUp)
        wrong.push(`${text} of ${relocation.type} at ${hexOf(relocation.address)} doesn't add up`);
      // An instruction that the loader wrote leads where its field says.
      const at = relocation.address - bias(relocation.type);
      const decoded = instruction(relocation.code, at);
      if (
        decoded &&
        decoded.target !==
          BigInt.asUintN(64, relocation.address + relocation.result - bias(relocation.type))
      ) {
        wrong.push(`${decoded.text} isn't what the field stands for`);
      }
    }
  }
  return wrong;
}

/** The stress run steps to and fro. */
function moments() {
  const wrong = [];
  const slider = byId("moment");
  if (!slider) return ["no stress run"];
  slider.value = 0;
  slider.dispatchEvent(new Event("input"));
  const words = () => seen("#moments-view .words");
  if (!words().startsWith("Moment 1 of ")) wrong.push(words());
  document.querySelector("#moments-view [aria-label='Step on']").click();
  if (!words().startsWith("Moment 2 of ")) wrong.push(words());
  document.querySelector("#moments-view [aria-label='Step back']").click();
  if (!words().startsWith("Moment 1 of ")) wrong.push(words());
  byId("moment-play").click();
  if (!byId("moment-play").textContent.includes("Stop")) wrong.push("it doesn't play");
  byId("moment-play").click();
  if (!byId("moment-play").textContent.includes("Play")) wrong.push("it doesn't stop");
  return wrong;
}

/** The benches do what their buttons say. */
function bench() {
  const wrong = [];
  const press = (id) => byId(id).click();
  const must = (holds, what) => {
    if (!holds) wrong.push(what);
  };
  const file = (name) => {
    byId("bench-example").value = name;
    byId("bench-example").dispatchEvent(new Event("change"));
  };
  file("counter");
  document.querySelector("#loader [data-distance='-2199023255552']").click();
  must(loaderBench.result.linked, "counter links at 2 TiB, by its slots");
  must(
    loaderBench.result.relocations.some((one) => one.stub !== undefined),
    "its calls go by stubs",
  );
  byId("flip-byte").value = 18;
  press("flip-one");
  must(
    seen("#flip-note").includes("refused") && seen("#flip-note").includes("machine is 278, not 22"),
    `a bit of e_machine: ${seen("#flip-note")}`,
  );
  press("flip-many");
  must(/Of 200: .*refused/.test(seen("#flip-note")), seen("#flip-note"));
  for (const [bytes, words] of [
    [1, "The loader refuses"],
    [4, "The CPU refuses"],
    [8, "Nobody refuses"],
    [0, "As it should be"],
  ]) {
    byId("slot-bytes").value = bytes;
    byId("slot-bytes").dispatchEvent(new Event("input"));
    must(seen("#slot-note").startsWith(words), `${bytes}: ${seen("#slot-note")}`);
  }
  loaderBench.wasm && takeFile("no module", new TextEncoder().encode("no module at all"));
  must(seen("#bench-verdict").includes("refused"), "what is no module is refused");
  press("bench-restart");
  press("bench-alloc");
  must(
    allocatorBench.live.length === 1 && seen("#bench-words").includes("1 areas live"),
    seen("#bench-words"),
  );
  byId("bench-size").value = 40000;
  press("bench-alloc");
  must(allocatorBench.log[0].error, "40,000 bytes are too many");
  press("bench-free");
  must(allocatorBench.live.length === 0, "the area is freed");
  press("bench-thousand");
  must(seen("#bench-words").includes("All invariants hold"), seen("#bench-words"));
  return wrong;
}

/** Nothing leads out of the page, and nothing is fetched. */
function asksForNothing() {
  const fetched = performance.getEntriesByType("resource").map((entry) => entry.name);
  const links = [...document.querySelectorAll("[src], link[href], a[href]:not([href^='#'])")].map(
    (one) => one.outerHTML,
  );
  return [...fetched, ...links];
}

/** Nothing is wider than the window. */
function fits() {
  // The picture of the map is drawn anew when the window has another width.
  const width = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth > width + 1
    ? [...document.querySelectorAll("main *")]
        .filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest(".scroll"))
        .slice(0, 5)
        .map((one) => `${one.outerHTML.slice(0, 120)} is wider than ${width}`)
    : [];
}

/** All that can be used: links, buttons, fields that can be seen, and what can be scrolled. */
function usable() {
  const all = document.querySelectorAll("a[href], button, select, input, summary, [tabindex='0']");
  return [...all].filter((one) => !one.disabled && one.checkVisibility());
}

function unreached() {
  return usable()
    .filter((one) => !reached.has(one))
    .map((one) => `${one.outerHTML.slice(0, 160)} isn't reached by Tab`);
}
