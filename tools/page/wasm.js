// The workbench: the kernel's crates as WebAssembly, which is in this page.

const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** The functions of tools/workbench; null where the page was made without. */
async function startWorkbench() {
  const text = byId("workbench")?.textContent;
  if (!text) return null;
  const { instance } = await WebAssembly.instantiate(fromBase64(JSON.parse(text)));
  const its = instance.exports;
  const answer = (bytes) => {
    const start = its.workbench_output();
    const text = new TextDecoder().decode(new Uint8Array(its.memory.buffer, start, bytes));
    return parseExactly(text);
  };
  return {
    /** Links a module: what came of it, or why not. */
    link(file, base, perCpu, unresolved) {
      const start = its.workbench_input(file.length);
      new Uint8Array(its.memory.buffer, start, file.length).set(file);
      return answer(its.workbench_link(base, perCpu, unresolved));
    },
    start: (cpus, reserved, magazine, seed) =>
      answer(its.workbench_start(cpus, reserved, magazine, seed)),
    step: (what, cpu, size, align) => answer(its.workbench_step(what, cpu, size, align)),
    state: () => answer(its.workbench_state()),
  };
}

function readExamples() {
  const text = byId("examples")?.textContent;
  const files = text ? JSON.parse(text) : {};
  return new Map(Object.entries(files).map(([name, file]) => [name, fromBase64(file)]));
}
