// The host of the views in a notebook: tabs over one shared model, data from the kernel.

async function render({ model, el }) {
  const { h } = kit;
  const tabs = h("div.fk-tabs", { role: "tablist", "aria-label": "views" });
  const stage = h("div");
  const root = h("div.fk.fk-notebook", {}, tabs, stage);
  el.append(root);
  const panels = new Map();
  let current = null;

  const inside = (data) => ({
    get: (key) =>
      key === "data" ? data : key === "addressable" ? false : key === "headline" ? true : model.get(key),
    set: (key, value) => model.set(key, value),
    save_changes: () => model.save_changes(),
    send: (...message) => model.send(...message),
    on: (event, callback) => model.on(event, callback),
    off: (event, callback) => model.off(event, callback),
  });

  async function panel(name) {
    if (panels.has(name)) return panels.get(name);
    const packed = model.get("payloads")[name];
    if (!packed) return null;
    const made = h("section", { role: "tabpanel" }, h("p.fk-empty", {}, "Drawing …"));
    panels.set(name, made);
    try {
      const bytes = new Uint8Array(packed.buffer ?? packed, packed.byteOffset ?? 0, packed.byteLength);
      const data = await kit.inflate(bytes);
      const view = h("div.fk-view");
      const heading =
        name === "overview"
          ? []
          : [h("h2", {}, data.finding ?? data.title), h("p.fk-lead", {}, data.subtitle ?? data.doc)];
      made.replaceChildren(...heading, view);
      stage.append(made);
      views[name].render({ model: inside(data), el: view, kit });
    } catch (problem) {
      made.replaceChildren(h("p.fk-empty", {}, `This picture could not be drawn: ${problem.message}`));
      console.error(problem);
    }
    return made;
  }

  function list() {
    const titles = model.get("titles");
    tabs.hidden = titles.length < 2;
    tabs.replaceChildren(
      ...titles.map(([name, title]) =>
        h(
          "button",
          {
            type: "button",
            role: "tab",
            "aria-selected": String(name === current),
            "data-view": name,
            onclick: () => {
              model.set("place", { view: name, filter: {} });
              model.save_changes();
            },
          },
          title,
        ),
      ),
    );
  }

  async function show(name) {
    if (!name) return;
    current = name;
    const wanted = await panel(name);
    if (!wanted || current !== name) return;
    if (!wanted.isConnected) stage.append(wanted);
    for (const one of panels.values()) one.hidden = one !== wanted;
    list();
  }

  const follow = () => {
    const place = model.get("place");
    if (place?.view && !place.still && place.view !== current) show(place.view);
  };
  const grown = () => {
    list();
    show(model.get("place")?.view ?? current);
  };
  model.on("change:place", follow);
  model.on("change:payloads", grown);
  list();
  await show(model.get("place")?.view ?? model.get("titles")[0][0]);
  return () => {
    model.off("change:place", follow);
    model.off("change:payloads", grown);
  };
}

export default { render };
