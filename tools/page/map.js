// The address map: strips from 2^64 down to what is looked at, each to scale.
//
//   |------------------------------------------------| 2^64
//    \_
//   |--[per-CPU region]------------[modules]---------| 4 TiB
//                                 /        \
//   |--------[text][GOT]-----------------------------| what is looked at, with labels

const LEAST_WIDTH = 64;
const WHOLE = 2 ** 64;

const mapView = { low: 0n, width: WHOLE };

/** What lies where, the outermost first. `rank` is how far inside it is. */
function mapItems() {
  const items = [];
  const add = (kind, text, start, end, rank, more) => items.push({ kind, text, start, end, rank, ...more });
  for (const region of run.regions) {
    const kind = /vmalloc region/.test(region.name) ? "code"
      : /first chunk/.test(region.name) ? "copy"
      : /per-CPU region/.test(region.name) ? "copy-region"
      : /kernel/.test(region.name) ? "kernel" : "memory";
    const rank = kind === "memory" || kind === "code" || kind === "copy-region" ? 0 : 1;
    add(kind === "code" ? "code-region" : kind, region.name, region.start, region.end, rank);
  }
  for (const chunk of run.chunks.filter((chunk) => !chunk.reserved)) {
    for (const cpu of run.cpus) {
      const start = wrap(chunk.handle + cpu.offset);
      add("copy", `chunk ${chunk.number}, CPU ${cpu.number}'s unit`, start, start + BigInt(chunk.end), 2);
    }
  }
  for (const module of run.modules.values()) {
    if (module.state !== "live") continue;
    add("code", module.name, module.base, module.base + module.bytes, 1, { module: module.name });
    for (const section of module.sections.filter((section) => !section.per_cpu && section.bytes)) {
      add("code", section.name, section.address, section.address + section.bytes, 2);
    }
    for (const table of module.tables.filter((table) => table.bytes)) {
      const kind = table.kind === "got" ? "slot" : "code";
      add(kind, table.kind.toUpperCase(), table.address, table.address + table.bytes, 2);
    }
    for (const slot of module.slots) {
      add("slot", slot.name, slot.address, slot.address + 8n, 3);
    }
  }
  return items;
}

/** The points of the chosen access. */
function mapMarks() {
  const { access, cpu } = choice;
  if (!access) return [];
  const { relocation, slot, variable } = access;
  const marks = [];
  if (relocation) marks.push({ kind: "code", text: "instruction", at: wrap(relocation.address - bias(relocation.type)) });
  if (slot) marks.push({ kind: "slot", text: "slot", at: slot.address });
  marks.push({ kind: "handle", text: "handle", at: variable.handle });
  if (cpu) {
    marks.push({ kind: "copy", text: `copy of CPU ${cpu.number}`, at: wrap(variable.handle + cpu.offset) });
  }
  return marks;
}

function lookAt(low, width) {
  const clamped = Math.min(WHOLE, Math.max(LEAST_WIDTH, width));
  const most = TWO64 - BigInt(Math.ceil(Math.min(clamped, WHOLE)));
  mapView.width = clamped;
  mapView.low = low < 0n ? 0n : low > most ? (most < 0n ? 0n : most) : low;
}

function lookAtRange(start, end) {
  const width = Number(end - start) * 1.2;
  lookAt(start - BigInt(Math.round(Number(end - start) * 0.1)), width);
}

function lookAround(at, width) {
  lookAt(at - BigInt(Math.round(width / 2)), width);
}

const mapCentre = () => mapView.low + BigInt(Math.round(mapView.width / 2));

/** Widths of the strips from 2^64 to what is looked at, in equal steps of zoom. */
function stripWidths() {
  const ratio = Math.log2(WHOLE / mapView.width);
  if (ratio < 1) return [WHOLE];
  const steps = Math.max(1, Math.ceil(ratio / 13));
  return Array.from({ length: steps + 1 }, (_, step) =>
    step === steps ? mapView.width : 2 ** (64 - (ratio * step) / steps));
}

function stripWindow(width) {
  if (width === mapView.width) return { low: mapView.low, width };
  const centre = mapCentre();
  let low = centre - BigInt(Math.round(width / 2));
  const most = TWO64 - BigInt(Math.round(width));
  if (low < 0n) low = 0n;
  if (low > most) low = most;
  return { low, width };
}

