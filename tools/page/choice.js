// What is looked at: one access, on one CPU. All parts follow it.

const choice = {
  // One that is still there, of a function that is called; a CPU whose prefix isn't 0.
  access:
    accesses.find(
      (access) => access.slot && access.relocation.function?.startsWith("counter_hit+"),
    ) ??
    accesses.find((access) => access.slot && access.relocation.code) ??
    accesses[0],
  cpu: run.cpus.find((cpu) => cpu.prefix) ?? run.cpus[0],
  listeners: [],
};

function onChoice(listener) {
  choice.listeners.push(listener);
  listener();
}

function choose(change) {
  Object.assign(choice, change);
  for (const listener of choice.listeners) listener();
}

const ownerName = (access) => access.module?.name ?? "the kernel";
const sameOwner = (access) => accesses.filter((other) => ownerName(other) === ownerName(access));

/** The first access of a module, or to a variable. */
function chooseModule(module) {
  const own = accesses.filter((one) => ownerName(one) === module);
  const access = own.find((one) => one.relocation?.code) ?? own[0];
  if (access) choose({ access });
}

function chooseVariable(handle) {
  const access =
    accesses.find((one) => one.variable.handle === handle && one.slot) ??
    accesses.find((one) => one.variable.handle === handle);
  if (access) choose({ access });
}

function placeText(access) {
  const { relocation } = access;
  if (!relocation) return "an instruction of the kernel image";
  return relocation.function ?? `${relocation.section}+${hex(relocation.offset)}`;
}

/** The bar of choices: module, variable, instruction, CPU. */
function showChoice() {
  const form = byId("choice");
  if (!choice.access) {
    form.remove();
    return;
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  const module = el("select", { id: "choice-module", onchange: () => chooseModule(module.value) });
  const variable = el("select", {
    id: "choice-variable",
    onchange: () => choose({ access: accesses[Number(variable.value)] }),
  });
  const place = el("select", {
    id: "choice-place",
    onchange: () => choose({ access: accesses[Number(place.value)] }),
  });
  const cpus = run.cpus.map((cpu) =>
    el(
      "button",
      { type: "button", "data-cpu": cpu.number, onclick: () => choose({ cpu }) },
      `CPU ${cpu.number}`,
    ),
  );
  const owners = [...new Set(accesses.map(ownerName))];
  module.append(...owners.map((owner) => el("option", { value: owner }, owner)));
  form.append(
    el("label", { class: "code" }, "Code of ", module),
    el("label", { class: "handle" }, "Variable ", variable),
    el("label", { class: "code" }, "Used in ", place),
    el("span", { class: "cpus", role: "group", "aria-label": "CPU" }, cpus),
  );
  onChoice(() => {
    const { access, cpu } = choice;
    const own = sameOwner(access);
    const option = (one, text) => el("option", { value: accesses.indexOf(one) }, text);
    const handles = [...new Set(own.map((one) => one.variable.handle))];
    const firsts = handles.map((handle) => own.find((one) => one.variable.handle === handle));
    const places = own.filter((one) => one.variable.handle === access.variable.handle);
    module.value = ownerName(access);
    variable.replaceChildren(...firsts.map((one) => option(one, one.variable.name)));
    variable.value = accesses.indexOf(
      firsts.find((one) => one.variable.handle === access.variable.handle),
    );
    place.replaceChildren(...places.map((one) => option(one, placeText(one))));
    place.value = accesses.indexOf(access);
    for (const button of cpus) {
      button.setAttribute("aria-pressed", Number(button.dataset.cpu) === cpu.number);
    }
  });
}
