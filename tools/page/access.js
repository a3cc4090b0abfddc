// An access as a way: instruction -> slot -> handle -> + offset of the CPU -> copy.

/** Byte of lowcore that holds the running CPU's offset. */
const OFFSET_BYTE = 816n;

/** Where in per-CPU memory a handle lies, in words. */
function partText(handle) {
  for (const chunk of run.chunks) {
    const byte = handle - chunk.handle;
    if (byte >= BigInt(chunk.start) && byte < BigInt(chunk.end)) {
      const part = chunk.reserved ? "the reserved part of chunk 0" : `chunk ${chunk.number}`;
      return `byte ${grouped(byte)} of each unit, in ${part}`;
    }
  }
  const first = run.chunks.find((chunk) => chunk.number === 0);
  if (first && handle >= first.handle && handle < first.handle + BigInt(first.start)) {
    return `byte ${grouped(handle - first.handle)} of each unit, in the static part of chunk 0`;
  }
  return "memory that was given back";
}

function station(kind, title, ...body) {
  return el("li", { class: `station ${kind}` }, el("h3", {}, title), body);
}

const fact = (text, ...value) => el("p", {}, el("span", { class: "what" }, text), " ", value);

function link(text, isGood) {
  return el("p", { class: `link ${isGood === false ? "bad" : ""}` }, text);
}

function instructionStation(access) {
  const { relocation } = access;
  if (!relocation) {
    return station(
      "code",
      "Instruction",
      fact("in", "the kernel image"),
      el(
        "p",
        {},
        "The image and its template of per-CPU data lie side by side: ",
        el("code", {}, "larl"),
        " reaches each handle, and no slot is needed.",
      ),
    );
  }
  const at = wrap(relocation.address - bias(relocation.type));
  const decoded = instruction(relocation.code, at);
  return station(
    "code",
    "Instruction",
    fact("in", name(placeText(access)), ` [${access.module.name}]`),
    fact("at", hexNode(at, "address")),
    relocation.code && fact("bytes", codeNode(relocation.code, relocation.type)),
    decoded && el("p", {}, el("code", {}, decoded.text)),
    fact("relocation", el("code", {}, relocation.type)),
  );
}

function slotStation(access) {
  const { relocation, slot } = access;
  if (slot) {
    return station(
      "slot",
      "GOT slot",
      link(
        `${signedText(slot.address - relocation.address + bias(relocation.type))} bytes from the instruction: in reach`,
      ),
      fact("at", hexNode(slot.address, "address")),
      fact("holds", hexNode(slot.value, "value")),
      el("p", {}, "8 bytes beside the module, which the loader filled in."),
    );
  }
  if (relocation) {
    return station(
      "slot none",
      "No slot",
      link(
        `${distanceText(relocation.result)} to the handle: the field spans \u22124 GiB to 4 GiB \u2212 2`,
        false,
      ),
      el(
        "p",
        {},
        "The instruction has the distance itself, and there is no room for it. The module is refused.",
      ),
    );
  }
  return station("slot none", "No slot", el("p", {}, "None is needed."));
}

function showAccess() {
  const holder = byId("access-view");
  if (!choice.access) {
    holder.append(el("p", {}, "This run reports no per-CPU variable."));
    return;
  }
  const way = el("ol", { class: "way" });
  const sum = el("p", { class: "sum", "aria-live": "polite" });
  const copies = el("div");
  const refusal = el("div");
  holder.append(way, sum, refusal, copies);
  onChoice(() => {
    const { access, cpu } = choice;
    const { variable } = access;
    const isRefused = access.relocation && !access.relocation.fits;
    const address = wrap(variable.handle + cpu.offset);
    const known = run.copies.get(variable.handle) ?? [];
    const copy = known.find((one) => one.cpu === cpu.number);
    const parts = [
      instructionStation(access),
      slotStation(access),
      station(
        "handle",
        "Handle",
        fact("of", name(variable.name)),
        fact("is", hexNode(variable.handle, "value")),
        el(
          "p",
          {},
          isRefused
            ? "Where it would have been."
            : `${partText(variable.handle)}. No copy lies at the handle itself.`,
        ),
      ),
      station(
        "offset",
        `+ offset of CPU ${cpu.number}`,
        fact("from", `byte ${OFFSET_BYTE} of lowcore`),
        cpu.prefix !== undefined &&
          el(
            "p",
            {},
            "The CPU asks for real address ",
            hexNode(OFFSET_BYTE),
            "; prefixing makes it absolute ",
            hexNode(cpu.prefix + OFFSET_BYTE, "prefixed"),
            ".",
          ),
        fact("holds", hexNode(cpu.offset, "value")),
      ),
      station(
        "copy",
        `Copy of CPU ${cpu.number}`,
        fact("at", hexNode(copy?.address ?? address, "address")),
        copy
          ? fact(
              "holds",
              el(
                "code",
                { class: "bytes" },
                copy.value.match(/../g)?.slice(0, 16).join(" "),
                copy.value.length > 32 ? " …" : "",
              ),
            )
          : el("p", {}, "The run doesn't say what is there."),
        copy && fact("that is", el("b", { class: "value" }, valueText(copy.value))),
      ),
    ];
    if (isRefused) parts.slice(3).forEach((part) => part.classList.add("dim"));
    way.replaceChildren(...parts);
    sum.replaceChildren(
      hexNode(variable.handle, "handle"),
      " + ",
      hexNode(cpu.offset, "offset"),
      " = ",
      hexNode(address, "copy"),
      ", modulo 2",
      el("sup", {}, "64"),
    );
    sum.hidden = isRefused;
    refusal.replaceChildren(
      ...(isRefused
        ? [
            el(
              "p",
              { class: "refusal" },
              el("b", {}, "The loader says: "),
              access.module.error ?? "",
            ),
          ]
        : []),
    );
    const rows = run.cpus.map((one) => {
      const its = known.find((copy) => copy.cpu === one.number);
      return el(
        "tr",
        { class: one.number === cpu.number ? "lit" : "" },
        el(
          "th",
          { scope: "row" },
          el(
            "button",
            {
              type: "button",
              "aria-pressed": one.number === cpu.number,
              onclick: () => choose({ cpu: one }),
            },
            `CPU ${one.number}`,
          ),
        ),
        el("td", {}, hexNode(one.offset, "offset")),
        el("td", {}, hexNode(wrap(variable.handle + one.offset), "copy")),
        el("td", { class: "number" }, its ? valueText(its.value) : "not reported"),
      );
    });
    copies.replaceChildren(
      isRefused ? "" : table(["CPU", "offset", "copy at", "holds"], rows, "The copies of all CPUs"),
    );
    if (isRefused) copies.replaceChildren();
  });
}
