// The first screen. Every number leads to the rows behind it.

const LABELS = {
  pet: { said: "pets", colour: "var(--fk-pet)", shape: "diamond" },
  cattle: { said: "cattle", colour: "var(--fk-cattle)", shape: "circle" },
  unsure: { said: "unsure", colour: "var(--fk-unsure)", shape: "ring" },
  unjudged: { said: "not judged", colour: null },
};
const PATCHES = {
  fix: { said: "lack a fix", colour: "var(--fk-lag-4)" },
  ended: { said: "past end of life", colour: "var(--fk-lag-5)" },
  behind: { said: "older than elsewhere in the fleet", colour: "var(--fk-lag-2)" },
  no_fix: { said: "flaw without a fix yet", colour: "var(--fk-lag-3)" },
  current: { said: "nothing known against them", colour: "var(--fk-lag-0)" },
  unseen: { said: "could not be judged", colour: null },
  unlooked: { said: "not looked into", colour: null },
};

function render({ model, el, kit }) {
  const { h } = kit;
  const data = model.get("data");

  const figures = data.figures.map((one) =>
    kit.link(
      model,
      one.place,
      [
        h("span.fk-value", {}, h("small", {}, one.bound ? "at least" : ""), kit.count(one.value)),
        h("span.fk-label", {}, one.label),
        h("br"),
        h("span.fk-quiet", {}, one.note),
      ],
      { class: "fk-figure fk-plain" },
    ),
  );

  const parts = [
    h("div.fk-figures", {}, figures),
    h("div.fk-columns.fk-even", {}, stacks()),
    h("div.fk-columns", {}, bars(), h("div.fk-flow", {}, seen(), undone())),
  ];
  if (model.get("headline"))
    parts.unshift(
      h(
        "header",
        {},
        h("h2", {}, kit.link(model, data.place, data.finding, { class: "fk-plain" })),
        h("p.fk-lead", {}, data.subtitle),
      ),
    );
  el.replaceChildren(h("div.fk-flow", {}, parts));

  function stacks() {
    const bulls = data.labels.find((one) => one.key === "prize_bull");
    const note = bulls?.count
      ? h(
          "p.fk-quiet",
          {},
          kit.link(model, bulls.place, kit.plural(bulls.count, "prize bull")),
          " among them: members of a herd that must not be stopped now",
        )
      : null;
    return [
      data.labels.length
        ? h(
            "section.fk-block",
            {},
            h("h3", {}, "Pets and cattle"),
            stack(
              data.labels.filter((one) => one.key !== "prize_bull"),
              LABELS,
            ),
            note,
          )
        : h(
            "section.fk-block",
            {},
            h("h3", {}, "Pets and cattle"),
            kit.missing([{ table: "labels", verb: "classify" }], "This bar"),
          ),
      data.patches.length
        ? h(
            "section.fk-block",
            {},
            h("h3", {}, "Workloads by the worst that is known of their patches"),
            stack(data.patches, PATCHES),
          )
        : null,
    ];
  }

  function stack(segments, look) {
    const there = segments.filter((one) => one.count > 0);
    const all = there.reduce((sum, one) => sum + one.count, 0);
    const fill = (one) =>
      look[one.key].colour
        ? { background: look[one.key].colour }
        : {
            "background-image": "var(--fk-hatch)",
            outline: "1px solid var(--fk-unsure)",
            "outline-offset": "-1px",
          };
    const said = (one) => `${kit.count(one.count)} ${look[one.key].said} (${kit.percent(one.count, all)})`;
    return h(
      "div.fk-stack",
      {},
      h(
        "div.fk-stack-bar",
        { role: "group", "aria-label": there.map(said).join(", ") },
        there.map((one) =>
          kit.link(model, one.place, "", {
            style: { flex: `${one.count} 1 0`, ...fill(one) },
            title: said(one),
            "aria-label": said(one),
          }),
        ),
      ),
      h(
        "div.fk-stack-labels",
        {},
        there.map((one) =>
          h(
            "span",
            {},
            h(`i.fk-swatch.fk-${look[one.key].shape ?? "square"}`, { style: fill(one) }),
            h(
              "span",
              {},
              kit.link(model, one.place, kit.count(one.count), { class: "fk-plain fk-strong" }),
              ` ${look[one.key].said} `,
              h("span.fk-quiet", {}, kit.percent(one.count, all)),
            ),
          ),
        ),
      ),
    );
  }

  function bars() {
    const heading = h("h3", {}, "What lacks a fix or lags behind, and where");
    if (data.missing.some((one) => one.table === "findings"))
      return h(
        "section.fk-block",
        {},
        heading,
        kit.missing(
          data.missing.filter((one) => one.table === "findings"),
          "This list",
        ),
      );
    if (!data.packages.length)
      return h(
        "section.fk-block",
        {},
        heading,
        h("p.fk-empty", {}, "No package is known to lack a fix or to lag behind the rest of the fleet."),
      );
    const most = Math.max(...data.packages.map((one) => one.workloads));
    return h(
      "section.fk-block",
      {},
      heading,
      h(
        "div.fk-bars",
        {},
        data.packages.map((one) => {
          const width = (value) => ({ width: `${((100 * value) / most) * 0.72}%` });
          const all = one.workloads,
            rest = all - one.fixable;
          const where = one.where.map(([group, n]) => `${group} ${kit.count(n)}`).join(", ");
          const more =
            one.groups > one.where.length ? ` and ${kit.count(one.groups - one.where.length)} more` : "";
          return h(
            "div.fk-row",
            {},
            kit.link(model, one.findings, h("span.fk-mono", {}, kit.name(one.name)), {
              title: `findings of ${one.name}`,
            }),
            h(
              "span.fk-bar",
              {},
              one.fixable
                ? h("i", { style: { ...width(one.fixable), background: "var(--fk-lag-4)" } })
                : null,
              rest ? h("i", { style: { ...width(rest), background: "var(--fk-lag-2)" } }) : null,
              kit.link(model, one.place, kit.count(all), {
                class: "fk-plain fk-strong",
                title: `${kit.plural(all, "workload")} on ${kit.plural(one.images, "image or machine", "images or machines")}; ${kit.count(one.fixable)} lack a fix`,
              }),
            ),
            h("span.fk-where", { title: where + more }, kit.name(where), more),
          );
        }),
      ),
      h(
        "p.fk-quiet.fk-note",
        {},
        "Workloads per source package. ",
        h("i.fk-swatch", { style: { background: "var(--fk-lag-4)" } }),
        " a fix exists  ",
        h("i.fk-swatch", { style: { background: "var(--fk-lag-2)" } }),
        " older than elsewhere in the fleet",
      ),
    );
  }

  function seen() {
    const { targets } = data;
    if (!targets.all)
      return h(
        "section.fk-block",
        {},
        h("h3", {}, "What was read"),
        h(
          "p.fk-empty",
          {},
          "No loader recorded what it read: these tables were brought along. Nobody can say what is missing.",
        ),
      );
    return h(
      "section.fk-block",
      {},
      h("h3", {}, `${kit.count(targets.read)} of ${kit.plural(targets.all, "reading")} complete`),
      h(
        "ul.fk-list",
        {},
        targets.listed.map((one) =>
          h(
            "li",
            {},
            h(
              "span",
              {},
              kit.link(model, one.place, kit.name(one.target)),
              " ",
              h("span.fk-quiet", {}, kit.name(one.resources)),
              one.error ? h("div.fk-quiet", {}, kit.name(one.error)) : null,
            ),
            one.is_read
              ? h("span.fk-quiet", {}, `${kit.count(one.rows)} records`)
              : h("span.fk-status", {}, h("i.fk-swatch.fk-unseen"), ` ${one.status}`),
          ),
        ),
      ),
      targets.more ? h("p.fk-quiet", {}, `and ${kit.plural(targets.more, "target")} more`) : null,
    );
  }

  function undone() {
    const open = data.missing.filter((one) => one.table !== "findings" && one.table !== "labels");
    const problems = data.targets.problems;
    if (!open.length && !problems) return null;
    return h(
      "section.fk-block",
      {},
      h("h3", {}, "What to keep in mind"),
      problems
        ? h(
            "p",
            {},
            kit.link(
              model,
              { view: "tables", table: "problems", filter: {} },
              kit.plural(problems, "problem"),
            ),
            " met while reading and judging.",
          )
        : null,
      open.map((one) => kit.missing([one], "The picture of it")),
    );
  }
}

export default { render };
