// Self-tests by group: how they ended, and why not.

const RESULT_SIGNS = { passed: "●", failed: "✕", skipped: "○" };

function testLine(test) {
  return el(
    "li",
    { class: test.result },
    el("span", { class: "sign", "aria-hidden": "true" }, RESULT_SIGNS[test.result]),
    ` ${test.name}`,
    test.result === "passed" ? "" : `: ${test.result}${test.reason ? `, ${test.reason}` : ""}`,
  );
}

function showTests() {
  const holder = byId("tests-view");
  if (!run.tests.length) {
    holder.append(el("p", {}, "This run has no self-tests in it."));
    return;
  }
  const of = (result) => run.tests.filter((test) => test.result === result);
  const counts = ["passed", "failed", "skipped"].map((result) =>
    el(
      "span",
      { class: `count ${result}` },
      el("b", { id: `tests-${result}` }, String(of(result).length)),
      ` ${result}`,
    ),
  );
  const groups = new Map();
  for (const test of run.tests) {
    const group = test.name.split(".")[0];
    groups.set(group, [...(groups.get(group) ?? []), test]);
  }
  const rows = [...groups].map(([group, tests]) => {
    const bad = tests.filter((test) => test.result !== "passed");
    return el(
      "details",
      { class: "group", open: tests.some((test) => test.result === "failed") },
      el(
        "summary",
        {},
        el("span", { class: "group-name" }, group),
        el(
          "span",
          { class: "signs", "aria-hidden": "true" },
          tests.map((test) => el("span", { class: test.result }, RESULT_SIGNS[test.result])),
        ),
        el(
          "span",
          { class: "number" },
          bad.length ? `${tests.length - bad.length} of ${tests.length}` : `${tests.length}`,
        ),
      ),
      el("ul", { class: "tests" }, tests.map(testLine)),
    );
  });
  holder.append(el("p", { class: "counts" }, counts), ...rows);
}
