// Lineage from left to right: each image has a line of its own, so that no name hides another.

const LINE = 24,
  OPEN = 400,
  MANY = 2_000,
  TOP = 30,
  RELATIVES = 200;
const SAID = {
  vulnerable_fix_available: ["lacks a fix", "lag-4"],
  end_of_life: ["past end of life", "lag-5"],
  pending_restart: ["fix waits for a restart", "lag-3"],
  older_than_before: ["older than the image before it", "lag-2"],
  behind_fleet: ["older than elsewhere", "lag-2"],
  vulnerable_no_fix: ["flaw without a fix", "lag-3"],
  unobservable: ["cannot be seen into", null],
  uncomparable: ["cannot be compared", null],
  no_feed: ["no advisories", null],
  fixed: ["no finding", "lag-0"],
  not_affected: ["no finding", "lag-0"],
  current: ["no finding", "lag-0"],
};
const VERDICTS = {
  verified: "verified: layers and a record agree",
  exact: "exact: its layers begin with the parent's",
  exact_ambiguous: "exact, but several images have the same content",
  declared: "declared: a record names it, the layers do not show it",
  recorded: "recorded by the source",
  inferred: "inferred: a guess",
};

function render({ model, el, kit }) {
  const { h } = kit;
  const data = model.get("data");
  if (data.missing.length) return void el.replaceChildren(kit.missing(data.missing, "This picture"));
  const { images, edges } = data;
  const size = images.row.length;
  if (!size) return void el.replaceChildren(h("p.fk-empty", {}, "No image was found in this fleet."));

  const word = (column, at) => column.words[column.codes[at] - 1] ?? null;
  const nameOf = (at) => word(images.name, at) ?? word(images.id, at) ?? "unnamed";
  const children = Array.from({ length: size }, () => []);
  for (let at = 0; at < size; at += 1) if (images.parent[at] >= 0) children[images.parent[at]].push(at);
  const others = new Map();
  edges.child.forEach((child, one) => {
    if (one !== images.edge[child]) others.set(child, [...(others.get(child) ?? []), one]);
  });
  const folded = new Set();
  if (size > OPEN)
    for (let at = 0; at < size; at += 1)
      if (children[at].length && (size > MANY || images.layer[at] > 0)) folded.add(at);
  let lines = [],
    lineOf = new Int32Array(size),
    chosen = busiest(),
    relatives = new Set(),
    hovered = -1,
    found = [],
    turn = 0;

  const search = h("input", {
    type: "search",
    placeholder: "Find an image",
    "aria-label": "find an image; enter goes to the next",
    oninput: () => seek(),
    onkeydown: (event) => {
      if (event.key === "Enter") next();
    },
  });
  const said = h("span.fk-quiet", { role: "status" });
  const view = h("div.fk-graph-view"),
    spacer = h("div");
  const scroll = h("div.fk-graph", { onscroll: () => stage.redraw() }, view, spacer);
  const panel = h("div.fk-panel", { "aria-live": "polite" });
  el.replaceChildren(
    h(
      "div.fk-toolbar.fk-no-print",
      {},
      search,
      said,
      h("span.fk-grow"),
      h(
        "button.fk-quiet-button",
        {
          type: "button",
          onclick: () => {
            folded.clear();
            lay();
          },
        },
        "Unfold all",
      ),
      h(
        "button.fk-quiet-button",
        {
          type: "button",
          onclick: () => {
            children.forEach((below, at) => {
              if (below.length) folded.add(at);
            });
            lay();
          },
        },
        "Fold all",
      ),
    ),
    h("div.fk-side-by-side", {}, h("div", {}, scroll, legend()), panel),
  );
  const stage = kit.canvas(
    view,
    draw,
    "Images from root to running; arrow keys move, left and right fold. The table beside it lists the relatives of the chosen image",
  );
  stage.made.addEventListener("click", clicked);
  stage.made.addEventListener("pointermove", (event) => {
    const over = lineAt(event);
    if (over !== hovered) {
      hovered = over;
      stage.redraw();
    }
  });
  stage.made.addEventListener("pointerleave", () => {
    hovered = -1;
    stage.redraw();
  });
  stage.made.addEventListener("keydown", keyed);
  model.on("change:chosen", () => {
    const wanted = model.get("chosen");
    const at = wanted?.table === "images" ? images.row.indexOf(wanted.rows[0]) : -1;
    if (at >= 0 && at !== chosen) pick(at, true);
  });
  lay();
  pick(chosen, true);

  /** The image with a parent that most workloads stand on. */
  function busiest() {
    let best = 0;
    for (let at = 0; at < size; at += 1)
      if (images.parent[at] >= 0 && (images.parent[best] < 0 || images.below[at] > images.below[best]))
        best = at;
    return best;
  }

  function lay() {
    lines = [];
    lineOf.fill(-1);
    for (let at = 0; at < size;) {
      lineOf[at] = lines.length;
      lines.push(at);
      at += folded.has(at) ? images.size[at] : 1;
    }
    const height = lines.length * LINE + TOP + 12;
    spacer.style.height = `${Math.max(0, height - Math.min(height, 560))}px`;
    view.style.height = scroll.style.height = `${Math.min(height, 560)}px`;
    said.textContent = `${kit.count(lines.length)} of ${kit.plural(size, "image")} shown${lines.length < size ? ", the rest folded" : ""}`;
    stage?.redraw();
  }

  function geometry(width) {
    const deepest = images.layer.reduce((most, one) => Math.max(most, one), 0);
    const right = width < 520 ? 84 : 284;
    return {
      step: Math.max(10, Math.min(56, ((width - right) * 0.36) / Math.max(deepest, 1))),
      right: width - right,
      bar: width < 520 ? 40 : 90,
    };
  }

  function draw(context, { width, height, colours, font }) {
    const { step, right, bar } = geometry(width);
    const top = scroll.scrollTop;
    const from = Math.max(0, Math.floor((top - TOP) / LINE)),
      to = Math.min(lines.length, Math.ceil((top + height) / LINE) + 1);
    const x = (at) => 12 + images.layer[at] * step;
    const y = (at) => TOP + lineOf[at] * LINE + LINE / 2 - top;
    const most = images.own.reduce((high, one) => Math.max(high, one), 1);
    trunks(context, from, to, x, y, colours);
    for (let line = from; line < to; line += 1) twig(context, lines[line], x, y, colours, width);
    for (let line = from; line < to; line += 1) {
      const at = lines[line];
      if (line === hovered || at === chosen) {
        context.globalAlpha = at === chosen ? 0.13 : 0.06;
        context.fillStyle = at === chosen ? colours.accent : colours.ink;
        context.fillRect(0, y(at) - LINE / 2, width, LINE);
      }
      context.globalAlpha = dim(at) ? 0.45 : 1;
      mark(context, at, x(at), y(at), colours);
      const end = title(context, at, x(at) + 14, y(at), right - 12, colours, font);
      runs(context, at, right, bar, y(at), most, colours, font, width);
      if (width >= 520 && images.status[at] >= 0) {
        context.fillStyle = colours.quiet;
        context.textAlign = "left";
        context.font = `13px ${font}`;
        context.fillText(SAID[data.statuses[images.status[at]]][0], right + bar + 36, y(at) + 4.5);
      }
      context.globalAlpha = 1;
      if (end) others.get(at)?.forEach((one) => cross(context, at, edges.parent[one], x, y, colours, end));
    }
    context.fillStyle = colours.paper;
    context.fillRect(0, 0, width, TOP);
    context.fillStyle = colours.quiet;
    context.font = `13px ${font}`;
    context.textAlign = "left";
    context.fillText("root → child image", 4, 17);
    context.fillText(width < 520 ? "workloads" : "its own workloads", right, 17);
    if (width >= 520) context.fillText("patches", right + bar + 36, 17);
    context.strokeStyle = colours.line;
    context.lineWidth = 1;
    kit.path(context, [
      [0, TOP - 3.5],
      [width, TOP - 3.5],
    ]);
  }

  const dim = (at) => chosen >= 0 && !relatives.has(at);

  /** Vertical lines from a parent to its last child, also where the child is out of sight. */
  function trunks(context, from, to, x, y, colours) {
    const wanted = new Set(lines.slice(from, to));
    for (let at = lines[from] ?? -1; at >= 0; at = images.parent[at]) wanted.add(at);
    for (const at of wanted) {
      if (folded.has(at) || !children[at].length) continue;
      const last = children[at][children[at].length - 1];
      context.strokeStyle = colours.line;
      context.lineWidth = 1.25;
      kit.path(context, [
        [x(at), y(at) + 7],
        [x(at), y(last) - 6],
      ]);
    }
  }

  /** The bend from a parent to a child; dashed if inferred, stronger where it is surer. */
  function twig(context, at, x, y, colours) {
    const parent = images.parent[at];
    if (parent < 0) return;
    const one = images.edge[at];
    const lit = relatives.has(at) && relatives.has(parent);
    context.strokeStyle = lit ? colours.ink : colours.quiet;
    context.globalAlpha = lit ? 1 : dim(at) ? 0.3 : 0.7;
    context.lineWidth = 0.8 + 1.4 * (edges.confidence[one] || 0.4);
    context.setLineDash(edges.inferred[one] ? [3, 3] : []);
    context.beginPath();
    const turnAt = lit ? Math.max(y(parent) + 7, -20) : y(at) - 9;
    context.moveTo(x(parent), Math.min(turnAt, y(at) - 6));
    context.lineTo(x(parent), y(at) - 6);
    context.quadraticCurveTo(x(parent), y(at), x(parent) + 6, y(at));
    context.lineTo(x(at) - 8, y(at));
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** A second parent: a thin line across, only for the chosen image. */
  function cross(context, at, parent, x, y, colours) {
    if (at !== chosen || lineOf[parent] < 0) return;
    context.strokeStyle = colours.accent;
    context.setLineDash([2, 3]);
    context.lineWidth = 1.25;
    context.beginPath();
    context.moveTo(x(parent), y(parent));
    context.bezierCurveTo(x(parent) - 10, y(parent), x(parent) - 10, y(at), x(at) - 6, y(at));
    context.stroke();
    context.setLineDash([]);
  }

  function mark(context, at, x, y, colours) {
    const status = images.status[at] < 0 ? null : SAID[data.statuses[images.status[at]]][1];
    context.beginPath();
    context.rect(x - 5.5, y - 5.5, 11, 11);
    context.fillStyle = status ? colours[status] : colours.paper;
    context.fill();
    if (!status) kit.hatch(context, x - 5.5, y - 5.5, 11, colours.unsure);
    context.setLineDash(images.stub[at] ? [2, 2] : []);
    context.strokeStyle =
      at === chosen
        ? colours.accent
        : status === "lag-4" || status === "lag-5"
          ? colours[status]
          : colours.quiet;
    context.lineWidth = at === chosen ? 2 : 1;
    context.beginPath();
    context.rect(x - 5.5, y - 5.5, 11, 11);
    context.stroke();
    context.setLineDash([]);
    if (folded.has(at)) {
      context.strokeStyle = colours.ink;
      context.lineWidth = 1.5;
      kit.path(context, [
        [x - 3, y],
        [x + 3, y],
      ]);
      kit.path(context, [
        [x, y - 3],
        [x, y + 3],
      ]);
    }
  }

  function title(context, at, x, y, end, colours, font) {
    const strong = at === chosen || found.includes(at);
    context.font = `${strong ? 600 : 400} 13px ${font}`;
    context.textAlign = "left";
    context.fillStyle = colours.ink;
    const count = folded.has(at)
      ? `  + ${kit.plural(images.size[at] - 1, "image")} folded, ${kit.plural(images.below[at], "workload")}`
      : "";
    const room = end - x - (count ? Math.min(context.measureText(count).width, 150) : 0);
    const text = kit.fitted(context, nameOf(at), room);
    context.fillText(text, x, y + 4.5);
    const next = x + context.measureText(text).width;
    if (count) {
      context.fillStyle = colours.quiet;
      context.font = `13px ${font}`;
      context.fillText(kit.fitted(context, count, end - next), next, y + 4.5);
    }
    return next;
  }

  function runs(context, at, x, wide, y, most, colours, font) {
    if (!images.own[at]) return;
    const width = Math.max(2, (images.own[at] / most) * wide);
    context.fillStyle = colours.unsure;
    context.fillRect(x, y - 6, width, 12);
    context.fillStyle = colours.ink;
    context.font = `13px ${font}`;
    context.textAlign = "left";
    context.fillText(kit.count(images.own[at]), x + width + 6, y + 4.5);
  }

  function lineAt(event) {
    const box = stage.made.getBoundingClientRect();
    const line = Math.floor((event.clientY - box.top + scroll.scrollTop - TOP) / LINE);
    return event.clientY - box.top > TOP && line < lines.length ? line : -1;
  }

  function clicked(event) {
    const line = lineAt(event);
    if (line < 0) return;
    const at = lines[line];
    const box = stage.made.getBoundingClientRect();
    const x = 12 + images.layer[at] * geometry(stage.width).step;
    if (children[at].length && Math.abs(event.clientX - box.left - x) < 11) return toggle(at);
    pick(at, false);
    tell();
  }

  function toggle(at) {
    if (folded.has(at)) folded.delete(at);
    else folded.add(at);
    lay();
  }

  function keyed(event) {
    const line = lineOf[chosen];
    const act = {
      ArrowDown: () => pick(lines[Math.min(line + 1, lines.length - 1)], true),
      ArrowUp: () => pick(lines[Math.max(line - 1, 0)], true),
      ArrowLeft: () =>
        children[chosen].length && !folded.has(chosen)
          ? toggle(chosen)
          : images.parent[chosen] >= 0 && pick(images.parent[chosen], true),
      ArrowRight: () =>
        folded.has(chosen) ? toggle(chosen) : children[chosen].length && pick(children[chosen][0], true),
      Enter: () => toggle(chosen),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
    tell();
  }

  function tell() {
    if (images.row[chosen] >= 0) kit.choose(model, "images", [images.row[chosen]]);
  }

  function seek() {
    const wanted = search.value.trim().toLowerCase();
    found = [];
    if (wanted)
      for (let at = 0; at < size; at += 1)
        if (nameOf(at).toLowerCase().includes(wanted) || (word(images.id, at) ?? "").includes(wanted))
          found.push(at);
    turn = -1;
    if (found.length) next();
    else lay();
    if (wanted)
      said.textContent = found.length ? `${kit.plural(found.length, "image")} found` : "no image found";
  }

  function next() {
    if (!found.length) return;
    turn = (turn + 1) % found.length;
    pick(found[turn], true);
    tell();
    said.textContent = `${kit.count(turn + 1)} of ${kit.plural(found.length, "image")} found`;
  }

  function pick(at, follow) {
    chosen = at;
    let hidden = false;
    for (let above = images.parent[at]; above >= 0; above = images.parent[above])
      hidden = folded.delete(above) || hidden;
    if (hidden) lay();
    relatives = new Set([at]);
    for (let above = images.parent[at]; above >= 0; above = images.parent[above]) relatives.add(above);
    for (let below = at + 1; below < at + images.size[at]; below += 1) relatives.add(below);
    if (follow) {
      const y = lineOf[at] * LINE;
      if (y < scroll.scrollTop + LINE) scroll.scrollTop = Math.max(0, y - 2 * LINE);
      else if (y > scroll.scrollTop + scroll.clientHeight - 3 * LINE)
        scroll.scrollTop = y - scroll.clientHeight + 4 * LINE;
    }
    explain();
    stage.redraw();
  }

  function explain() {
    const at = chosen,
      one = images.edge[at];
    const id = word(images.id, at) ?? "";
    const above = [];
    for (let up = images.parent[at]; up >= 0; up = images.parent[up]) above.unshift(up);
    const below = Array.from({ length: images.size[at] - 1 }, (_, step) => at + 1 + step);
    const go = (to) =>
      h(
        "button.fk-link",
        {
          type: "button",
          onclick: () => {
            pick(to, true);
            tell();
          },
        },
        kit.name(nameOf(to)),
      );
    const row = (to, note) =>
      h("tr", {}, h("td", {}, go(to)), h("td", {}, note), h("td.fk-number", {}, kit.count(images.own[to])));
    const how = (to) => {
      const edge = images.edge[to];
      return edge < 0 ? "root" : `${word(edges.verdict, edge) ?? "unknown"}`.replaceAll("_", " ");
    };
    const facts = [
      kit.known(images.created[at])
        ? `built ${kit.time(images.created[at]).slice(0, 10)}`
        : "build time unknown",
      kit.known(images.bytes[at]) ? kit.bytes(images.bytes[at]) : null,
      images.stub[at] ? "known by reference only" : null,
      images.status[at] >= 0 ? SAID[data.statuses[images.status[at]]][0] : null,
    ].filter(Boolean);
    panel.replaceChildren(
      ...[
        h("h3.fk-title", {}, kit.name(nameOf(at))),
        h("p.fk-quiet", {}, h("span.fk-mono", { title: id }, kit.digest(id)), ` · ${facts.join(" · ")}`),
        h(
          "p",
          {},
          kit.link(
            model,
            { view: "tables", table: "workloads", filter: { image_id: `=${id}` } },
            kit.plural(images.own[at], "workload"),
          ),
          ` of its own, ${kit.count(images.below[at])} with all that stands on it`,
        ),
        one >= 0
          ? h(
              "section.fk-block",
              {},
              h("h3", {}, "Its parent"),
              h(
                "p",
                {},
                go(images.parent[at]),
                `: ${VERDICTS[word(edges.verdict, one)] ?? "unknown"}. `,
                kit.name(word(edges.why, one) ?? ""),
                h(
                  "span.fk-quiet",
                  {},
                  ` Evidence: ${(word(edges.evidence, one) ?? "unknown").replaceAll("_", " ")}, confidence ${kit.known(edges.confidence[one]) ? edges.confidence[one].toFixed(2) : "unknown"}.`,
                ),
              ),
            )
          : h(
              "section.fk-block",
              {},
              h("h3", {}, "No parent known"),
              h("p.fk-quiet", {}, "Nothing in this fleet proves what it was built on."),
            ),
        ...(others.get(at) ?? [])
          .slice(0, 10)
          .map((edge) =>
            h(
              "p",
              {},
              edges.same[edge] ? "Same content as " : "Also possible: ",
              go(edges.parent[edge]),
              " ",
              h("span.fk-quiet", {}, kit.name(word(edges.why, edge) ?? "")),
            ),
          ),
        above.length + below.length
          ? h(
              "section.fk-block",
              {},
              h(
                "h3",
                {},
                `${kit.plural(above.length, "ancestor")}, ${kit.plural(below.length, "descendant")}`,
              ),
              h(
                "div.fk-relatives",
                { tabindex: 0, role: "group", "aria-label": "relatives of the chosen image" },
                h(
                  "table",
                  {},
                  h(
                    "thead",
                    {},
                    h(
                      "tr",
                      {},
                      h("th", { scope: "col" }, "image"),
                      h("th", { scope: "col" }, "how sure"),
                      h("th.fk-number", { scope: "col" }, "workloads"),
                    ),
                  ),
                  h(
                    "tbody",
                    {},
                    above.map((to) => row(to, how(to))),
                    below.slice(0, RELATIVES).map((to) => row(to, how(to))),
                  ),
                ),
              ),
              below.length > RELATIVES
                ? h("p.fk-quiet", {}, `The first ${RELATIVES}; the table lineage has all.`)
                : null,
            )
          : null,
      ].filter(Boolean),
    );
  }

  function legend() {
    const box = (fill) =>
      h("i.fk-swatch", {
        style: fill
          ? { background: `var(--fk-${fill})` }
          : { "background-image": "var(--fk-hatch)", outline: "1px solid var(--fk-unsure)" },
      });
    return h(
      "p.fk-legend.fk-quiet",
      {},
      box("lag-4"),
      " lacks a fix  ",
      box("lag-5"),
      " past end of life  ",
      box("lag-2"),
      " older than elsewhere  ",
      box("lag-0"),
      " no finding  ",
      box(null),
      " not seen.  Dashed: inferred. Stronger line: surer. Click a square to fold.",
    );
  }
}

export default { render };
