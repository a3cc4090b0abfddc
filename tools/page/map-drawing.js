// The address map's picture: thin strips that magnify each other, and the one that is looked
// at, with rows for the reach, regions, parts, points, and a scale.

const MAP = {
  label: 84,
  strip: 22,
  between: 22,
  main: 276,
  rows: [52, 98, 144],
  floor: 238,
};

function drawMap(holder, pixels) {
  const widths = stripWidths();
  const narrow = pixels < 560;
  const left = narrow ? 0 : MAP.label;
  const inner = pixels - left - 1;
  const items = mapItems();
  const marks = mapMarks();
  const height = (widths.length - 1) * (MAP.strip + MAP.between) + MAP.main;
  const picture = draw("svg", {
    width: pixels,
    height,
    viewBox: `0 0 ${pixels} ${height}`,
    "aria-hidden": "true",
  });
  picture.append(
    draw(
      "defs",
      {},
      draw(
        "pattern",
        {
          id: "reach-lines",
          width: 6,
          height: 6,
          patternUnits: "userSpaceOnUse",
          patternTransform: "rotate(45)",
        },
        draw("line", { x1: 0, y1: 0, x2: 0, y2: 6, class: "reach-line" }),
      ),
    ),
  );
  let top = 0;
  widths.forEach((width, step) => {
    const window = stripWindow(width);
    const isMain = step === widths.length - 1;
    const x = place(window, left, inner);
    if (!narrow) {
      picture.append(
        draw(
          "text",
          { x: 0, y: top + 15, class: "strip-label" },
          width === WHOLE ? "2⁶⁴" : bytesText(Math.round(width)),
        ),
      );
    }
    if (isMain) drawMain(picture, { x, top, left, inner, window }, items, marks);
    else {
      drawStrip(picture, { x, top, left, inner }, items, marks);
      const next = stripWindow(widths[step + 1]);
      const from = Math.max(left, x(next.low));
      const to = Math.max(
        from + 2,
        Math.min(left + inner, x(next.low + BigInt(Math.round(next.width)))),
      );
      const bottom = top + MAP.strip + MAP.between;
      picture.append(
        draw("path", {
          class: "magnifier",
          d: `M${from},${top + MAP.strip} L${left},${bottom} H${left + inner} L${to},${top + MAP.strip} Z`,
        }),
        draw("rect", {
          class: "lens",
          x: from,
          y: top - 1,
          width: to - from,
          height: MAP.strip + 2,
        }),
      );
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
  return (
    box &&
    draw(
      "g",
      {},
      draw("rect", { class: "reach", x: box.x, y, width: box.width, height }),
      draw("rect", { fill: "url(#reach-lines)", x: box.x, y, width: box.width, height }),
    )
  );
}

/** Names the band, by a bracket where it is narrow. */
function reachLabel(band, left, end, top) {
  const box = band.firstChild;
  const from = Number(box.getAttribute("x"));
  const width = Number(box.getAttribute("width"));
  const text = "reach: 4 GiB either way";
  const at = Math.min(Math.max(from + width / 2, left + 78), end - 78);
  const bracket =
    width < end - left - 2
      ? [draw("path", { class: "bracket", d: `M${from - 1.5},${top + 26} v-5 h${width + 3} v5` })]
      : [];
  return draw(
    "g",
    {},
    bracket,
    draw("text", { class: "reach-label", x: at, y: top + 16, "text-anchor": "middle" }, text),
  );
}

function drawStrip(picture, { x, top, left, inner }, items, marks) {
  picture.append(
    draw("rect", { class: "ground", x: left, y: top, width: inner, height: MAP.strip }),
  );
  const band = reachBand(marks, x, left, inner, top, MAP.strip);
  if (band) picture.append(band);
  for (const item of items.filter((item) => item.rank < 2)) {
    const box = clipped(x, item.start, item.end, left, inner);
    if (box)
      picture.append(
        draw("rect", {
          class: `item ${item.kind}`,
          x: box.x,
          y: top + 6,
          width: box.width,
          height: MAP.strip - 12,
        }),
      );
  }
  for (const mark of marks) {
    const at = x(mark.at);
    if (at >= left && at <= left + inner) {
      picture.append(
        draw("line", { class: `tick ${mark.kind}`, x1: at, x2: at, y1: top, y2: top + MAP.strip }),
      );
    }
  }
}

/** Rows of the strip that is looked at: reach, regions, parts, points, scale. */
function drawMain(picture, { x, top, left, inner, window }, items, marks) {
  const rows = MAP.rows.map((row) => top + row);
  const end = left + inner;
  picture.append(
    draw("rect", { class: "ground", x: left, y: top, width: inner, height: MAP.floor }),
  );
  const band = reachBand(marks, x, left, inner, top, MAP.floor);
  if (band) picture.append(band, reachLabel(band, left, end, top));
  const taken = [-1, -1, -1];
  for (const item of items) {
    const box = clipped(x, item.start, item.end, left, inner);
    if (!box || (item.rank > 1 && box.whole < 3 && item.rank !== 3)) continue;
    if (item.rank === 3 && box.whole < 12) continue;
    const row = Math.min(item.rank, 2);
    const y = rows[row];
    const clicks = item.module
      ? { class: "clickable", onclick: () => chooseModule(item.module) }
      : {};
    const group = draw(
      "g",
      clicks,
      draw(
        "title",
        {},
        `${item.text}: ${hex(item.start)} to ${hex(item.end)}, ${bytesText(item.end - item.start)}`,
      ),
      draw("rect", { class: `item ${item.kind}`, x: box.x, y, width: box.width, height: 24 }),
    );
    const room = Math.floor((box.width - 8) / 7);
    if (room >= 3) {
      group.append(
        draw("text", { class: "inside", x: box.x + 4, y: y + 16 }, shorten(item.text, room)),
      );
    } else if (box.x > taken[row] && item.rank < 2) {
      group.append(
        draw(
          "text",
          { class: "outside", x: Math.min(box.x, end - item.text.length * 6.4), y: y - 3 },
          shorten(item.text, 34),
        ),
      );
      taken[row] = box.x + Math.min(item.text.length, 34) * 6.6;
    }
    picture.append(group);
  }
  drawDistance(picture, { x, top, left, end }, marks);
  drawMarks(picture, { x, top, left, end }, marks);
  drawScale(picture, { left, end, top: top + MAP.floor }, window);
}

const shorten = (text, room) =>
  text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;

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
  const middle = Math.min(end - 100, Math.max(left + 100, (from + to) / 2));
  picture.append(
    draw(
      "g",
      { class: `distance ${isGood ? "good" : "bad"}` },
      draw("path", { d: `M${from},${y} H${to} m${tip},-4 l${-tip},4 l${tip},4` }),
      draw("text", { x: middle, y: y - 5, "text-anchor": "middle" }, text),
    ),
  );
}

function drawMarks(picture, { x, top, left, end }, marks) {
  const y = top + MAP.floor - 8;
  const placed = [];
  for (const mark of marks) {
    const at = x(mark.at);
    const isLeft = at < left;
    const isRight = at > end;
    if (isLeft || isRight) continue;
    picture.append(
      draw("line", { class: `tick ${mark.kind}`, x1: at, x2: at, y1: top, y2: y - 10 }),
    );
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
      draw(
        "text",
        { class: `mark ${mark.kind}`, x: from, y: y + 4 - row * 14 - (row ? 10 : 0) },
        mark.text,
      ),
    );
  }
  const away = (isLeft) => marks.filter((mark) => (isLeft ? x(mark.at) < left : x(mark.at) > end));
  for (const isLeft of [true, false]) {
    away(isLeft).forEach((mark, row) => {
      picture.append(
        draw(
          "text",
          {
            class: `mark ${mark.kind}`,
            x: isLeft ? left + 4 : end - 4,
            y: top + 14 + row * 14,
            "text-anchor": isLeft ? "start" : "end",
          },
          isLeft ? `◂ ${mark.text}` : `${mark.text} ▸`,
        ),
      );
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
    draw(
      "text",
      { class: "scale", x: end, y: top + 15, "text-anchor": "end" },
      high >= TWO64 ? "2⁶⁴" : hex(high),
    ),
    draw("path", {
      class: "ruler",
      d: `M${(left + end - pixels) / 2},${top + 22} v6 h${pixels} v-6`,
    }),
    draw(
      "text",
      { class: "scale", x: (left + end) / 2, y: top + 20, "text-anchor": "middle" },
      bytesText(length),
    ),
  );
}
