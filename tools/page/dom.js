// Elements, without ceremony.

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("aria-")) element.setAttribute(name, String(value));
    else if (value === false) continue;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children
      .flat(Infinity)
      .filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

const el = (tag, attributes, ...children) =>
  fill(document.createElement(tag), attributes, children);

const draw = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

const byId = (id) => document.getElementById(id);

/** A number in hexadecimal, its digits in groups of four that copy as one word. */
function hexNode(number, kind) {
  const digits = BigInt(number).toString(16);
  const groups = [];
  for (let end = digits.length; end > 0; end -= 4) {
    groups.unshift(el("span", {}, digits.slice(Math.max(0, end - 4), end)));
  }
  return el("span", { class: `hex ${kind ?? ""}` }, "0x", groups);
}

/** The text, with places where a long name may be broken. */
function name(text) {
  const parts = text.split(/(?<=::|_|\.)/);
  return el(
    "span",
    { class: "name" },
    parts.flatMap((part, at) => (at ? [el("wbr"), part] : [part])),
  );
}

/** Draws a part again whenever its width changes. */
function drawByWidth(holder, drawIt) {
  let width = 0;
  const again = () => {
    const now = Math.floor(holder.clientWidth);
    if (now && now !== width) {
      width = now;
      drawIt(now);
    }
  };
  new ResizeObserver(again).observe(holder);
  again();
}

const wantsLessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** What colours mean. */
function legend(entries) {
  return el(
    "ul",
    { class: "legend", "aria-label": "Legend" },
    entries.map(([kind, text]) =>
      el("li", {}, el("span", { class: `swatch ${kind}`, "aria-hidden": "true" }), text),
    ),
  );
}

/** A table that may be wider than its place. */
function table(head, rows, caption) {
  return el(
    "div",
    { class: "scroll", role: "group", tabindex: 0, "aria-label": caption ?? `Table: ${head[0]}` },
    el(
      "table",
      {},
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          head.map((text) => (text ? el("th", { scope: "col" }, text) : el("td", {}, ""))),
        ),
      ),
      el("tbody", {}, rows),
    ),
  );
}
