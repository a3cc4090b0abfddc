// Chunks: which pages their units have, and what lies on them. A unit is drawn page by page,
// to scale; all units of a chunk look alike.

const PAGE = 4096;
const CELL_BYTES = 64;
const CELLS = PAGE / CELL_BYTES;

const USES = { S: "static", "#": "live", k: "kept", ".": "free", "-": "unpopulated" };
const USE_WORDS = {
  static: "static: the kernel's variables",
  live: "live: allocated",
  kept: "kept: freed, in a CPU's magazine",
  free: "free",
  unpopulated: "not populated: no memory",
};

/** A chunk's parts as one, the first chunk's two among them. */
function wholeChunks() {
  const chunks = new Map();
  for (const part of run.chunks) {
    const chunk = chunks.get(part.number) ?? {
      number: part.number,
      handle: part.handle,
      start: part.start,
      end: part.end,
      areas: [],
    };
    chunk.start = Math.min(chunk.start, part.start);
    chunk.end = Math.max(chunk.end, part.end);
    chunk.areas.push(...part.areas);
    chunks.set(part.number, chunk);
  }
  return [...chunks.values()];
}

/** What lies on each page of a chunk's unit: pieces in order, to the byte. */
function chunkPages(chunk) {
  const pages = Array.from({ length: Math.ceil(chunk.end / PAGE) }, () => []);
  const put = (start, end, use) => {
    for (let byte = start; byte < end;) {
      const page = Math.floor(byte / PAGE);
      const stop = Math.min(end, (page + 1) * PAGE);
      pages[page].push({ start: byte - page * PAGE, end: stop - page * PAGE, use });
      byte = stop;
    }
  };
  if (chunk.number === 0) put(0, chunk.start, "static");
  for (const area of chunk.areas) put(area.start, area.end, area.use);
  return pages;
}

/** The same of a page's letters, as a moment of a stress run has them. */
function lettersPage(letters) {
  return [...letters.matchAll(/(.)\1*/g)].map(({ 0: same, index }) => ({
    start: index * CELL_BYTES,
    end: (index + same.length) * CELL_BYTES,
    use: USES[same[0]] ?? "live",
  }));
}

const isPopulated = (page) => page.every((piece) => piece.use !== "unpopulated");

function usedShare(page) {
  const used = page.filter((piece) => piece.use === "live" || piece.use === "static");
  return used.reduce((sum, piece) => sum + piece.end - piece.start, 0) / PAGE;
}

/** A unit: a row for each page. `lit` are bytes of it that stand out. */
function drawUnit(pages, label, lit) {
  const [scale, row, left] = [640 / PAGE, 13, 62];
  const picture = draw("svg", {
    class: "unit",
    viewBox: `0 0 ${left + 642} ${pages.length * row + 2}`,
    role: "img",
    "aria-label": label,
  });
  pages.forEach((pieces, page) => {
    const y = page * row + 1;
    picture.append(draw("text", { x: 0, y: y + 9.5 }, `page ${page}`));
    for (const { start, end, use } of pieces) {
      const width = (end - start) * scale;
      const bytes = page * PAGE + start;
      picture.append(
        draw(
          "rect",
          {
            class: `use ${use}`,
            x: left + start * scale,
            y,
            width: Math.max(0.7, width - 0.8),
            height: row - 3,
          },
          draw(
            "title",
            {},
            `bytes ${grouped(bytes)} to ${grouped(page * PAGE + end)}: ${USE_WORDS[use]}`,
          ),
        ),
      );
    }
    if (lit && Math.floor(lit.start / PAGE) === page) {
      const x = left + (lit.start % PAGE) * scale;
      picture.append(
        draw("rect", {
          class: "lit-area",
          x: x - 2.5,
          y: y - 1,
          width: Math.max(3, (lit.end - lit.start) * scale) + 4,
          height: row - 1,
        }),
      );
    }
  });
  return picture;
}

