// What the bench's chunks look like: pages and areas, and the lists that free pieces are in.

function benchChunks(state) {
  const chunks = new Map();
  for (const part of state.chunks) {
    const chunk = chunks.get(part.number) ?? { ...part, areas: [] };
    chunk.start = Math.min(chunk.start, part.start);
    chunk.end = Math.max(chunk.end, part.end);
    chunk.areas.push(...part.areas);
    chunks.set(part.number, chunk);
  }
  return [...chunks.values()].map((chunk) => {
    const pages = chunkPages(chunk);
    const populated = pages.filter(isPopulated).length;
    return el(
      "figure",
      {},
      el(
        "figcaption",
        {},
        `Chunk ${chunk.number}: ${populated} of ${pages.length} pages populated, in each of ${state.offsets.length} units`,
      ),
      drawUnit(
        pages,
        `Chunk ${chunk.number} of the bench: ${populated} of ${pages.length} pages populated`,
      ),
    );
  });
}

/** The list of two-level segregated fit that a free piece of so many 4-byte granules is in. */
function freeList(granules) {
  if (granules < 8) return granules;
  const shift = Math.floor(Math.log2(granules)) - 3;
  return Math.min(127, ((shift + 1) << 3) + ((granules >> shift) & 7));
}

/** Bytes of the smallest piece of a list. */
function leastOf(list) {
  if (list < 16) return list * 4;
  const shift = (list >> 3) - 1;
  return ((8 + (list & 7)) << shift) * 4;
}

/** Free pieces by the list they are in: the allocator looks for the first that may do. */
function freeLists(state) {
  const lists = new Map();
  for (const part of state.chunks) {
    for (const area of part.areas.filter((one) => one.use === "free")) {
      const list = freeList((area.end - area.start) / 4);
      lists.set(list, (lists.get(list) ?? 0) + 1);
    }
  }
  const rows = [...lists]
    .sort(([a], [b]) => a - b)
    .map(([list, count]) =>
      el(
        "tr",
        {},
        el("td", { class: "number" }, String(list)),
        el("td", { class: "number" }, `from ${grouped(leastOf(list))}`),
        el(
          "td",
          {},
          el("span", { class: "pieces", "aria-hidden": "true" }, "▪".repeat(Math.min(count, 40))),
          ` ${count}`,
        ),
      ),
    );
  return el(
    "details",
    { open: true },
    el("summary", {}, "Free lists, by size"),
    table(["list", "bytes", "free pieces"], rows, "Free lists of the bench"),
  );
}
