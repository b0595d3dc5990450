// Versions: packages down, groups across; the colour is how far behind, the text is the version.

const FIRST = 16,
  WIDE = 136;
const BLIND = new Set(["unobservable", "uncomparable", "no_feed", "end_of_life"]);
const WHY = {
  unobservable: "its package database could not be read",
  uncomparable: "its version cannot be ordered",
  no_feed: "no advisories are known for its system",
  end_of_life: "its system is past its end of life, so nobody announces flaws any more",
};
const BY = { service: "services", image: "images", environment: "environments" };

function render({ model, el, kit }) {
  const { h } = kit;
  const data = model.get("data");
  if (data.missing.length) return void el.replaceChildren(kit.missing(data.missing, "This matrix"));
  if (!data.packages.length)
    return void el.replaceChildren(
      h("p.fk-empty", {}, "No package version is known: no image had a package database that could be read."),
    );

  let by = data.by[0],
    all = false,
    late = true,
    pressed = null;
  const word = (column, at) => column.words[column.codes[at] - 1] ?? null;
  const switches = h("div.fk-switch", { role: "group", "aria-label": "columns" });
  const box = h("div.fk-matrix", {
    tabindex: 0,
    role: "group",
    "aria-label": "versions of packages; scrolls both ways",
  });
  const more = h("p.fk-quiet");
  const panel = h("div", { "aria-live": "polite" });
  el.replaceChildren(h("div", {}, h("div.fk-toolbar.fk-no-print", {}, switches), box, legend(), more, panel));
  fill();

  function fill() {
    const { cells } = by;
    switches.replaceChildren(
      ...data.by.map((one) =>
        h(
          "button.fk-quiet-button",
          {
            type: "button",
            "aria-pressed": String(one === by),
            onclick: () => {
              by = one;
              pressed = null;
              panel.replaceChildren();
              fill();
            },
          },
          `by ${one.key}`,
        ),
      ),
      h(
        "button.fk-quiet-button",
        {
          type: "button",
          "aria-pressed": String(late),
          onclick: () => {
            late = !late;
            fill();
          },
        },
        "only what lags",
      ),
    );
    const places = new Map();
    const lagging = new Set();
    for (let at = 0; at < cells.row.length; at += 1) {
      places.set(cells.row[at] * 1000 + cells.column[at], at);
      if (cells.open[at] || cells.behind[at]) lagging.add(cells.row[at]);
    }
    let rows = data.packages.map((_, row) => row).filter((row) => !late || lagging.has(row));
    if (!rows.length) rows = data.packages.map((_, row) => row);
    const listed = all ? rows : rows.slice(0, FIRST);
    const heads = by.columns.map((column) =>
      h(
        "th",
        { scope: "col", style: { width: `${WIDE}px` } },
        h("strong", {}, kit.name(column.group, 60)),
        h(
          "span.fk-quiet",
          {},
          column.workloads ? kit.plural(column.workloads, "workload") : "nothing runs it",
        ),
      ),
    );
    const system = h(
      "tr",
      {},
      h("th", { scope: "row" }, "operating system"),
      by.columns.map((column) =>
        h(
          "td",
          {},
          h(
            `span${column.ended ? ".fk-lag-5" : column.blind ? ".fk-unseen" : ""}`,
            {
              title: column.ended
                ? `${column.system ?? "its system"}: past its end of life`
                : (column.system ?? "unknown"),
            },
            h("span", {}, column.system ?? "not seen"),
            column.ended ? h("span", {}, "ended") : null,
          ),
        ),
      ),
    );
    const body = listed.map((row) =>
      h(
        "tr",
        {},
        h("th.fk-mono", { scope: "row", title: data.packages[row] }, kit.name(data.packages[row])),
        by.columns.map((column, at) => h("td", {}, cell(places.get(row * 1000 + at), column))),
      ),
    );
    const table = h(
      "table",
      { style: { width: `${150 + by.columns.length * WIDE}px` } },
      h(
        "colgroup",
        {},
        h("col", { style: { width: "150px" } }),
        by.columns.map(() => h("col", { style: { width: `${WIDE}px` } })),
      ),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "source package"), heads)),
      h("tbody", {}, system, body),
    );
    box.replaceChildren(table);
    const notes = [];
    if (rows.length > FIRST)
      notes.push(
        h(
          "button.fk-link.fk-no-print",
          {
            type: "button",
            onclick: () => {
              all = !all;
              fill();
            },
          },
          all ? `Show the first ${FIRST} packages` : `Show all ${kit.count(rows.length)} packages`,
        ),
        ". ",
      );
    if (by.groups_all > by.columns.length)
      notes.push(
        `${kit.count(by.columns.length)} of ${kit.count(by.groups_all)} ${BY[by.key]}: those with most to do. `,
      );
    if (by.unseen) notes.push(`${kit.count(by.unseen)} more ${BY[by.key]} were not looked into. `);
    if (data.packages_all > data.packages.length)
      notes.push(
        `${kit.count(data.packages.length)} of ${kit.count(data.packages_all)} packages; the table patch levels has all.`,
      );
    more.replaceChildren(...notes);
  }

  function lag(at) {
    const { cells } = by;
    const open = cells.open[at];
    if (open) return open > 9 ? 5 : open > 3 ? 4 : open > 1 ? 3 : 2;
    return cells.behind[at] > 2 ? 2 : cells.behind[at] ? 1 : 0;
  }

  function cell(at, column) {
    if (at === undefined)
      return column.blind
        ? h("span.fk-unseen", { title: "not seen: its package database could not be read" })
        : h("span", { title: "not installed" });
    const { cells } = by;
    const status = data.statuses[cells.rank[at]];
    const version = word(cells.version, at) ?? "unknown";
    const level = lag(at);
    const isNewest = !level && !cells.behind[at] && version === word(cells.newest, at);
    const blind = BLIND.has(status) && !level;
    const tail = cells.versions[at] > 1 ? h("span", {}, `+${cells.versions[at] - 1}`) : null;
    return h(
      `button.${blind ? "fk-unseen" : `fk-lag-${level}`}${isNewest && !blind ? ".fk-newest" : ""}`,
      {
        type: "button",
        title: told(at, column),
        "aria-pressed": String(pressed === at),
        onclick: () => {
          pressed = at;
          explain(at, column);
          fill();
        },
      },
      h("span", {}, short(version)),
      tail,
    );
  }

  function told(at, column) {
    const { cells } = by;
    const status = data.statuses[cells.rank[at]];
    const parts = [`${data.packages[cells.row[at]]} ${word(cells.version, at)} in ${column.group}`];
    if (cells.open[at]) parts.push(`${kit.plural(cells.open[at], "open finding")}`);
    if (cells.behind[at])
      parts.push(
        `${kit.plural(cells.behind[at], "newer build")} in the fleet, newest ${word(cells.newest, at)}`,
      );
    if (cells.versions[at] > 1) parts.push(`${cells.versions[at]} versions, this is the worst`);
    if (WHY[status]) parts.push(WHY[status]);
    if (parts.length === 1) parts.push("nothing known against it");
    return parts.join("; ");
  }

  function explain(at, column) {
    const { cells } = by;
    const name = data.packages[cells.row[at]];
    const version = word(cells.version, at);
    const where = {
      service: { service: `=${column.group}` },
      environment: { environment: column.group === "environment unknown" ? "?" : `=${column.group}` },
      image: null,
    }[by.key];
    panel.replaceChildren(
      h(
        "section.fk-details",
        {},
        h("h3", {}, h("span.fk-mono", {}, kit.name(name)), " in ", kit.name(column.group)),
        h("p", {}, `${told(at, column)}.`),
        h(
          "p",
          {},
          kit.link(
            model,
            {
              view: "tables",
              table: "findings",
              filter: { source_name: `=${name}`, source_version: `=${version}` },
            },
            "Findings about this version",
          ),
          " · ",
          kit.link(
            model,
            { view: "tables", table: "patch_levels", filter: { source_name: `=${name}` } },
            `Every ${name} of the fleet`,
          ),
          where
            ? [
                " · ",
                kit.link(
                  model,
                  { view: "tables", table: "workloads", filter: where },
                  `${kit.plural(column.workloads, "workload")} of ${column.group}`,
                ),
              ]
            : null,
        ),
      ),
    );
  }

  function legend() {
    const box = (key, said) => [
      h("i.fk-swatch", { style: { background: `var(--fk-lag-${key})` } }),
      ` ${said}  `,
    ];
    return h(
      "p.fk-legend.fk-quiet",
      {},
      box(0, "nothing known"),
      box(1, "1–2 builds behind"),
      box(2, "more builds behind, or 1 open finding"),
      box(3, "2–3"),
      box(4, "4–9"),
      box(5, "10 and more open findings, or past end of life"),
      h("i.fk-swatch.fk-unseen"),
      " not seen.  ",
      h("strong", {}, "Bold"),
      ": newest in the fleet.  +1: another version runs there too.",
    );
  }
}

/** A version cut in the middle where it is too long for a cell. */
function short(version) {
  return version.length > 16 ? `${version.slice(0, 9)}…${version.slice(-6)}` : version;
}

export default { render };