/** Pixels of a strip for an address. */
const place = (window, left, pixels) => (at) =>
  left + (Number(at - window.low) / window.width) * pixels;

const MAP = { label: 84, strip: 22, between: 22, main: 238, rows: [34, 80, 126], floor: 200 };

function drawMap(holder, pixels) {
  const widths = stripWidths();
  const narrow = pixels < 560;
  const left = narrow ? 0 : MAP.label;
  const inner = pixels - left - 1;
  const items = mapItems();
  const marks = mapMarks();
  const height = (widths.length - 1) * (MAP.strip + MAP.between) + MAP.main;
  const picture = draw("svg", { width: pixels, height, viewBox: `0 0 ${pixels} ${height}`, "aria-hidden": "true" });
  picture.append(draw("defs", {}, draw("pattern", {
    id: "reach-lines", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
  }, draw("line", { x1: 0, y1: 0, x2: 0, y2: 6, class: "reach-line" }))));
  let top = 0;
  widths.forEach((width, step) => {
    const window = stripWindow(width);
    const isMain = step === widths.length - 1;
    const x = place(window, left, inner);
    if (!narrow) {
      picture.append(draw("text", { x: 0, y: top + 15, class: "strip-label" },
        width === WHOLE ? "2⁶⁴" : bytesText(Math.round(width))));
    }
    if (isMain) drawMain(picture, { x, top, left, inner, window }, items, marks);
    else {
      drawStrip(picture, { x, top, left, inner }, items, marks);
      const next = stripWindow(widths[step + 1]);
      const from = Math.max(left, x(next.low));
      const to = Math.max(from + 2, Math.min(left + inner, x(next.low + BigInt(Math.round(next.width)))));
      const bottom = top + MAP.strip + MAP.between;
      picture.append(draw("path", {
        class: "magnifier",
        d: `M${from},${top + MAP.strip} L${left},${bottom} H${left + inner} L${to},${top + MAP.strip} Z`,
      }), draw("rect", { class: "lens", x: from, y: top - 1, width: to - from, height: MAP.strip + 2 }));
    }
    top += MAP.strip + MAP.between;
  });
  holder.replaceChildren(picture);
}

function clipped(x, start, end, left, inner) {
  const from = x(start);
  const to = x(end);
  if (to < left || from > left + inner) return null;
  const begin = Math.max(left, from);
  return { x: begin, width: Math.max(1.5, Math.min(left + inner, to) - begin), whole: to - from };
}

function reachBand(marks, x, left, inner, y, height) {
  const code = marks.find((mark) => mark.kind === "code");
  if (!code) return null;
  const low = code.at + REACH_BELOW;
  const box = clipped(x, low < 0n ? 0n : low, code.at + REACH_ABOVE, left, inner);
  return box && draw("g", {},
    draw("rect", { class: "reach", x: box.x, y, width: box.width, height }),
    draw("rect", { fill: "url(#reach-lines)", x: box.x, y, width: box.width, height }));
}

/** Names the band, by a bracket where it is narrow. */
function reachLabel(band, left, end, top) {
  const box = band.firstChild;
  const from = Number(box.getAttribute("x"));
  const width = Number(box.getAttribute("width"));
  const text = "reach: 4 GiB either way";
  const at = Math.min(Math.max(from + width / 2, left + 78), end - 78);
  const bracket = width < end - left - 2 ? [draw("path", { class: "bracket", d: `M${from - 1.5},${top + 26} v-5 h${width + 3} v5` })] : [];
  return draw("g", {}, bracket, draw("text", { class: "reach-label", x: at, y: top + 16, "text-anchor": "middle" }, text));
}

function drawStrip(picture, { x, top, left, inner }, items, marks) {
  picture.append(draw("rect", { class: "ground", x: left, y: top, width: inner, height: MAP.strip }));
  const band = reachBand(marks, x, left, inner, top, MAP.strip);
  if (band) picture.append(band);
  for (const item of items.filter((item) => item.rank < 2)) {
    const box = clipped(x, item.start, item.end, left, inner);
    if (box) picture.append(draw("rect", { class: `item ${item.kind}`, x: box.x, y: top + 6, width: box.width, height: MAP.strip - 12 }));
  }
  for (const mark of marks) {
    const at = x(mark.at);
    if (at >= left && at <= left + inner) {
      picture.append(draw("line", { class: `tick ${mark.kind}`, x1: at, x2: at, y1: top, y2: top + MAP.strip }));
    }
  }
}

