// The loader's bench: a module is linked again wherever its area is moved to.
//
//   ───────[ module ]────────────────╎ per-CPU memory ╎──────────────
//      ◄──── reach: 4 GiB ────►
//              ◄────── distance ─────►

/** About where the bench has its per-CPU data, and beside it a kernel for what is imported. */
const BENCH_PER_CPU = 1n << 34n;
const BENCH_KERNEL = BENCH_PER_CPU + (1n << 20n);
const GIB = 1n << 30n;
/** What the picture spans, either way. */
const SPAN = 8n * GIB;

const loaderBench = {
  file: null,
  name: "",
  base: BENCH_PER_CPU - 2n * GIB,
  perCpu: BENCH_PER_CPU,
  result: null,
  probes: [],
  listeners: [],
  wasm: null,
};

/**
 * The module's accesses to its per-CPU data, as offsets from its base and from the handle:
 * by an instruction itself, or by a slot.
 */
function probesOf(result) {
  const start = BigInt(result.per_cpu.handle);
  const end = start + BigInt(result.per_cpu.size);
  const slots = new Map(result.slots.map((slot) => [slot.address, slot]));
  const probes = [];
  for (const relocation of result.relocations.filter((one) => countsFromPlace(one.type))) {
    const slot = slots.get(relocation.slot);
    const target = slot
      ? BigInt(slot.value)
      : BigInt(relocation.value) + BigInt(relocation.addend) - bias(relocation.type);
    if (target >= start && target < end) {
      const code = BigInt(relocation.address) - bias(relocation.type) - BigInt(result.base);
      probes.push({ apart: target - start - code, slot: slot?.address });
    }
  }
  return probes.length ? probes : [{ apart: 0n }];
}

function linkBench() {
  const { wasm, file, base, perCpu } = loaderBench;
  loaderBench.result = wasm.link(file, base, perCpu, BENCH_KERNEL);
  if (loaderBench.result.per_cpu) loaderBench.probes = probesOf(loaderBench.result);
  for (const listener of loaderBench.listeners) listener();
}

const leastApart = () =>
  loaderBench.probes.reduce(
    (least, { apart }) => (apart < least ? apart : least),
    loaderBench.probes[0].apart,
  );
const mostApart = () =>
  loaderBench.probes.reduce(
    (most, { apart }) => (apart > most ? apart : most),
    loaderBench.probes[0].apart,
  );

/** From an instruction to its variable: of all accesses the longest way. */
function benchDistance() {
  const between = loaderBench.perCpu - loaderBench.base;
  const [back, on] = [between + leastApart(), between + mostApart()];
  return -back > on ? back : on;
}

/** Moves the module area so that the longest way is this; the handle takes what is less than a page. */
function moveTo(distance) {
  const between = distance - (distance < 0n ? leastApart() : mostApart());
  const base = ((BENCH_PER_CPU - between) >> 12n) << 12n;
  if (base < 0n) return;
  Object.assign(loaderBench, { base, perCpu: base + between });
  linkBench();
}

function takeFile(name, file) {
  Object.assign(loaderBench, { name, file, probes: [{ apart: 0n }] });
  linkBench();
}

