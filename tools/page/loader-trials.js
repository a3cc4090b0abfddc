// What the loader says to a file of which a bit was flipped; and what becomes of an access
// whose slot is elsewhere, about which nobody is asked.

const RANDOM_FLIPS = 200;

/** Where in the file a byte lies, in words: header, a section, its headers. */
function fileplace(file, byte) {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (byte < 64) return "the ELF header";
  const headers = Number(view.getBigUint64(40));
  const count = view.getUint16(60);
  if (byte >= headers && byte < headers + 64 * count)
    return `section header ${Math.floor((byte - headers) / 64)}`;
  const header = (index) => headers + 64 * index;
  const names = Number(view.getBigUint64(header(view.getUint16(62)) + 24));
  for (let index = 1; index < count; index += 1) {
    const start = Number(view.getBigUint64(header(index) + 24));
    const size = Number(view.getBigUint64(header(index) + 32));
    if (view.getUint32(header(index) + 4) !== 8 && byte >= start && byte < start + size) {
      let end = names + view.getUint32(header(index));
      const first = end;
      while (file[end]) end += 1;
      return `${new TextDecoder().decode(file.subarray(first, end))}, byte ${byte - start}`;
    }
  }
  return "between sections";
}

/** Links the file with one bit of a byte another; with bit 8, as it is. */
function flipBit(byte, bit) {
  const file = Uint8Array.from(loaderBench.file);
  if (bit < 8) file[byte] ^= 1 << bit;
  // Where the file as it is links.
  return loaderBench.wasm.link(file, BENCH_PER_CPU - 2n * GIB, BENCH_PER_CPU, BENCH_KERNEL);
}

function bitTrials() {
  const byte = el("input", { type: "number", id: "flip-byte", min: 0, value: 18 });
  const bit = el("input", { type: "number", id: "flip-bit", min: 0, max: 7, value: 0 });
  const note = el("div", { role: "status", id: "flip-note" });
  const whole = () => flipBit(0, 8);
  const outcome = (result, before) =>
    !result.linked
      ? "refused"
      : result.hash === before.hash
        ? "links, the image the same"
        : "links, with another image";
  const one = () => {
    const at = Math.min(loaderBench.file.length - 1, Math.max(0, Number(byte.value)));
    const result = flipBit(at, Math.min(7, Math.max(0, Number(bit.value))));
    note.replaceChildren(
      el(
        "p",
        {},
        el("b", {}, `In ${fileplace(loaderBench.file, at)}: ${outcome(result, whole())}. `),
        result.error ?? "",
      ),
    );
  };
  const many = () => {
    const before = whole();
    const counts = new Map();
    const words = new Map();
    for (let trial = 0; trial < RANDOM_FLIPS; trial += 1) {
      const at = Math.floor(Math.random() * loaderBench.file.length);
      const result = flipBit(at, Math.floor(Math.random() * 8));
      const kind = outcome(result, before);
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if (result.error) words.set(result.error, fileplace(loaderBench.file, at));
    }
    note.replaceChildren(
      el(
        "p",
        {},
        `Of ${RANDOM_FLIPS}: `,
        [...counts].map(([kind, count]) => `${count} ${kind}`).join("; "),
        ".",
      ),
      el(
        "details",
        {},
        el("summary", {}, "The loader's messages"),
        el(
          "ul",
          {},
          [...words]
            .slice(0, 40)
            .map(([text, where]) => el("li", {}, el("b", {}, `${where}: `), text)),
        ),
      ),
    );
  };
  return el(
    "article",
    {},
    el("h3", {}, "Flip a bit of the file"),
    el(
      "p",
      {},
      "What can be wrong is checked before it is used; a bit of code or of a constant nobody can know to be wrong.",
    ),
    el(
      "div",
      { class: "controls" },
      el("label", {}, "Byte ", byte),
      el("label", {}, "bit ", bit),
      el("button", { type: "button", id: "flip-one", onclick: one }, "Flip it"),
      el(
        "button",
        { type: "button", id: "flip-many", onclick: many },
        `Flip ${RANDOM_FLIPS} at random, one at a time`,
      ),
    ),
    note,
  );
}

/** What an access reads whose field leads so many bytes beside its slot. */
function movedSlot(bytes) {
  const { result, probes } = loaderBench;
  const probe = probes.find((one) => one.slot);
  if (!probe)
    return el("p", {}, `${loaderBench.name} has no slot: its instruction has the distance itself.`);
  const slot = BigInt(probe.slot);
  const moved = slot + BigInt(bytes);
  const start = BigInt(result.got.address);
  const refuse = (who, why) => el("p", {}, el("b", { class: "bad" }, `${who} refuses: `), why);
  if (moved % 2n !== 0n)
    return refuse("The loader", "the field counts halfwords, and the distance is odd.");
  if (moved % 8n !== 0n)
    return refuse(
      "The CPU",
      `${hex(moved)} isn't a multiple of 8: lgrl takes a specification exception (Principles of Operation, "Load Relative Long"). QEMU 7.2 doesn't, so the kernel asserts the alignment itself.`,
    );
  const other = result.slots.find((one) => BigInt(one.address) === moved);
  if (!other) {
    return el(
      "p",
      {},
      el("b", { class: "bad" }, "Nobody refuses. "),
      moved < start ? "The word before the GOT" : "The word behind the GOT",
      ` at ${hex(moved)} is taken for a handle, whatever it is.`,
    );
  }
  if (moved === slot)
    return el(
      "p",
      {},
      el("b", { class: "good" }, "As it should be: "),
      `the slot of ${other.name} holds ${hex(other.value)}.`,
    );
  return el(
    "p",
    {},
    el("b", { class: "bad" }, "Nobody refuses. "),
    `The slot of ${other.name} holds ${hex(other.value)}: that plus the CPU's offset is what is changed now.`,
  );
}

function slotTrials() {
  const bytes = el("input", {
    type: "number",
    id: "slot-bytes",
    value: 8,
    step: 1,
    min: -64,
    max: 64,
  });
  const note = el("div", { role: "status", id: "slot-note" });
  const show = () => note.replaceChildren(movedSlot(Math.trunc(Number(bytes.value) || 0)));
  bytes.addEventListener("input", show);
  loaderBench.listeners.push(show);
  show();
  return el(
    "article",
    {},
    el("h3", {}, "Move a slot"),
    el("p", {}, "Let the instruction lead so many bytes beside its slot. Who notices?"),
    el("div", { class: "controls" }, el("label", {}, "Bytes ", bytes)),
    note,
  );
}
