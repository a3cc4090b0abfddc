// Relocations of a module as a table: filtered, sorted, and each opened to its bits.

const VIA = (relocation) =>
  relocation.slot !== undefined ? "slot" : relocation.stub !== undefined ? "stub" : "direct";

/** What a relocation computes, and the same with its numbers. */
function formula(relocation) {
  const via = VIA(relocation);
  const letter = { slot: "G", stub: "L", direct: "S" }[via];
  const target = relocation.slot ?? relocation.stub ?? relocation.value;
  // The slot of a place in a section has taken up the addend, but for the bytes to the place.
  const isTakenUp =
    via === "slot" &&
    wrap(target + signed(relocation.addend) - relocation.address) !== relocation.result;
  const addend = isTakenUp ? bias(relocation.type) : signed(relocation.addend);
  const rows = [
    [
      letter,
      {
        slot: "address of the slot",
        stub: "address of the PLT stub",
        direct: "value of the symbol",
      }[via],
      hexNode(target, via === "slot" ? "slot" : ""),
      "",
    ],
  ];
  rows.push([
    "A",
    isTakenUp
      ? `addend, less the ${hex(signed(relocation.addend) - addend)} by which the slot was chosen`
      : "addend of the file",
    signedHex(addend),
    "+",
  ]);
  const fromPlace = countsFromPlace(relocation.type);
  if (fromPlace)
    rows.push(["P", "address of the place", hexNode(relocation.address, "code"), "\u2212"]);
  const text = `${letter} + A${fromPlace ? " \u2212 P" : ""}`;
  // What the type counts from may be the GOT, which isn't reported: then the rows don't add up.
  const sum = wrap(target + addend - (fromPlace ? relocation.address : 0n));
  return { text, rows, addsUp: sum === relocation.result };
}

/** The bits of a field, by the digit. */
function bitsNode(relocation) {
  const before = Number(bias(relocation.type)) * 2;
  const field = relocation.code.slice(before);
  return el(
    "div",
    { class: "bits", role: "img", "aria-label": `The field holds ${field}` },
    [...field].map((digit) =>
      el(
        "span",
        { class: "digit" },
        el("span", { class: "nibble" }, Number.parseInt(digit, 16).toString(2).padStart(4, "0")),
        el("span", {}, digit),
      ),
    ),
  );
}

function relocationDetail(relocation) {
  const { text, rows, addsUp } = formula(relocation);
  const halved = countsHalfwords(relocation.type);
  const near = nearRelocations.get(relocationKey(relocation));
  const at = wrap(relocation.address - bias(relocation.type));
  const decoded = instruction(relocation.code, at);
  return el(
    "div",
    { class: "detail" },
    el(
      "div",
      {},
      el("h3", {}, "The formula: ", el("code", {}, text)),
      el(
        "table",
        { class: "formula" },
        el(
          "tbody",
          {},
          rows.map(([letter, what, value, sign]) =>
            el(
              "tr",
              {},
              el("td", {}, sign),
              el("th", { scope: "row" }, letter),
              el("td", {}, value),
              el("td", {}, what),
            ),
          ),
          el(
            "tr",
            { class: "result" },
            el("td", {}, "="),
            el("td", {}, addsUp ? "" : "…"),
            el("td", {}, el("b", { class: "result-value" }, signedHex(relocation.result))),
            el(
              "td",
              {},
              `${signedText(relocation.result)}${countsFromPlace(relocation.type) ? ", a distance in bytes" : ""}`,
            ),
          ),
          halved &&
            el(
              "tr",
              {},
              el("td", {}, "÷"),
              el("th", { scope: "row" }, "2"),
              el("td", {}, signedHex(signed(relocation.result) / 2n)),
              el("td", {}, "in halfwords, as the field counts"),
            ),
        ),
      ),
    ),
    el(
      "div",
      {},
      el("h3", {}, "The field"),
      relocation.code
        ? [
            el(
              "p",
              {},
              codeNode(relocation.code, relocation.type),
              decoded ? [" ", el("code", {}, decoded.text)] : "",
            ),
            bitsNode(relocation),
          ]
        : el(
            "p",
            {},
            relocation.fits
              ? "The memory was given back."
              : "It can't hold that: the module is refused, and nothing is in memory.",
          ),
      near &&
        el(
          "p",
          { class: "near" },
          el("b", {}, "Loaded near: "),
          near.fits
            ? [
                "at ",
                hexNode(near.address),
                " it stands for ",
                el("code", {}, signedHex(near.result)),
                VIA(near) === VIA(relocation)
                  ? ""
                  : `, ${VIA(near)} instead of by ${VIA(relocation)}`,
                signed(near.result) === signed(relocation.result) ? ": the same" : "",
              ]
            : "it doesn't fit there either",
        ),
    ),
  );
}

