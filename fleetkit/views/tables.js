// Rows of any table: only those in sight are in the page, whatever their number.

const ROW = 28,
  ENVELOPE = ["source", "origin", "target", "account", "region", "observed_at"];

function render({ model, el, kit }) {
  const { h } = kit;
  const data = model.get("data");
  const byName = new Map(data.tables.map((table) => [table.name, table]));
  const columnsOf = new Map();
  const hidden = new Map();
  let table,
    columns,
    order,
    filters = new Map(),
    sort = null,
    words = "",
    active = -1,
    first = -1;
  let picked = new Set();

  const tabs = h("div.fk-tabs", { role: "tablist", "aria-label": "tables" });
  const chips = h("div.fk-chips");
  const status = h("span", { role: "status", class: "fk-quiet" });
  const search = h("input", {
    type: "search",
    placeholder: "Search all columns",
    "aria-label": "search all columns",
    oninput: () => {
      words = search.value;
      changed();
    },
  });
  const chooser = h("details.fk-chooser", {}, h("summary.fk-quiet-button", {}, "Columns"), h("div", {}));
  const head = h("thead"),
    body = h("tbody");
  const grid = h("table.fk-rows", { "aria-label": "rows" }, head, body);
  const scroll = h("div.fk-scroll", {
    tabindex: 0,
    role: "group",
    "aria-label": "rows of the table; arrow keys move, enter opens a row",
    onscroll: () => paint(),
    onkeydown: keyed,
  });
  const details = h("div", { "aria-live": "polite" });
  const doc = h("p.fk-quiet");
  scroll.append(grid);
  el.replaceChildren(
    h(
      "div",
      {},
      tabs,
      doc,
      h(
        "div.fk-toolbar.fk-no-print",
        {},
        search,
        status,
        chips,
        h("span.fk-grow"),
        chooser,
        h("button.fk-quiet-button", { type: "button", onclick: download }, "Download CSV"),
      ),
      scroll,
      h("p.fk-print-only", {}, "On paper only the first rows; the file itself has all."),
      details,
    ),
  );
  doc.style.marginBottom = "12px";

  model.on("change:place", follow);
  open(
    byName.has(model.get("place")?.table) ? model.get("place").table : data.tables[0].name,
    model.get("place")?.filter ?? {},
  );

  function follow() {
    const place = model.get("place");
    if (place?.view !== "tables" || place.still) return;
    if (byName.has(place.table)) open(place.table, place.filter ?? {});
    else if (place.table) absent(place.table);
  }

  function absent(name) {
    const lost = data.missing.find((one) => one.table === name);
    if (lost) details.replaceChildren(kit.missing([lost], "This"));
  }

  function open(name, wanted) {
    table = byName.get(name);
    columns =
      columnsOf.get(name) ??
      columnsOf
        .set(
          name,
          table.columns.map((column) => kit.reader(column, table.kept, kit)),
        )
        .get(name);
    hidden.get(name) ??
      hidden.set(
        name,
        new Set(columns.filter((one) => !one.known || ENVELOPE.includes(one.name)).map((one) => one.name)),
      );
    filters = new Map(
      Object.entries(wanted)
        .filter(([column]) => columns.some((one) => one.name === column))
        .map(([column, one]) => [column, [one].flat()]),
    );
    for (const column of filters.keys()) hidden.get(name).delete(column);
    sort = null;
    words = search.value = "";
    active = -1;
    picked = new Set();
    details.replaceChildren();
    doc.textContent = `${table.doc[0].toUpperCase()}${table.doc.slice(1)}.`;
    listTabs();
    titles();
    changed(true);
  }

  function listTabs() {
    tabs.replaceChildren(
      ...data.tables.map((one) =>
        h(
          "button",
          {
            type: "button",
            role: "tab",
            "aria-selected": String(one === table),
            onclick: () => {
              open(one.name, {});
              report();
            },
          },
          one.name.replaceAll("_", " "),
          h("span", {}, kit.count(one.rows)),
        ),
      ),
      ...data.missing.map((one) =>
        h(
          "button",
          {
            type: "button",
            role: "tab",
            "aria-selected": "false",
            title: `fleet = fk.${one.verb}(fleet) makes it`,
            onclick: () => absent(one.table),
          },
          one.table.replaceAll("_", " "),
          h("span", {}, "not made"),
        ),
      ),
    );
  }

  function shown() {
    return columns.filter((one) => !hidden.get(table.name).has(one.name));
  }

  function titles() {
    const listed = shown();
    const says = (column) => (column.unit && !column.title.includes(column.unit) ? column.unit : null);
    const withUnits = listed.some(says);
    const names = h(
      "tr",
      {},
      listed.map((column) => {
        const mark = sort?.column === column ? (sort.down ? " ↓" : " ↑") : "";
        return h(
          `th${column.isNumber ? ".fk-number" : ""}`,
          { scope: "col", "aria-sort": mark ? (sort.down ? "descending" : "ascending") : "none" },
          h(
            "button",
            {
              type: "button",
              title: `${column.doc}${column.unit ? ` (${column.unit})` : ""}. Click to sort`,
              onclick: () => order_by(column),
            },
            column.title,
            mark,
          ),
          withUnits ? h("small", {}, says(column) ?? "") : null,
          h("input", {
            type: "text",
            value: (filters.get(column.name) ?? []).join(" | "),
            placeholder: "filter",
            "aria-label": `filter ${column.title}`,
            title: column.hint,
            oninput: (event) => narrow(column, event.target.value),
            class: "fk-no-print",
          }),
        );
      }),
    );
    head.replaceChildren(names);
    grid.style.width = `${listed.reduce((sum, one) => sum + one.width, 0)}px`;
    grid.querySelector("colgroup")?.remove();
    grid.prepend(
      h(
        "colgroup",
        {},
        listed.map((one) => h("col", { style: { width: `${one.width}px` } })),
      ),
    );
    grid.setAttribute("aria-rowcount", table.kept + 1);
    const empty = columns.filter((one) => !one.known).length;
    chooser.lastChild.replaceChildren(
      ...columns.map((one) =>
        h(
          "label",
          { title: one.doc },
          h("input", {
            type: "checkbox",
            checked: !hidden.get(table.name).has(one.name),
            onchange: (event) => toggle(one, event.target.checked),
          }),
          h("span", { class: one.known ? "" : "fk-quiet" }, one.title),
        ),
      ),
      h(
        "p.fk-quiet",
        { style: { "grid-column": "1 / -1" } },
        empty ? `${kit.plural(empty, "column")} of this table hold nothing here and start hidden.` : "",
      ),
    );
  }

  function toggle(column, on) {
    if (on) hidden.get(table.name).delete(column.name);
    else hidden.get(table.name).add(column.name);
    titles();
    paint(true);
  }

  function order_by(column) {
    sort = sort?.column === column ? (sort.down ? null : { column, down: true }) : { column, down: false };
    titles();
    changed();
  }

  function narrow(column, text) {
    if (text.trim()) filters.set(column.name, text.split(" | "));
    else filters.delete(column.name);
    changed();
    report();
  }

  function report() {
    model.set("place", {
      view: "tables",
      table: table.name,
      filter: Object.fromEntries(filters),
      still: true,
    });
    model.save_changes();
  }

  function changed(fresh) {
    let keep = new Uint8Array(table.kept).fill(1);
    for (const [name, wanted] of filters) {
      const found = columns.find((one) => one.name === name).matches(wanted);
      for (let row = 0; row < keep.length; row += 1) keep[row] &= found[row];
    }
    if (words.trim()) {
      const found = new Uint8Array(table.kept);
      for (const column of columns) column.search(words.trim().toLowerCase(), found);
      for (let row = 0; row < keep.length; row += 1) keep[row] &= found[row];
    }
    order = Uint32Array.from({ length: keep.reduce((sum, one) => sum + one, 0) });
    for (let row = 0, at = 0; row < keep.length; row += 1) if (keep[row]) order[at++] = row;
    if (sort) {
      const rank = sort.column.ranks();
      const sign = sort.down ? -1 : 1;
      order.sort((one, other) =>
        rank[one] === rank[other]
          ? one - other
          : Number.isNaN(rank[one])
            ? 1
            : Number.isNaN(rank[other])
              ? -1
              : sign * (rank[one] - rank[other]),
      );
    }
    tell();
    scroll.scrollTop = 0;
    if (fresh) scroll.scrollLeft = 0;
    scroll.style.height = `${Math.min(560, Math.max(order.length, 3) * ROW + 112)}px`;
    paint(true);
  }

  function tell() {
    const cut =
      table.kept < table.rows
        ? `; the first ${kit.count(table.kept)} of ${kit.count(table.rows)} are in this file, all of them in fleet.${table.name}`
        : "";
    status.textContent = `${kit.count(order.length)} of ${kit.count(table.kept)} rows${cut}`;
    grid.classList.toggle("fk-zebra", order.length > 6);
    chips.replaceChildren(
      ...[...filters].map(([name, wanted]) =>
        h(
          "span.fk-chip",
          {},
          h("span", {}, `${name.replaceAll("_", " ")}: `, kit.name(wanted.map(spoken).join(" or "))),
          h(
            "button",
            {
              type: "button",
              "aria-label": `remove the filter of ${name}`,
              onclick: () => {
                filters.delete(name);
                titles();
                changed();
                report();
              },
            },
            "×",
          ),
        ),
      ),
    );
  }

  function paint(force) {
    const from = Math.max(0, Math.floor(scroll.scrollTop / ROW) - 8);
    if (!force && from === first) return;
    first = from;
    const to = Math.min(order.length, from + Math.ceil(scroll.clientHeight / ROW) + 16);
    const listed = shown();
    const rows = [spacer(from)];
    for (let at = from; at < to; at += 1) {
      const row = order[at];
      rows.push(
        h(
          `tr${at % 2 ? ".fk-odd" : ""}`,
          {
            "data-row": row,
            "aria-rowindex": at + 2,
            "aria-selected": String(at === active || picked.has(row)),
            onclick: () => select(at),
          },
          listed.map((column) => cell(column, row)),
        ),
      );
    }
    if (!order.length)
      rows.push(
        h(
          "tr",
          {},
          h(
            "td.fk-na",
            { colspan: listed.length },
            table.rows
              ? "No row fits these filters: remove one to see more."
              : `This table is empty: ${table.verb ? `fk.${table.verb} found nothing to say` : "no source had anything for it"}.`,
          ),
        ),
      );
    rows.push(spacer(order.length - to));
    body.replaceChildren(...rows);
  }

  function spacer(rows) {
    return h("tr", { "aria-hidden": "true", style: { height: `${Math.max(rows, 0) * ROW}px` } });
  }

  function cell(column, row) {
    const text = column.text(row);
    if (text === null) return h(`td.fk-na${column.isNumber ? ".fk-number" : ""}`, {}, "unknown");
    if (column.isNumber) return h("td.fk-number", { title: column.tip(row) }, text);
    return h(`td${column.isCode ? ".fk-mono" : ""}`, { title: column.tip(row) }, h("bdi", {}, text));
  }

  function select(at) {
    active = at;
    const row = order[at];
    picked = new Set([row]);
    const listed = columns.filter((column) => column.text(row) !== null);
    const unknown = columns.length - listed.length;
    details.replaceChildren(
      h(
        "section.fk-details",
        {},
        h("h3", {}, kit.name(columns[0].tip(row) || columns[0].text(row) || table.name)),
        h(
          "dl",
          {},
          listed.flatMap((column) => [
            h("dt", { title: column.doc }, column.title),
            h(
              `dd${column.isCode ? ".fk-mono" : ""}`,
              {},
              kit.name(column.tip(row) || column.text(row), Infinity),
            ),
          ]),
        ),
        unknown ? h("p.fk-quiet", {}, `${kit.plural(unknown, "column")} unknown for this row.`) : null,
      ),
    );
    kit.choose(model, table.name, picked);
    paint(true);
  }

  function keyed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -Infinity, End: Infinity }[
      event.key
    ];
    if (event.target !== scroll || (step === undefined && event.key !== "Enter")) return;
    event.preventDefault();
    if (event.key === "Enter") return active >= 0 && select(active);
    active = Math.min(Math.max(active + step, 0), order.length - 1);
    const top = active * ROW;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    if (top > scroll.scrollTop + scroll.clientHeight - 140)
      scroll.scrollTop = top - scroll.clientHeight + 140;
    paint(true);
  }

  function download() {
    const listed = shown();
    const quoted = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
    const lines = [listed.map((one) => quoted(one.name)).join(",")];
    for (const row of order) lines.push(listed.map((one) => one.plain(row, quoted)).join(","));
    const url = URL.createObjectURL(new Blob([lines.join("\r\n"), "\r\n"], { type: "text/csv" }));
    h("a", { href: url, download: `${table.name}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

function spoken(wanted) {
  if (wanted === "?") return "unknown";
  if (wanted === "*") return "known";
  return wanted.replace(/^=/, "");
}

export default { render };