/** Rows of the strip that is looked at: reach, regions, parts, points, scale. */
function drawMain(picture, { x, top, left, inner, window }, items, marks) {
  const rows = MAP.rows.map((row) => top + row);
  const end = left + inner;
  picture.append(draw("rect", { class: "ground", x: left, y: top, width: inner, height: MAP.floor }));
  const band = reachBand(marks, x, left, inner, top, MAP.floor);
  if (band) picture.append(band, reachLabel(band, left, end, top));
  const taken = [-1, -1, -1];
  for (const item of items) {
    const box = clipped(x, item.start, item.end, left, inner);
    if (!box || (item.rank > 1 && box.whole < 3 && item.rank !== 3)) continue;
    if (item.rank === 3 && box.whole < 12) continue;
    const row = Math.min(item.rank, 2);
    const y = rows[row];
    const clicks = item.module ? { class: "clickable", onclick: () => chooseModule(item.module) } : {};
    const group = draw("g", clicks,
      draw("title", {}, `${item.text}: ${hex(item.start)} to ${hex(item.end)}, ${bytesText(item.end - item.start)}`),
      draw("rect", { class: `item ${item.kind}`, x: box.x, y, width: box.width, height: 24 }));
    const room = Math.floor((box.width - 8) / 7);
    if (room >= 3) {
      group.append(draw("text", { class: "inside", x: box.x + 4, y: y + 16 }, shorten(item.text, room)));
    } else if (box.x > taken[row] && item.rank < 2) {
      group.append(draw("text", { class: "outside", x: Math.min(box.x, end - item.text.length * 6.4), y: y - 3 }, shorten(item.text, 34)));
      taken[row] = box.x + Math.min(item.text.length, 34) * 6.6;
    }
    picture.append(group);
  }
  drawDistance(picture, { x, top, left, end }, marks);
  drawMarks(picture, { x, top, left, end }, marks);
  drawScale(picture, { left, end, top: top + MAP.floor }, window);
}

