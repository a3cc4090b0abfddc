// The address map's controls: where to look, how near, and the same in words and as a table.

/** What the picture shows, in words. */
function mapWords() {
  const { access, cpu } = choice;
  if (!access?.relocation) {
    return el(
      "p",
      { class: "words" },
      "The kernel's own instructions lie beside its per-CPU template: each reaches each handle.",
    );
  }
  const at = wrap(access.relocation.address - bias(access.relocation.type));
  const toHandle = access.variable.handle - at;
  const reach = (distance) =>
    isInReach(distance)
      ? el("b", { class: "good" }, "in reach")
      : el("b", { class: "bad" }, "out of reach");
  const parts = [
    "From the ",
    el("b", { class: "code" }, "instruction"),
    " at ",
    hexNode(at),
    " the ",
    el("b", { class: "handle" }, "handle"),
    ` of ${access.variable.name} is ${distanceText(toHandle)} away: `,
    reach(toHandle),
    ".",
  ];
  if (access.slot) {
    const toSlot = access.slot.address - at;
    parts.push(
      " Its ",
      el("b", { class: "slot" }, "slot"),
      ` is ${distanceText(toSlot)} away: `,
      reach(toSlot),
      ".",
    );
  }
  return el("p", { class: "words", "aria-live": "polite" }, parts);
}

function showMap() {
  const holder = byId("map-view");
  const picture = el("div", { class: "picture" });
  const words = el("div");
  let pixels = 0;
  const slider = el("input", {
    type: "range",
    min: 6,
    max: 64,
    step: 0.25,
    id: "map-zoom",
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
      const share =
        before.width === after.width
          ? eased
          : (width - before.width) / (after.width - before.width);
      const moved =
        before.centre + BigInt(Math.round(Number(after.centre - before.centre) * share));
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
  const jump = (text, change, needs) =>
    el(
      "button",
      {
        type: "button",
        "data-needs": needs,
        onclick: () => go(change, true),
      },
      text,
    );
  const code = () => mapMarks().find((mark) => mark.kind === "code");
  const jumps = [
    jump("All of 2⁶⁴", () => lookAt(0n, WHOLE)),
    jump("All that is used", all),
    jump("Reach of the instruction", () => lookAround(code().at, 2 ** 33 * 1.4), "code"),
    jump(
      "The module",
      () =>
        lookAtRange(
          choice.access.module.base,
          choice.access.module.base + choice.access.module.bytes,
        ),
      "module",
    ),
    jump("Its slot", () => lookAround(choice.access.slot.address + 4n, 128), "slot"),
    jump("The handle", () => lookAround(choice.access.variable.handle, 2 ** 21)),
    jump("The copies", () => {
      const copies = run.cpus.map((cpu) => wrap(choice.access.variable.handle + cpu.offset));
      const least = copies.reduce((a, b) => (a < b ? a : b));
      const most = copies.reduce((a, b) => (a > b ? a : b));
      lookAtRange(least, most + 65536n);
    }),
  ];
  const move = (share) =>
    go(() => lookAt(mapView.low + BigInt(Math.round(mapView.width * share)), mapView.width));
  const zoom = (factor) => go(() => lookAround(mapCentre(), mapView.width * factor), true);
  const steps = [
    el("button", { type: "button", "aria-label": "Left", onclick: () => move(-0.25) }, "◂"),
    el("button", { type: "button", "aria-label": "Right", onclick: () => move(0.25) }, "▸"),
    el("button", { type: "button", "aria-label": "Nearer", onclick: () => zoom(1 / 8) }, "+"),
    el("button", { type: "button", "aria-label": "Further", onclick: () => zoom(8) }, "−"),
  ];
  picture.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const label = pixels < 560 ? 0 : MAP.label;
      const share = (event.offsetX - label) / (pixels - label);
      const at = mapView.low + BigInt(Math.round(mapView.width * share));
      go(() => {
        const width = mapView.width * (event.deltaY > 0 ? 1.5 : 1 / 1.5);
        lookAt(at - BigInt(Math.round(width * share)), width);
      });
    },
    { passive: false },
  );
  const rows = run.regions.map((region) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, region.name),
      el("td", {}, hexNode(region.start)),
      el("td", {}, hexNode(region.end)),
      el("td", {}, bytesText(region.end - region.start)),
      el(
        "td",
        {},
        el(
          "button",
          {
            type: "button",
            "aria-label": `Show ${region.name}`,
            onclick: () => go(() => lookAtRange(region.start, region.end), true),
          },
          "show",
        ),
      ),
    ),
  );
  holder.append(
    el("div", { class: "controls" }, el("div", { role: "group", "aria-label": "Show" }, jumps)),
    el(
      "div",
      { class: "controls" },
      el("div", { role: "group", "aria-label": "Move and zoom" }, steps),
      el("label", { class: "zoom" }, "Zoom ", slider),
    ),
    picture,
    words,
    legend([
      ["code", "code: module area"],
      ["slot", "GOT, slots"],
      ["handle", "handle"],
      ["copy", "copies"],
      ["kernel", "kernel image"],
      ["reach", "reach of the instruction"],
    ]),
    el(
      "details",
      {},
      el("summary", {}, "The regions as a table"),
      table(["region", "from", "to", "size", ""], rows),
    ),
  );
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
      button.disabled =
        (needs === "code" && !access?.relocation) ||
        (needs === "module" && access?.module?.state !== "live") ||
        (needs === "slot" && !access?.slot);
    }
    again();
  });
}