function drawBench(holder, pixels) {
  const [height, middle, line] = [132, pixels / 2, 78];
  const x = (distance) => {
    const clamped = distance < -SPAN ? -SPAN : distance > SPAN ? SPAN : distance;
    return middle + (Number(clamped) / Number(SPAN)) * (middle - 8);
  };
  const away = -benchDistance();
  const at = x(away);
  const links = loaderBench.result.linked;
  const isInside = away >= -SPAN && away <= SPAN;
  const left = x(away + REACH_BELOW);
  const right = x(away + REACH_ABOVE);
  const picture = draw(
    "svg",
    {
      width: pixels,
      height,
      viewBox: `0 0 ${pixels} ${height}`,
      "aria-hidden": "true",
      class: "bench-picture",
    },
    draw("rect", { class: "ground", x: 0, y: 24, width: pixels, height: 84 }),
    isInside &&
      draw("rect", {
        class: "reach",
        x: left,
        y: 24,
        width: Math.max(2, right - left),
        height: 84,
      }),
    draw("line", { class: "ruler", x1: 0, x2: pixels, y1: line + 30, y2: line + 30 }),
  );
  for (let gib = -8; gib <= 8; gib += pixels < 560 ? 4 : 2) {
    const mark = x(BigInt(gib) * GIB);
    picture.append(
      draw("line", { class: "ruler", x1: mark, x2: mark, y1: 108, y2: 113 }),
      draw(
        "text",
        {
          class: "scale",
          x: Math.min(pixels - 26, Math.max(26, mark)),
          y: 126,
          "text-anchor": "middle",
        },
        gib ? `${gib > 0 ? "+" : "−"}${Math.abs(gib)} GiB` : "0",
      ),
    );
  }
  picture.append(
    draw("rect", { class: "item copy", x: middle - 5, y: 30, width: 10, height: 78 }),
    draw(
      "text",
      { class: "mark copy", x: middle, y: 16, "text-anchor": "middle" },
      "per-CPU handles",
    ),
    draw("line", {
      class: `tie ${links ? "good" : "bad"}`,
      x1: at,
      x2: middle,
      y1: line,
      y2: line,
    }),
    draw(
      "g",
      { class: "grip" },
      draw("rect", { class: "item code", x: at - 22, y: line - 17, width: 44, height: 34, rx: 5 }),
      draw(
        "text",
        { class: "inside", x: at, y: line + 4, "text-anchor": "middle" },
        isInside ? "module" : at < middle ? "◂ far" : "far ▸",
      ),
    ),
  );
  const follow = (event) => {
    const box = picture.getBoundingClientRect();
    const share = (event.clientX - box.left - middle) / (middle - 8);
    moveTo(-(BigInt(Math.round(share * 8 * 1024)) << 20n));
  };
  picture.addEventListener("pointerdown", (event) => {
    // The picture is drawn anew while it is dragged, so the window has the pointer.
    event.preventDefault();
    follow(event);
    const stop = () => removeEventListener("pointermove", follow);
    addEventListener("pointermove", follow);
    addEventListener("pointerup", stop, { once: true });
  });
  holder.replaceChildren(picture);
}

/** A word on a handle that the kernel's allocator wouldn't give. */
function handleNote() {
  const { align } = loaderBench.result.per_cpu ?? {};
  return align && loaderBench.perCpu % BigInt(align) !== 0n
    ? el(
        "p",
        { class: "caption" },
        `The handle ${hex(loaderBench.perCpu)} isn't a multiple of ${align}: only this bench has such a one, to come to the limit.`,
      )
    : "";
}

function benchVerdict() {
  const { result, name: file } = loaderBench;
  if (!result.relocations)
    return el(
      "p",
      { class: "refusal", id: "bench-verdict" },
      el("b", {}, `${file} is refused: `),
      result.error,
    );
  const out = result.relocations.filter((relocation) => !relocation.fits);
  const all = result.relocations.length;
  if (result.linked) {
    return el(
      "p",
      { class: "accepted", id: "bench-verdict" },
      el("b", {}, `${file} links. `),
      `All ${all} relocations are in reach; ${result.relocations.filter((one) => one.slot !== undefined).length} go by a slot, ${result.relocations.filter((one) => one.stub !== undefined).length} by a stub. Image hash `,
      el("code", { id: "bench-hash" }, result.hash),
    );
  }
  return el(
    "div",
    { class: "refusal", id: "bench-verdict" },
    el(
      "p",
      {},
      el("b", {}, `${file} is refused: `),
      `${out.length} of ${all} relocations are out of reach.`,
    ),
    el(
      "ol",
      {},
      result.refusals.map((words) => el("li", {}, words)),
    ),
  );
}