const shorten = (text, room) => (text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`);

/** An arrow from the instruction to the handle: how far, and whether that is in reach. */
function drawDistance(picture, { x, top, left, end }, marks) {
  const code = marks.find((mark) => mark.kind === "code");
  const handle = marks.find((mark) => mark.kind === "handle");
  if (!code || !handle) return;
  const distance = handle.at - code.at;
  const [from, to] = [x(code.at), x(handle.at)].map((at) => Math.min(end, Math.max(left, at)));
  if (Math.abs(from - to) < 40) return;
  const isGood = isInReach(distance);
  const y = top + MAP.floor - 48;
  const text = `${distanceText(distance)}: ${isGood ? "in reach" : "out of reach"}`;
  const tip = to < from ? 7 : -7;
  picture.append(draw("g", { class: `distance ${isGood ? "good" : "bad"}` },
    draw("path", { d: `M${from},${y} H${to} m${tip},-4 l${-tip},4 l${tip},4` }),
    draw("text", { x: (from + to) / 2, y: y - 5, "text-anchor": "middle" }, text)));
}

function drawMarks(picture, { x, top, left, end }, marks) {
  const y = top + MAP.floor - 8;
  const placed = [];
  for (const mark of marks) {
    const at = x(mark.at);
    const isLeft = at < left;
    const isRight = at > end;
    if (isLeft || isRight) continue;
    picture.append(draw("line", { class: `tick ${mark.kind}`, x1: at, x2: at, y1: top, y2: y - 10 }));
    placed.push({ at, mark });
  }
  // Labels side by side from the left, or one above the other where there is no room.
  let until = -1;
  let row = 0;
  for (const { at, mark } of placed.sort((a, b) => a.at - b.at)) {
    const width = mark.text.length * 6.8 + 10;
    const from = Math.min(Math.max(left + 2, at - 4), end - width);
    row = from < until ? row + 1 : 0;
    until = from + width;
    picture.append(
      draw("path", { class: `point ${mark.kind}`, d: `M${at - 4},${y - 12} h8 l-4,6 z` }),
      draw("text", { class: `mark ${mark.kind}`, x: from, y: y + 4 - row * 14 - (row ? 10 : 0) }, mark.text));
  }
  const away = (isLeft) => marks.filter((mark) => (isLeft ? x(mark.at) < left : x(mark.at) > end));
  for (const isLeft of [true, false]) {
    away(isLeft).forEach((mark, row) => {
      picture.append(draw("text", {
        class: `mark ${mark.kind}`, x: isLeft ? left + 4 : end - 4, y: top + 14 + row * 14,
        "text-anchor": isLeft ? "start" : "end",
      }, isLeft ? `◂ ${mark.text}` : `${mark.text} ▸`));
    });
  }
}

function drawScale(picture, { left, end, top }, window) {
  // A round length of about a quarter of the strip.
  const length = 2 ** Math.floor(Math.log2(window.width / 4));
  const pixels = (length / window.width) * (end - left);
  const high = window.low + BigInt(Math.round(window.width));
  picture.append(
    draw("text", { class: "scale", x: left, y: top + 15 }, hex(window.low)),
    draw("text", { class: "scale", x: end, y: top + 15, "text-anchor": "end" }, high >= TWO64 ? "2⁶⁴" : hex(high)),
    draw("path", { class: "ruler", d: `M${(left + end - pixels) / 2},${top + 22} v6 h${pixels} v-6` }),
    draw("text", { class: "scale", x: (left + end) / 2, y: top + 20, "text-anchor": "middle" }, bytesText(length)));
}

/** What the picture shows, in words. */
function mapWords() {
  const { access, cpu } = choice;
  if (!access?.relocation) {
    return el("p", { class: "words" }, "The kernel's own instructions lie beside its per-CPU template: each reaches each handle.");
  }
  const at = wrap(access.relocation.address - bias(access.relocation.type));
  const toHandle = access.variable.handle - at;
  const reach = (distance) => (isInReach(distance)
    ? el("b", { class: "good" }, "in reach") : el("b", { class: "bad" }, "out of reach"));
  const parts = ["From the ", el("b", { class: "code" }, "instruction"), " at ", hexNode(at), " the ",
    el("b", { class: "handle" }, "handle"), ` of ${access.variable.name} is ${distanceText(toHandle)} away: `,
    reach(toHandle), "."];
  if (access.slot) {
    const toSlot = access.slot.address - at;
    parts.push(" Its ", el("b", { class: "slot" }, "slot"), ` is ${distanceText(toSlot)} away: `, reach(toSlot), ".");
  }
  return el("p", { class: "words", "aria-live": "polite" }, parts);
}

function showMap() {
  const holder = byId("map-view");
  const picture = el("div", { class: "picture" });
  const words = el("div");
  let pixels = 0;
  const slider = el("input", {
    type: "range", min: 6, max: 64, step: 0.25, id: "map-zoom",
    oninput: () => go(() => lookAround(mapCentre(), 2 ** Number(slider.value))),
  });
  const again = () => {
    if (pixels) drawMap(picture, pixels);
    slider.value = Math.log2(mapView.width);
    slider.setAttribute("aria-valuetext", `${bytesText(Math.round(mapView.width))} are shown`);
  };
  /** Goes to where `change` leads, in steps that can be followed. */
  let running = 0;
  function go(change, animate) {
    const before = { ...mapView, centre: mapCentre() };
    change();
    const after = { ...mapView, centre: mapCentre() };
    cancelAnimationFrame(running);
    if (!animate || wantsLessMotion()) return again();
    const began = performance.now();
    const zoomed = Math.abs(Math.log2(after.width / before.width));
    const lasts = Math.min(1600, 250 + zoomed * 35);
    const step = (now) => {
      const t = Math.min(1, (now - began) / lasts);
      if (t === 1) {
        Object.assign(mapView, { low: after.low, width: after.width });
        return again();
      }
      const eased = t * t * (3 - 2 * t);
      const width = 2 ** (Math.log2(before.width) * (1 - eased) + Math.log2(after.width) * eased);
      // The centre moves as the width shrinks, so the goal stays in sight.
      const share = before.width === after.width ? eased : (width - before.width) / (after.width - before.width);
      const moved = before.centre + BigInt(Math.round(Number(after.centre - before.centre) * share));
      lookAround(moved, width);
      again();
      running = requestAnimationFrame(step);
    };
    running = requestAnimationFrame(step);
  }
  const all = () => {
    const ends = run.regions.map((region) => region.end);
    lookAt(0n, Number(ends.reduce((most, end) => (end > most ? end : most), 1n)) * 1.05);
  };
  const jump = (text, change, needs) => el("button", {
    type: "button", "data-needs": needs, onclick: () => go(change, true),
  }, text);
  const code = () => mapMarks().find((mark) => mark.kind === "code");
  const jumps = [
    jump("All of 2⁶⁴", () => lookAt(0n, WHOLE)),
    jump("All that is used", all),
    jump("Reach of the instruction", () => lookAround(code().at, 2 ** 33 * 1.4), "code"),
    jump("The module", () => lookAtRange(choice.access.module.base, choice.access.module.base + choice.access.module.bytes), "module"),
    jump("Its slot", () => lookAround(choice.access.slot.address + 4n, 128), "slot"),
    jump("The handle", () => lookAround(choice.access.variable.handle, 2 ** 21)),
    jump("The copies", () => {
      const copies = run.cpus.map((cpu) => wrap(choice.access.variable.handle + cpu.offset));
      const least = copies.reduce((a, b) => (a < b ? a : b));
      const most = copies.reduce((a, b) => (a > b ? a : b));
      lookAtRange(least, most + 65536n);
    }),
  ];
  const move = (share) => go(() => lookAt(mapView.low + BigInt(Math.round(mapView.width * share)), mapView.width));
  const zoom = (factor) => go(() => lookAround(mapCentre(), mapView.width * factor), true);
  const steps = [
    el("button", { type: "button", "aria-label": "Left", onclick: () => move(-0.25) }, "◂"),
    el("button", { type: "button", "aria-label": "Right", onclick: () => move(0.25) }, "▸"),
    el("button", { type: "button", "aria-label": "Nearer", onclick: () => zoom(1 / 8) }, "+"),
    el("button", { type: "button", "aria-label": "Further", onclick: () => zoom(8) }, "−"),
  ];
  picture.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const label = pixels < 560 ? 0 : MAP.label;
    const share = (event.offsetX - label) / (pixels - label);
    const at = mapView.low + BigInt(Math.round(mapView.width * share));
    go(() => {
      const width = mapView.width * (event.deltaY > 0 ? 1.5 : 1 / 1.5);
      lookAt(at - BigInt(Math.round(width * share)), width);
    });
  }, { passive: false });
  const rows = run.regions.map((region) => el("tr", {},
    el("th", { scope: "row" }, region.name),
    el("td", {}, hexNode(region.start)), el("td", {}, hexNode(region.end)),
    el("td", {}, bytesText(region.end - region.start)),
    el("td", {}, el("button", {
      type: "button", "aria-label": `Show ${region.name}`,
      onclick: () => go(() => lookAtRange(region.start, region.end), true),
    }, "show"))));
  holder.append(
    el("div", { class: "controls" }, el("div", { role: "group", "aria-label": "Show" }, jumps)),
    el("div", { class: "controls" }, el("div", { role: "group", "aria-label": "Move and zoom" }, steps),
      el("label", { class: "zoom" }, "Zoom ", slider)),
    picture, words,
    legend([["code", "code: module area"], ["slot", "GOT, slots"], ["handle", "handle"], ["copy", "copies"], ["kernel", "kernel image"], ["reach", "reach of the instruction"]]),
    el("details", {}, el("summary", {}, "The regions as a table"),
      table(["region", "from", "to", "size", ""], rows)));
  all();
  drawByWidth(picture, (width) => {
    pixels = width;
    again();
  });
  onChoice(() => {
    words.replaceChildren(mapWords());
    for (const button of jumps) {
      const needs = button.dataset.needs;
      const access = choice.access;
      button.disabled = (needs === "code" && !access?.relocation) ||
        (needs === "module" && access?.module?.state !== "live") || (needs === "slot" && !access?.slot);
    }
    again();
  });
}

function legend(entries) {
  return el("ul", { class: "legend", "aria-label": "Legend" },
    entries.map(([kind, text]) => el("li", {}, el("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), text)));
}

function table(head, rows, caption) {
  return el("div", { class: "scroll", role: "group", tabindex: 0, "aria-label": caption ?? `Table: ${head[0]}` },
    el("table", {},
      el("thead", {}, el("tr", {}, head.map((text) => (text
        ? el("th", { scope: "col" }, text) : el("td", {}, ""))))),
      el("tbody", {}, rows)));
}