/** Which pages the units have: a column for each page, a row for each CPU. */
function unitsTable(chunk, pages) {
  const used = pages.map(usedShare);
  const isThere = pages.map(isPopulated);
  const rows = run.cpus.map((cpu) =>
    el(
      "tr",
      { class: cpu.number === choice.cpu?.number ? "lit" : "" },
      el(
        "th",
        { scope: "row" },
        el(
          "button",
          {
            type: "button",
            "aria-pressed": cpu.number === choice.cpu?.number,
            onclick: () => choose({ cpu }),
          },
          `CPU ${cpu.number}`,
        ),
      ),
      el("td", {}, hexNode(wrap(chunk.handle + cpu.offset), "copy")),
      pages.map((_, page) =>
        el(
          "td",
          {
            class: `page ${isThere[page] ? "there" : "absent"}`,
            style: isThere[page] ? `--used:${used[page].toFixed(2)}` : null,
          },
          el(
            "span",
            { class: "unseen" },
            isThere[page] ? `${Math.round(used[page] * 100)} % in use` : "not populated",
          ),
        ),
      ),
    ),
  );
  return table(
    ["unit of", "lies at", ...pages.map((_, page) => `${page}`)],
    rows,
    `Units of chunk ${chunk.number} by pages`,
  );
}

function areasTable(chunk) {
  const names = new Map(accesses.map((access) => [access.variable.handle, access.variable.name]));
  const rows = chunk.areas.map((area) => {
    const handle = chunk.handle + BigInt(area.start);
    const owner = names.get(handle);
    return el(
      "tr",
      {},
      el("td", {}, hexNode(handle, "handle")),
      el("td", { class: "number" }, grouped(area.start)),
      el("td", { class: "number" }, grouped(area.end - area.start)),
      el("td", {}, area.use),
      el(
        "td",
        {},
        owner ? el("button", { type: "button", onclick: () => chooseVariable(handle) }, owner) : "",
      ),
    );
  });
  return el(
    "details",
    {},
    el("summary", {}, `Its ${chunk.areas.length} areas as a table`),
    table(
      ["handle", "from byte", "bytes", "use", "variable"],
      rows,
      `Areas of chunk ${chunk.number}`,
    ),
  );
}

const unitLegend = () =>
  legend([
    ["use static", "static part"],
    ["use live", "live"],
    ["use kept", "kept by a CPU"],
    ["use free", "free"],
    ["use unpopulated", "not populated"],
    ["lit-area", "the chosen variable"],
  ]);

function showChunks() {
  const holder = byId("chunks-view");
  const chunks = wholeChunks();
  if (!chunks.length) {
    holder.append(el("p", {}, "This run reports no chunks."));
    return;
  }
  const parts = chunks.map((chunk) => ({ chunk, pages: chunkPages(chunk), body: el("div") }));
  holder.append(
    unitLegend(),
    ...parts.map(({ chunk, body }) =>
      el(
        "article",
        {},
        el(
          "h3",
          {},
          `Chunk ${chunk.number}`,
          chunk.number === 0 ? ": static, reserved and dynamic part" : "",
        ),
        body,
        areasTable(chunk),
      ),
    ),
  );
  onChoice(() => {
    for (const { chunk, pages, body } of parts) {
      const handle = choice.access?.variable.handle ?? -1n;
      const start = Number(handle - chunk.handle);
      const isHere = start >= 0 && start < chunk.end;
      const lit = isHere ? { start, end: start + choice.access.variable.bytes } : null;
      const populated = pages.filter(isPopulated).length;
      body.replaceChildren(
        el(
          "p",
          { class: "words" },
          `${bytesText(chunk.end)} a unit, ${run.cpus.length} units; ${populated} of ${pages.length} pages are populated. Handles from `,
          hexNode(chunk.handle, "handle"),
          " on.",
        ),
        unitsTable(chunk, pages),
        drawUnit(
          pages,
          `A unit of chunk ${chunk.number}, page by page; the table below has the same`,
          lit,
        ),
      );
    }
  });
}