const COLUMNS = [
  { title: "place", key: (one) => one.address, cell: (one) => `${one.section}+${hex(one.offset)}` },
  {
    title: "in",
    key: (one) => one.function ?? "",
    cell: (one) => (one.function ? name(one.function) : ""),
  },
  {
    title: "type",
    key: (one) => one.type,
    cell: (one) => el("code", {}, one.type.replace("R_390_", "")),
  },
  {
    title: "against",
    key: (one) => one.symbol,
    cell: (one) => [
      name(one.symbol),
      signed(one.addend) === 0n
        ? ""
        : el(
            "span",
            { class: "faint" },
            ` ${signed(one.addend) < 0n ? "\u2212" : "+"}${hex(signed(one.addend) < 0n ? -signed(one.addend) : signed(one.addend))}`,
          ),
    ],
  },
  {
    title: "by",
    key: VIA,
    cell: (one) => el("span", { class: VIA(one) === "slot" ? "slot" : "" }, VIA(one)),
  },
  {
    title: "stands for",
    key: (one) => signed(one.result),
    cell: (one) => el("span", { class: one.fits ? "hex" : "hex bad" }, signedHex(one.result)),
  },
];

function showRelocations() {
  const holder = byId("relocations-view");
  const modules = [...run.modules.values()].filter((module) => module.relocations.length);
  if (!modules.length) {
    holder.append(el("p", {}, "This run reports no relocations."));
    return;
  }
  const state = { module: modules[0], filter: "", type: "", sort: COLUMNS[0], down: false };
  const module = el(
    "select",
    {
      id: "relocations-module",
      onchange: () => set({ module: run.modules.get(module.value), type: "" }),
    },
    modules.map((one) =>
      el("option", { value: one.name }, one.state === "live" ? one.name : `${one.name} (refused)`),
    ),
  );
  const filter = el("input", {
    type: "search",
    id: "relocations-filter",
    placeholder: "counter_hit, HITS, .text",
    oninput: () => set({ filter: filter.value }),
  });
  const type = el("select", { id: "relocations-type", onchange: () => set({ type: type.value }) });
  const count = el("p", { class: "words", role: "status" });
  const body = el("tbody");
  const heads = COLUMNS.map((column) =>
    el(
      "th",
      { scope: "col" },
      el(
        "button",
        {
          type: "button",
          onclick: () => set({ sort: column, down: state.sort === column && !state.down }),
        },
        column.title,
        el("span", { class: "arrow", "aria-hidden": "true" }),
      ),
    ),
  );
  holder.append(
    el(
      "div",
      { class: "controls" },
      el("label", {}, "Module ", module),
      el("label", {}, "Type ", type),
      el("label", {}, "Find ", filter),
    ),
    count,
    el(
      "div",
      { class: "scroll tall", role: "group", tabindex: 0, "aria-label": "Relocations" },
      el(
        "table",
        { id: "relocations-table" },
        el("thead", {}, el("tr", {}, el("td", {}), heads)),
        body,
      ),
    ),
  );
  function set(change) {
    Object.assign(state, change);
    show();
  }
  function row(relocation) {
    const detail = el(
      "tr",
      { class: "opened", hidden: true },
      el("td", { colspan: COLUMNS.length + 1 }),
    );
    const open = el(
      "button",
      {
        type: "button",
        class: "open",
        "aria-expanded": "false",
        "aria-label": `Details of ${relocation.section}+${hex(relocation.offset)}`,
        onclick: () => {
          const opens = detail.hidden;
          if (opens) detail.firstChild.replaceChildren(relocationDetail(relocation));
          detail.hidden = !opens;
          open.setAttribute("aria-expanded", opens);
          const access = accesses.find((one) => one.relocation === relocation);
          if (opens && access) choose({ access });
        },
      },
      "▸",
    );
    const isPerCpu = accesses.some((one) => one.relocation === relocation);
    return [
      el(
        "tr",
        {
          class: isPerCpu ? "percpu" : "",
          "data-place": relocation.address,
          onclick: (event) => {
            if (!event.target.closest("button")) open.click();
          },
        },
        el("td", {}, open),
        COLUMNS.map((column) => el("td", {}, column.cell(relocation))),
      ),
      detail,
    ];
  }
  function show() {
    const all = state.module.relocations;
    module.value = state.module.name;
    const types = [...new Set(all.map((one) => one.type))].sort();
    type.replaceChildren(
      el("option", { value: "" }, "all"),
      ...types.map((one) => el("option", { value: one }, one)),
    );
    type.value = state.type;
    const words = state.filter.toLowerCase();
    const text = (one) =>
      `${one.section}+${hex(one.offset)} ${one.function ?? ""} ${one.type} ${one.symbol} ${VIA(one)} ${hex(one.address)}`.toLowerCase();
    const shown = all.filter(
      (one) => (!state.type || one.type === state.type) && text(one).includes(words),
    );
    shown.sort((a, b) => {
      const [x, y] = [state.sort.key(a), state.sort.key(b)];
      return (x < y ? -1 : x > y ? 1 : 0) * (state.down ? -1 : 1);
    });
    heads.forEach((head, at) => {
      const isIt = COLUMNS[at] === state.sort;
      head.setAttribute("aria-sort", isIt ? (state.down ? "descending" : "ascending") : "none");
    });
    count.textContent =
      `${shown.length} of ${all.length} relocations of ${state.module.name}` +
      (state.module.error ? `, which was refused: ${state.module.error}` : "");
    body.replaceChildren(...shown.flatMap(row));
  }
  onChoice(() => {
    const chosen = choice.access?.module;
    if (chosen && chosen !== state.module && chosen.relocations.length)
      set({ module: chosen, type: "", filter: (filter.value = "") });
    for (const line of body.querySelectorAll("tr[data-place]")) {
      line.classList.toggle(
        "lit",
        line.dataset.place === String(choice.access?.relocation?.address),
      );
    }
  });
  show();
}
