// What work costs: beside Linux, and as it grows.

const COST_NAMES = {
  alloc_free_8: "allocate 8 bytes and free them",
  alloc_8_batch_alloc: "allocate, of a batch of 4096",
  alloc_8_batch_free: "free, of a batch of 4096",
  alloc_8_batch_alloc_65536: "allocate, of a batch of 65536",
  alloc_8_batch_free_65536: "free, of a batch of 65536",
  alloc_mixed: "sizes at random",
  this_cpu_inc_static: "count up a static variable",
  this_cpu_inc_dynamic: "count up an allocated one",
  read_static: "read a static variable",
  sum_all_cpus: "add up all copies",
  insmod_empty: "load an empty module",
  insmod_1k: "load, for each of 1,000 relocations",
  insmod_10k: "load, for each of 10,000 relocations",
  insmod_100k: "load, for each of 100,000 relocations",
  insmod_per_reloc: "load, for each further relocation",
  rmmod_100k: "unload one with 100,000",
  boot: "boot",
};

/** Bars: Linux's is as long as the row, ours by its share of that. */
function barsOf(comparison) {
  const rows = comparison.rows.map(({ name: id, ours, linux }) => {
    const longest = Math.max(ours, linux);
    const bar = (kind, value) =>
      el("span", {
        class: `bar ${kind}`,
        style: `--share:${((value / longest) * 100).toFixed(2)}%`,
      });
    return el(
      "tr",
      { "data-cost": id },
      el("th", { scope: "row" }, COST_NAMES[id] ?? id),
      el("td", { class: "bars", "aria-hidden": "true" }, bar("ours", ours), bar("linux", linux)),
      el("td", { class: "number ours", "data-value": ours }, costText(ours)),
      el("td", { class: "number linux", "data-value": linux }, costText(linux)),
      el(
        "td",
        { class: "number" },
        ours < linux
          ? `${(linux / ours).toFixed(linux / ours < 10 ? 1 : 0)}\u202f×`
          : `1/${(ours / linux).toFixed(1)}\u202f×`,
      ),
    );
  });
  return el(
    "article",
    {},
    el("h3", {}, "Beside Linux, on the same work"),
    el("p", { class: "words" }, comparison.of),
    legend([
      ["bar ours", "this kernel"],
      ["bar linux", "Linux"],
    ]),
    table(
      ["work", "share of the dearer one", "this kernel", "Linux", "times less"],
      rows,
      "Costs beside Linux",
    ),
  );
}

const MARK_SHAPES = [
  (x, y) => draw("circle", { cx: x, cy: y, r: 4 }),
  (x, y) => draw("rect", { x: x - 4, y: y - 4, width: 8, height: 8 }),
  (x, y) => draw("path", { d: `M${x},${y - 5} l5,9 h-10 z` }),
];

function roundStep(most) {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [5, 2, 1].find((round) => round * power <= rough) * power;
}

/** A curve: y from 0 on, so that flat looks flat. */
function curveOf(curve) {
  const [width, height, left, right, top, bottom] = [480, 250, 56, 318, 14, 196];
  const points = curve.series.flatMap((one) => one.points);
  const step = roundStep(Math.max(...points.map((point) => point[1])));
  const most = Math.ceil(Math.max(...points.map((point) => point[1])) / step) * step;
  const xs = points.map((point) => point[0]);
  const positive = xs.filter((x) => x > 0);
  const hasZero = xs.includes(0);
  const least = curve.logarithmic
    ? Math.floor(Math.log10(Math.min(...positive))) - (hasZero ? 1 : 0)
    : 0;
  const greatest = curve.logarithmic ? Math.log10(Math.max(...xs)) : Math.max(...xs);
  const at = (x) => (curve.logarithmic ? (x === 0 ? least : Math.log10(x)) : x);
  const px = (x) => left + ((at(x) - least) / (greatest - least || 1)) * (right - left);
  const py = (y) => bottom - (y / most) * (bottom - top);
  const picture = draw("svg", {
    class: "curve",
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    "aria-label": `${curve.title}; the table has its points`,
  });
  for (let y = 0; y <= most * 1.001; y += step) {
    picture.append(
      draw("line", { class: "grid", x1: left, x2: right, y1: py(y), y2: py(y) }),
      draw("text", { x: left - 7, y: py(y) + 4, "text-anchor": "end" }, costText(y)),
    );
  }
  const marks = curve.logarithmic
    ? [
        ...(hasZero ? [0] : []),
        ...Array.from(
          { length: Math.floor(greatest) - least + (hasZero ? 0 : 1) },
          (_, n) => 10 ** (least + n + (hasZero ? 1 : 0)),
        ),
      ]
    : Array.from(
        { length: Math.floor(greatest / roundStep(greatest)) + 1 },
        (_, n) => n * roundStep(greatest),
      );
  for (const x of marks)
    picture.append(
      draw(
        "text",
        { x: px(x), y: bottom + 17, "text-anchor": "middle" },
        x >= 1000 ? `${x / 1000}k` : String(x),
      ),
    );
  picture.append(
    draw(
      "text",
      { class: "axis", x: (left + right) / 2, y: bottom + 37, "text-anchor": "middle" },
      curve.x,
    ),
  );
  let free = 0;
  const ends = curve.series
    .map((one, number) => ({ one, number }))
    .sort((a, b) => b.one.points.at(-1)[1] - a.one.points.at(-1)[1]);
  for (const { one, number } of ends) {
    const line = one.points.map(([x, y]) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(" ");
    const group = draw("g", { class: `series s${number}` }, draw("polyline", { points: line }));
    for (const [x, y] of one.points)
      group.append(MARK_SHAPES[number % MARK_SHAPES.length](px(x), py(y)));
    const y = Math.max(free, py(one.points.at(-1)[1]) + 4);
    free = y + 15;
    group.append(draw("text", { x: right + 10, y }, shorten(one.name, 21)));
    picture.append(group);
  }
  const rows = curve.series.flatMap((one) =>
    one.points.map(([x, y]) =>
      el(
        "tr",
        {},
        el("td", {}, one.name),
        el("td", { class: "number" }, grouped(x)),
        el("td", { class: "number" }, costText(y)),
      ),
    ),
  );
  return el(
    "figure",
    { class: "curve" },
    el("figcaption", {}, curve.title, el("span", { class: "faint" }, `, ${curve.y}`)),
    picture,
    el(
      "details",
      {},
      el("summary", {}, "Its points"),
      table(["cost", curve.x, curve.y], rows, `Points: ${curve.title}`),
    ),
  );
}

function showCosts() {
  const holder = byId("costs-view");
  if (figures.comparison) holder.append(barsOf(figures.comparison));
  if (figures.growth) {
    holder.append(
      el(
        "article",
        {},
        el("h3", {}, "As there is more and more"),
        el("p", { class: "words" }, "A flat line is a cost that doesn't grow."),
        el("div", { class: "curves" }, figures.growth.map(curveOf)),
      ),
    );
  }
}
