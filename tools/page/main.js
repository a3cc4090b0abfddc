// Draws all parts.

function showFacts() {
  const { head, boot, verdict } = run;
  const passed = verdict.exit_code === 0;
  const facts = [
    ["Ended", el("b", { class: passed ? "good" : "bad" }, verdict.text ?? "without a verdict")],
    [
      "Self-tests",
      run.counts &&
        `${run.counts.passed} passed, ${run.counts.failed} failed, ${run.counts.skipped} skipped`,
    ],
    ["When", head.date?.replace("T", " ").replace("Z", " UTC")],
    ["CPUs", head.cpus ?? boot.cpus],
    ["Memory", boot.memory ? bytesText(boot.memory) : head.memory],
    ["CPU model", head.model],
    ["Emulator", head.emulator?.replace(/ \(.*/, "")],
    ["Command line", head.append || "none"],
  ];
  byId("facts").append(
    ...facts
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([what, value]) => el("div", {}, el("dt", {}, what), el("dd", {}, value))),
  );
}

function showParts() {
  const sections = [...document.querySelectorAll("main > section")];
  byId("parts").append(
    ...sections.map((section) =>
      el("li", {}, el("a", { href: `#${section.id}` }, section.dataset.short)),
    ),
  );
  const links = new Map(
    [...byId("parts").querySelectorAll("a")].map((link) => [
      link.getAttribute("href").slice(1),
      link,
    ]),
  );
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) links.get(target.id).setAttribute("aria-current", "true");
        else links.get(target.id).removeAttribute("aria-current");
      }
    },
    { rootMargin: "-30% 0px -60% 0px" },
  );
  sections.forEach((section) => seen.observe(section));
}

showFacts();
showParts();
showChoice();
showMap();
showAccess();
showRelocations();
showChunks();
showMoments();
showTests();
showCosts();
performance.mark("drawn");
startWorkbench().then((wasm) => {
  showLoaderBench(wasm);
  showAllocatorBench(wasm);
  performance.mark("workbench");
});
