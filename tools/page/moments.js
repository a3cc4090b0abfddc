// A stress run in time: the chunks at each of its moments; played, stopped, stepped.

const MOMENT_MS = 220;

/** Live bytes and populated pages of a moment. */
function momentSums(moment) {
  let live = 0;
  for (const { map } of moment.pages) live += map.replaceAll(/[^#]/g, "").length * CELL_BYTES;
  return { live, pages: moment.pages.length };
}

function momentChunks(moment) {
  const chunks = new Map();
  for (const { chunk, page, map } of moment.pages) {
    if (!chunks.has(chunk)) chunks.set(chunk, []);
    chunks.get(chunk)[page] = map;
  }
  return chunks;
}

/** Pages that every chunk has at any moment, so that the picture keeps its shape. */
function momentShape() {
  const shape = new Map();
  for (const { pages } of run.moments) {
    for (const { chunk, page } of pages)
      shape.set(chunk, Math.max(shape.get(chunk) ?? 0, page + 1));
  }
  return [...shape].sort(([a], [b]) => a - b);
}

function momentsGraph(sums, pick) {
  const [width, height, bottom] = [1000, 90, 78];
  const most = Math.max(1, ...sums.map((sum) => sum.live));
  const x = (at) => (sums.length < 2 ? 0 : (at / (sums.length - 1)) * width);
  const y = (live) => bottom - (live / most) * (bottom - 8);
  const points = sums.map((sum, at) => `${x(at).toFixed(1)},${y(sum.live).toFixed(1)}`).join(" ");
  const cursor = draw("line", { class: "cursor", y1: 0, y2: bottom });
  const picture = draw(
    "svg",
    {
      class: "graph",
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
      onclick: (event) => {
        const box = picture.getBoundingClientRect();
        pick(Math.round(((event.clientX - box.left) / box.width) * (sums.length - 1)));
      },
    },
    draw("polygon", { class: "live-area", points: `0,${bottom} ${points} ${width},${bottom}` }),
    draw("polyline", { class: "live-line", points }),
    cursor,
  );
  const move = (at) => {
    cursor.setAttribute("x1", x(at));
    cursor.setAttribute("x2", x(at));
  };
  return { picture, move };
}

function showMoments() {
  const holder = byId("moments-view");
  const { moments } = run;
  if (!moments.length) {
    holder.append(
      el(
        "p",
        {},
        "This run has no stress run in it: ",
        el("code", {}, "selftest percpu.stress"),
        " is one.",
      ),
    );
    return;
  }
  const shape = momentShape();
  const sums = moments.map(momentSums);
  const slider = el("input", {
    type: "range",
    id: "moment",
    min: 0,
    max: moments.length - 1,
    value: 0,
    oninput: () => {
      stop();
      show(Number(slider.value));
    },
  });
  const words = el("p", { class: "words" });
  const picture = el("div", { class: "moment" });
  const graph = momentsGraph(sums, (at) => {
    stop();
    show(at);
  });
  let at = 0;
  let timer = 0;
  const play = el(
    "button",
    { type: "button", id: "moment-play", onclick: () => (timer ? stop() : start()) },
    "▶ Play",
  );
  const step = (by) => {
    stop();
    show(Math.min(moments.length - 1, Math.max(0, at + by)));
  };
  function start() {
    if (at === moments.length - 1) show(0);
    play.textContent = "■ Stop";
    timer = setInterval(() => (at === moments.length - 1 ? stop() : show(at + 1)), MOMENT_MS);
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "▶ Play";
  }
  function show(next) {
    at = next;
    slider.value = at;
    const { live, pages } = sums[at];
    const text = `after ${grouped(moments[at].number)} operations of CPU 0: ${bytesText(live)} live in each unit, ${pages} pages populated`;
    slider.setAttribute("aria-valuetext", text);
    words.textContent = `Moment ${at + 1} of ${moments.length}, ${text}.`;
    const chunks = momentChunks(moments[at]);
    picture.replaceChildren(
      ...shape.map(([number, length]) => {
        const maps = chunks.get(number) ?? [];
        const pages = Array.from({ length }, (_, page) =>
          lettersPage(maps[page] ?? "-".repeat(CELLS)),
        );
        return el(
          "figure",
          {},
          el("figcaption", {}, `Chunk ${number}`),
          drawUnit(pages, `Chunk ${number} at this moment`),
        );
      }),
    );
    graph.move(at);
  }
  holder.append(
    el(
      "div",
      { class: "controls" },
      el("button", { type: "button", "aria-label": "Step back", onclick: () => step(-1) }, "◂"),
      play,
      el("button", { type: "button", "aria-label": "Step on", onclick: () => step(1) }, "▸"),
      el("label", { class: "wide" }, "Moment ", slider),
    ),
    words,
    el("p", { class: "caption" }, "Live bytes in a unit, by moment:"),
    graph.picture,
    unitLegend(),
    picture,
  );
  // The fullest moment says most at first sight, and on paper.
  show(sums.reduce((best, sum, now) => (sum.live > sums[best].live ? now : best), 0));
}