/** The relocations that count from their place, by what they stand for. */
function benchRelocations() {
  const { result } = loaderBench;
  if (!result.relocations) return "";
  const shown = result.relocations.filter((one) => countsFromPlace(one.type));
  const far = shown.filter((one) => {
    const far = BigInt(one.result);
    return far > 1n << 24n || far < -(1n << 24n);
  });
  const rows = (far.length ? far : shown.slice(0, 12)).map((one) =>
    el(
      "tr",
      {},
      el("td", {}, `${one.section}+${hex(one.offset)}`),
      el("td", {}, el("code", {}, one.type.replace("R_390_", ""))),
      el("td", {}, name(one.symbol)),
      el("td", {}, VIA(one)),
      el("td", { class: `number ${one.fits ? "" : "bad"}` }, distanceText(BigInt(one.result))),
      el("td", {}, one.fits ? "in reach" : "out of reach"),
    ),
  );
  const title = far.length
    ? `The ${far.length} that reach far`
    : `${rows.length} of ${shown.length}, all within the module`;
  return el(
    "details",
    {},
    el("summary", {}, `${title}, by their distances`),
    table(
      ["place", "type", "against", "by", "distance", ""],
      rows,
      "Relocations of the bench by distance",
    ),
  );
}

function showLoaderBench(wasm) {
  const holder = byId("loader-view");
  const examples = readExamples();
  if (!wasm || !examples.size) {
    holder.append(
      el("p", {}, "This page was made without it: what it takes to compile it wasn't there."),
    );
    return;
  }
  loaderBench.wasm = wasm;
  const example = el(
    "select",
    { id: "bench-example", onchange: () => takeFile(example.value, examples.get(example.value)) },
    [...examples.keys()].map((one) => el("option", { value: one }, one)),
  );
  const take = async (file) => {
    if (file) takeFile(file.name, new Uint8Array(await file.arrayBuffer()));
  };
  const chosen = el("input", {
    type: "file",
    id: "bench-file",
    accept: ".o,.ko",
    onchange: () => take(chosen.files[0]),
  });
  const slider = el("input", {
    type: "range",
    id: "bench-slider",
    min: -8192,
    max: 8192,
    step: 1,
    oninput: () => moveTo(BigInt(slider.value) << 20n),
  });
  const exact = el("input", {
    type: "text",
    id: "bench-distance",
    inputmode: "numeric",
    size: 18,
    onchange: () => {
      if (/^[-−]?\d+$/.test(exact.value)) moveTo(BigInt(exact.value.replace("−", "-")));
    },
  });
  const edge = (text, distance) =>
    el(
      "button",
      { type: "button", "data-distance": distance, onclick: () => moveTo(distance) },
      text,
    );
  const picture = el("div", { class: "picture" });
  const verdict = el("div", { role: "status" });
  const list = el("div");
  let pixels = 0;
  holder.append(
    el(
      "div",
      { class: "controls" },
      el("label", {}, "Module ", example),
      el("label", {}, "or a file of yours ", chosen),
    ),
    picture,
    el(
      "div",
      { class: "controls" },
      el("label", { class: "wide" }, "From the furthest instruction to its variable ", slider),
      el("label", {}, "in bytes ", exact),
    ),
    el(
      "div",
      { class: "controls" },
      el(
        "div",
        { role: "group", "aria-label": "Distances at the limits" },
        edge("−4 GiB − 2", -4n * GIB - 2n),
        edge("−4 GiB", -4n * GIB),
        edge("+4 GiB − 2", 4n * GIB - 2n),
        edge("+4 GiB", 4n * GIB),
        edge("−2 TiB, as at boot", -2048n * GIB),
      ),
    ),
    verdict,
    list,
  );
  holder.addEventListener("dragover", (event) => event.preventDefault());
  holder.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  const show = () => {
    const distance = benchDistance();
    slider.value = Number(distance >> 20n);
    slider.setAttribute("aria-valuetext", distanceText(distance));
    exact.value = String(distance);
    if (pixels) drawBench(picture, pixels);
    verdict.replaceChildren(benchVerdict(), handleNote());
    const isOpen = list.querySelector("details")?.open;
    list.replaceChildren(benchRelocations());
    if (isOpen && list.querySelector("details")) list.querySelector("details").open = true;
  };
  loaderBench.listeners.push(show);
  if (examples.has("direct")) example.value = "direct";
  takeFile(example.value, examples.get(example.value));
  drawByWidth(picture, (width) => {
    pixels = width;
    drawBench(picture, pixels);
  });
  holder.append(bitTrials(), slotTrials());
}
