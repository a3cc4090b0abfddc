// The address map: what lies where, and which part of it is looked at. It is drawn as strips
// from 2^64 down to that part, each to scale (map-drawing.js), and moved by map.js.
//
//   |------------------------------------------------| 2^64
//    \_
//   |--[per-CPU region]------------[modules]---------| 4 TiB
//                                 /        \
//   |--------[text][GOT]-----------------------------| what is looked at, with labels

const LEAST_WIDTH = 64;
const WHOLE = 2 ** 64;

const mapView = { low: 0n, width: WHOLE };

/** How regions are drawn, by words of their names, and how far inside others they are. */
const REGION_KINDS = [
  ["vmalloc region", "code-region", 0],
  ["first chunk", "copy", 1],
  ["per-CPU region", "copy-region", 0],
  ["kernel", "kernel", 1],
  ["", "memory", 0],
];

/** What lies where, the outermost first. `rank` is how far inside it is. */
function mapItems() {
  const items = [];
  const add = (kind, text, start, end, rank, more) =>
    items.push({ kind, text, start, end, rank, ...more });
  for (const region of run.regions) {
    const [, kind, rank] = REGION_KINDS.find(([words]) => region.name.includes(words));
    add(kind, region.name, region.start, region.end, rank);
  }
  for (const chunk of run.chunks.filter((chunk) => !chunk.reserved)) {
    for (const cpu of run.cpus) {
      const start = wrap(chunk.handle + cpu.offset);
      add(
        "copy",
        `chunk ${chunk.number}, CPU ${cpu.number}'s unit`,
        start,
        start + BigInt(chunk.end),
        2,
      );
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
  if (relocation)
    marks.push({
      kind: "code",
      text: "instruction",
      at: wrap(relocation.address - bias(relocation.type)),
    });
  if (slot) marks.push({ kind: "slot", text: "slot", at: slot.address });
  marks.push({ kind: "handle", text: "handle", at: variable.handle });
  if (cpu) {
    marks.push({
      kind: "copy",
      text: `copy of CPU ${cpu.number}`,
      at: wrap(variable.handle + cpu.offset),
    });
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
    step === steps ? mapView.width : 2 ** (64 - (ratio * step) / steps),
  );
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
