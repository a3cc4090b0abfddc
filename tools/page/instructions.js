// Instructions with a distance in them, which is what relocations write: format RIL
// (Principles of Operation, chapter 5, "Instruction Formats").
//
//   OP   R1 OP  RI2: 32 signed bits, halfwords from the instruction
//   c4 | 0  8 | 00 00 11 b4        lgrl %r0,.+0x2368

const RIL = {
  c00: "larl",
  c04: "brcl",
  c05: "brasl",
  c42: "llhrl",
  c44: "lghrl",
  c45: "lhrl",
  c46: "llghrl",
  c47: "sthrl",
  c48: "lgrl",
  c4b: "stgrl",
  c4c: "lgfrl",
  c4d: "lrl",
  c4e: "llgfrl",
  c4f: "strl",
  c60: "exrl",
  c62: "pfdrl",
  c64: "cghrl",
  c65: "chrl",
  c66: "clghrl",
  c67: "clhrl",
  c68: "cgrl",
  c6a: "clgrl",
  c6c: "cgfrl",
  c6d: "crl",
  c6e: "clgfrl",
  c6f: "clrl",
};

/** The instruction of these bytes at an address; null if it isn't one of format RIL. */
function instruction(code, address) {
  if (code?.length !== 12) return null;
  const mnemonic = RIL[code.slice(0, 2) + code[3]];
  if (!mnemonic) return null;
  const distance = 2n * BigInt.asIntN(32, BigInt(`0x${code.slice(4)}`));
  const register = Number.parseInt(code[2], 16);
  const first = mnemonic === "brcl" ? register : `%r${register}`;
  const target = wrap(address + distance);
  return { mnemonic, target, text: `${mnemonic} ${first},${hex(target)}` };
}

/** Bytes from an instruction's start to its relocation's place: the ABI counts from there. */
function bias(type) {
  if (/32DBL$|ENT$|GOTPCDBL$/.test(type)) return 2n;
  if (/24DBL$/.test(type)) return 3n;
  if (/16DBL$/.test(type)) return 2n;
  if (/12DBL$/.test(type)) return 1n;
  return 0n;
}

const countsHalfwords = (type) => bias(type) !== 0n;
const countsFromPlace = (type) =>
  /^R_390_(PC|PLT(12|16|24|32|64)|GOTENT|GOTPLTENT|GOTPC)/.test(type);

/** The bytes of an instruction, those of its field marked. */
function codeNode(code, type) {
  const before = Number(bias(type)) * 2;
  const pairs = (text) => text.match(/../g)?.join(" ") ?? "";
  return el(
    "code",
    { class: "bytes" },
    before ? `${pairs(code.slice(0, before))} ` : "",
    el("mark", {}, pairs(code.slice(before))),
  );
}
