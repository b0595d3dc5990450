// State against uniqueness. Each workload is a mark; where thousands meet, their density is.

const WORDS = {
  pet: "Single pets",
  stateful_herd: "Stateful herd",
  snowflake: "Snowflakes",
  cattle: "Cattle",
  unsure: "Unsure",
};
const ONE = {
  pet: "a single pet",
  stateful_herd: "one of a stateful herd",
  snowflake: "a snowflake",
  cattle: "one of the cattle",
  unsure: "no quadrant is sure",
};
const MEANING = {
  pet: "hold data, one of a kind",
  stateful_herd: "hold data, replaceable",
  snowflake: "hold nothing, one of a kind",
  cattle: "hold nothing, replaceable",
};
const AXES = { state: "Holds data", uniqueness: "One of a kind", disposability: "May be stopped now" };
const MANY = 2_500,
  STEP = 6.4,
  BIN = 9,
  LISTED = 400;
const PAD = { left: 52, right: 20, top: 20, bottom: 52 };

const chance = (score) => 1 / (1 + Math.exp(-score));
const share = (score) => `${Math.round(100 * chance(score))}%`;

function render({ model, el, kit }) {
  const { h } = kit;
  const data = model.get("data");
  if (data.missing.length) return void el.replaceChildren(kit.missing(data.missing, "This map"));
  const { points, evidence } = data;
  const size = points.row.length;
  if (!size)
    return void el.replaceChildren(
      h("p.fk-empty", {}, "No workload has been judged: the labels table has no row with scores."),
    );

  const word = (column, at) => column.words[column.codes[at] - 1] ?? null;
  const colourOf = (at, colours) => colours[data.labels[points.label[at]]];
  const quadrant = (at) => data.quadrants[points.quadrant[at]];
  const dense = size > MANY;
  const clusters = gathered();
  let chosen = strongest(),
    shownQuadrant = quadrant(chosen),
    hovered = -1,
    spots = [];

  const map = h("div.fk-map");
  const tip = h("div.fk-tip", { hidden: true });
  const panel = h("div.fk-panel", { "aria-live": "polite" });
  const filter = h("div.fk-switch", { role: "group", "aria-label": "quadrant" });
  const list = h("select.fk-listbox", {
    size: 6,
    "aria-label": "workloads of this quadrant, surest first",
    onchange: () => pick(Number(list.value), false),
  });
  const search = h("input", {
    type: "search",
    placeholder: "Find a workload",
    "aria-label": "find a workload",
    oninput: () => fill(),
  });
  const limit = h("p.fk-quiet");
  el.replaceChildren(
    h(
      "div.fk-side-by-side",
      {},
      h("div", {}, map, legend()),
      h("div", {}, panel, h("div.fk-block.fk-no-print", {}, filter, search, list, limit)),
    ),
  );
  const stage = kit.canvas(
    map,
    draw,
    "Map of workloads, state against uniqueness; the list beside it has the same workloads",
  );
  map.append(tip);
  stage.made.addEventListener("pointermove", (event) => hover(event));
  stage.made.addEventListener("pointerleave", () => {
    hovered = -1;
    tip.hidden = true;
    stage.redraw();
  });
  stage.made.addEventListener("click", (event) => {
    const at = nearest(event);
    if (at >= 0) pick(at, true);
  });
  stage.made.addEventListener("keydown", keyed);
  model.on("change:chosen", () => {
    const wanted = model.get("chosen");
    const at = wanted?.table === "workloads" ? points.row.indexOf(wanted.rows[0]) : -1;
    if (at >= 0 && at !== chosen) pick(at, true, true);
  });
  pick(chosen, false, true);
  fill();

  /** The workload that a reader should see first: the surest pet, else the surest of any. */
  function strongest() {
    const weigh = (at) => points.x[at] + points.y[at] + (data.labels[points.label[at]] === "pet" ? 100 : 0);
    let best = 0;
    for (let at = 1; at < size; at += 1) if (weigh(at) > weigh(best)) best = at;
    return best;
  }

  /** Workloads at the same place: replicas mostly. */
  function gathered() {
    const found = new Map();
    for (let at = 0; at < size; at += 1) {
      const key = `${Math.round(points.x[at] * 40)},${Math.round(points.y[at] * 40)}`;
      if (!found.has(key)) found.set(key, { x: points.x[at], y: points.y[at], members: [] });
      found.get(key).members.push(at);
    }
    return [...found.values()].sort((one, other) => other.members.length - one.members.length);
  }

  function draw(context, { width, height, colours, font }) {
    const scale = scales(width, height);
    frame(context, scale, colours, font, width, height);
    spots = dense ? density(context, scale, colours) : marks(context, scale, colours);
    bulls(context, colours);
    names(context, colours, font, width, height);
    const spot = spots.find((one) => one.at === chosen) ?? spots.find((one) => one.members?.includes(chosen));
    if (spot) kit.ring(context, spot, colours.ink, 2);
    const over = spots[hovered];
    if (over) kit.ring(context, over, colours.quiet, 1.5);
  }

  function scales(width, height) {
    const span = (values) => {
      let low = -2.4,
        high = 2.4;
      for (const value of values) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
      const room = (high - low) * 0.09;
      return [low - room, high + room];
    };
    const [left, right] = span(points.x),
      [low, high] = span(points.y);
    return {
      x: (value) => PAD.left + ((value - left) / (right - left)) * (width - PAD.left - PAD.right),
      y: (value) =>
        height - PAD.bottom - 44 - ((value - low) / (high - low)) * (height - PAD.top - PAD.bottom - 88),
      left,
      right,
      low,
      high,
    };
  }

  function frame(context, scale, colours, font, width, height) {
    const edge = { left: PAD.left, right: width - PAD.right, top: PAD.top, bottom: height - PAD.bottom };
    context.fillStyle = colours.fill;
    context.fillRect(scale.x(-1.1), edge.top, scale.x(1.1) - scale.x(-1.1), edge.bottom - edge.top);
    context.fillRect(edge.left, scale.y(1.1), edge.right - edge.left, scale.y(-1.1) - scale.y(1.1));
    context.strokeStyle = colours.line;
    context.lineWidth = 1;
    kit.path(context, [
      [scale.x(0), edge.top],
      [scale.x(0), edge.bottom],
    ]);
    kit.path(context, [
      [edge.left, scale.y(0)],
      [edge.right, scale.y(0)],
    ]);
    context.font = `13px ${font}`;
    context.fillStyle = colours.quiet;
    context.textAlign = "center";
    for (const tick of [-6, -4, -2, 0, 2, 4, 6]) {
      if (tick > scale.left && tick < scale.right)
        context.fillText(share(tick), scale.x(tick), edge.bottom + 18);
      context.textAlign = "right";
      if (tick > scale.low && tick < scale.high)
        context.fillText(share(tick), edge.left - 8, scale.y(tick) + 4);
      context.textAlign = "center";
    }
    context.textAlign = "right";
    context.fillText("chance that it holds data →", edge.right, edge.bottom + 40);
    context.save();
    context.translate(12, edge.top);
    context.rotate(-Math.PI / 2);
    context.fillText("chance that it is one of a kind →", 0, 0);
    context.restore();
    const corners = [
      ["snowflake", "left", edge.left + 10, edge.top + 18, 1],
      ["pet", "right", edge.right - 10, edge.top + 18, 1],
      ["cattle", "left", edge.left + 10, edge.bottom - 26, -1],
      ["stateful_herd", "right", edge.right - 10, edge.bottom - 26, -1],
    ];
    for (const [key, align, x, y] of corners) {
      const count = tally(key);
      context.textAlign = align;
      context.fillStyle = colours.ink;
      context.font = `600 13px ${font}`;
      context.fillText(`${WORDS[key]} ${kit.count(count)}`, x, y);
      context.fillStyle = colours.quiet;
      context.font = `13px ${font}`;
      if (width > 460) context.fillText(MEANING[key], x, y + 17);
    }
  }

  function tally(key) {
    const code = data.quadrants.indexOf(key);
    let sum = 0;
    for (const one of points.quadrant) if (one === code) sum += 1;
    return sum;
  }

  /** Every workload a mark; those at one place sit around it like seeds in a flower. */
  function marks(context, scale, colours) {
    const found = [];
    for (const cluster of clusters) {
      const [x, y] = [scale.x(cluster.x), scale.y(cluster.y)];
      cluster.members.forEach((at, place) => {
        const far = STEP * 0.62 * Math.sqrt(place),
          turn = place * 2.39996;
        const spot = { at, x: x + far * Math.cos(turn), y: y + far * Math.sin(turn), r: 3.4 };
        context.fillStyle = context.strokeStyle = colourOf(at, colours);
        shape(kit, context, quadrant(at), spot);
        found.push(spot);
      });
      Object.assign(cluster, { sx: x, sy: y, sr: STEP * 0.62 * Math.sqrt(cluster.members.length) + 4 });
    }
    return found;
  }

  /** Thousands of workloads: squares, darker where more of them meet. */
  function density(context, scale, colours) {
    const bins = new Map();
    for (let at = 0; at < size; at += 1) {
      const [column, row] = [
        Math.floor(scale.x(points.x[at]) / BIN),
        Math.floor(scale.y(points.y[at]) / BIN),
      ];
      const key = column * 4096 + row;
      if (!bins.has(key))
        bins.set(key, {
          x: (column + 0.5) * BIN,
          y: (row + 0.5) * BIN,
          members: [],
          votes: [0, 0, 0],
          r: BIN / 2,
        });
      const bin = bins.get(key);
      bin.members.push(at);
      bin.votes[points.label[at]] += 1;
    }
    const most = Math.max(...[...bins.values()].map((bin) => bin.members.length));
    for (const bin of bins.values()) {
      bin.at = bin.members[0];
      const winner = bin.votes.indexOf(Math.max(...bin.votes));
      context.fillStyle = colours[data.labels[winner]];
      context.globalAlpha = 0.22 + 0.78 * (Math.log1p(bin.members.length) / Math.log1p(most));
      context.fillRect(bin.x - BIN / 2, bin.y - BIN / 2, BIN - 1, BIN - 1);
    }
    context.globalAlpha = 1;
    for (const cluster of clusters)
      Object.assign(cluster, { sx: scale.x(cluster.x), sy: scale.y(cluster.y), sr: BIN });
    return [...bins.values()];
  }

  function bulls(context, colours) {
    for (const spot of spots) {
      if (spot.members) {
        if (!spot.members.some((at) => points.prize[at])) continue;
        context.lineWidth = 1.75;
        context.strokeStyle = colours.prize;
        context.strokeRect(spot.x - BIN / 2 + 0.5, spot.y - BIN / 2 + 0.5, BIN - 2, BIN - 2);
        continue;
      }
      if (!points.prize[spot.at]) continue;
      context.lineWidth = 2.5;
      context.strokeStyle = colours.prize;
      kit.circle(context, spot.x, spot.y, spot.r + 3);
      context.stroke();
      context.lineWidth = 0.5;
      context.strokeStyle = colours.ink;
      kit.circle(context, spot.x, spot.y, spot.r + 4.6);
      context.stroke();
    }
  }

  /** Direct labels: pets and small groups first, since nobody finds them otherwise; none overlaps. */
  function names(context, colours, font, width, height) {
    context.font = `13px ${font}`;
    const taken = clusters
      .slice(0, 200)
      .map((one) => [one.sx - one.sr, one.sy - one.sr, one.sx + one.sr, one.sy + one.sr]);
    for (const [x, y, w] of [
      [PAD.left, PAD.top, 210],
      [width - PAD.right - 210, PAD.top, 210],
    ])
      taken.push([x, y, x + w, y + 40]);
    for (const [x, w] of [
      [PAD.left, 210],
      [width - PAD.right - 210, 210],
    ])
      taken.push([x, height - PAD.bottom - 44, x + w, height - PAD.bottom]);
    if (dense)
      for (const spot of spots)
        taken.push([spot.x - BIN / 2, spot.y - BIN / 2, spot.x + BIN / 2, spot.y + BIN / 2]);
    const weight = (cluster) =>
      (data.labels[points.label[cluster.members[0]]] === "pet" ? 1e6 : 0) + cluster.members.length;
    const ranked = dense
      ? farthest()
      : [...clusters].sort((one, other) => weight(other) - weight(one)).slice(0, 60);
    let written = 0;
    for (const cluster of ranked) {
      if (written >= (width < 520 ? 8 : 26)) break;
      const text = title(cluster);
      const wide = context.measureText(text).width;
      const places = [
        [cluster.sx + cluster.sr + 3, cluster.sy + 4],
        [cluster.sx - cluster.sr - 3 - wide, cluster.sy + 4],
        [cluster.sx - wide / 2, cluster.sy - cluster.sr - 5],
        [cluster.sx - wide / 2, cluster.sy + cluster.sr + 14],
      ];
      const at = places.find(
        ([x, y]) =>
          x > PAD.left &&
          x + wide < width - 4 &&
          y > PAD.top + 8 &&
          y < height - PAD.bottom - 2 &&
          !taken.some((box) => x < box[2] && x + wide > box[0] && y - 11 < box[3] && y + 3 > box[1]),
      );
      if (!at) continue;
      context.textAlign = "left";
      context.lineWidth = 3;
      context.strokeStyle = colours.paper;
      context.strokeText(text, ...at);
      context.fillStyle = colours.ink;
      context.fillText(text, ...at);
      taken.push([at[0] - 4, at[1] - 12, at[0] + wide + 4, at[1] + 4]);
      written += 1;
    }
  }

  /** Where thousands are, only the farthest pets have room for a name. */
  function farthest() {
    return clusters
      .filter((one) => quadrant(one.members[0]) === "pet")
      .sort((one, other) => other.x + other.y - one.x - one.y)
      .slice(0, 6);
  }

  function title(cluster) {
    const services = new Set(cluster.members.slice(0, 300).map((at) => points.service.codes[at]));
    const all = cluster.members.length;
    const base = services.size === 1 ? word(points.service, cluster.members[0]) : `${services.size} services`;
    const short = base.length > 30 ? `${base.slice(0, 18)}…${base.slice(-10)}` : base;
    return all > 1 ? `${short} × ${kit.count(all)}` : short;
  }

  function nearest(event) {
    const box = stage.made.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = -1,
      far = 18;
    spots.forEach((spot, at) => {
      const distance = Math.hypot(spot.x - x, spot.y - y);
      if (distance < far) [best, far] = [at, distance];
    });
    return best < 0 ? -1 : event.type === "click" ? spots[best].at : best;
  }

  function hover(event) {
    const found = nearest(event);
    if (found === hovered) return;
    hovered = found;
    tip.hidden = found < 0;
    if (found >= 0) {
      const spot = spots[found],
        all = spot.members?.length ?? 1;
      tip.replaceChildren(
        h("strong", {}, kit.name(word(points.name, spot.at))),
        all > 1 ? ` and ${kit.count(all - 1)} more here` : "",
        h("br"),
        `holds data ${share(points.x[spot.at])}, one of a kind ${share(points.y[spot.at])}`,
      );
      tip.style.left = `${Math.max(4, Math.min(spot.x + 12, stage.width - tip.offsetWidth - 4))}px`;
      tip.style.top = `${Math.max(4, spot.y > stage.height / 2 ? spot.y - tip.offsetHeight - 12 : spot.y + 12)}px`;
    }
    stage.redraw();
  }

  function keyed(event) {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    const from =
      spots.find((one) => one.at === chosen) ??
      spots.find((one) => one.members?.includes(chosen)) ??
      spots[0];
    let best = null,
      cost = Infinity;
    for (const spot of spots) {
      const along = (spot.x - from.x) * way[0] + (spot.y - from.y) * way[1];
      const across = Math.abs((spot.x - from.x) * way[1]) + Math.abs((spot.y - from.y) * way[0]);
      if (along > 0.5 && along + 2.5 * across < cost) [best, cost] = [spot, along + 2.5 * across];
    }
    if (best) pick(best.at, true);
  }

  function pick(at, follow, silent) {
    chosen = at;
    if (follow && quadrant(at) !== shownQuadrant) {
      shownQuadrant = quadrant(at);
      search.value = "";
      fill();
    }
    list.value = String(at);
    explain(at);
    if (!silent) kit.choose(model, "workloads", [points.row[at]]);
    stage.redraw();
  }

  function fill() {
    filter.replaceChildren(
      ...data.quadrants.map((key) =>
        h(
          "button.fk-quiet-button",
          {
            type: "button",
            "aria-pressed": String(key === shownQuadrant),
            onclick: () => {
              shownQuadrant = key;
              search.value = "";
              fill();
            },
          },
          `${WORDS[key]} ${kit.count(tally(key))}`,
        ),
      ),
    );
    const wanted = search.value.trim().toLowerCase();
    const found = [];
    for (let at = 0; at < size; at += 1)
      if (wanted ? word(points.name, at).toLowerCase().includes(wanted) : quadrant(at) === shownQuadrant)
        found.push(at);
    found.sort(
      (one, other) =>
        Math.abs(points.x[other]) +
        Math.abs(points.y[other]) -
        Math.abs(points.x[one]) -
        Math.abs(points.y[one]),
    );
    list.replaceChildren(
      ...found
        .slice(0, LISTED)
        .map((at) =>
          h(
            "option",
            { value: at, dir: "auto", selected: at === chosen },
            `${word(points.name, at).slice(0, 80)}  ${share(points.x[at])} · ${share(points.y[at])}`,
          ),
        ),
    );
    limit.textContent =
      found.length > LISTED
        ? `The ${LISTED} surest of ${kit.count(found.length)}; the tables have all.`
        : found.length
          ? ""
          : "No workload fits.";
  }

  function explain(at) {
    const label = data.labels[points.label[at]];
    const said = { pet: "pet", cattle: "cattle", unsure: "unsure" }[label];
    const bull = points.prize[at] ? [h("span.fk-bull", {}, "prize bull"), " "] : [];
    const facts = [
      ONE[quadrant(at)],
      word(points.software, at),
      kit.known(points.coverage[at])
        ? `${Math.round(100 * points.coverage[at])}% of the signals could be judged`
        : null,
    ].filter(Boolean);
    panel.replaceChildren(
      ...[
        h("h3.fk-title", {}, kit.name(word(points.name, at))),
        h(
          "p",
          {},
          h(`span.fk-badge.fk-is-${label}`, {}, said),
          " ",
          ...bull,
          h("span.fk-quiet", {}, kit.name(facts.join(", "))),
        ),
        word(points.override, at) ? h("p", {}, "A person says: ", kit.name(word(points.override, at))) : null,
        ...data.axes.map((axis, code) => waterfall(at, axis, code)),
        h(
          "p.fk-quiet",
          {},
          kit.link(
            model,
            { view: "tables", table: "workloads", filter: { name: `=${word(points.name, at)}` } },
            "All that is known of it",
          ),
        ),
      ].filter(Boolean),
    );
  }

  /** The evidence about one axis, as bars that end at its score. */
  function waterfall(at, axis, code) {
    const score = { state: points.x, uniqueness: points.y, disposability: points.z }[axis][at];
    const steps = [];
    for (let one = evidence.start[at]; one < evidence.start[at + 1]; one += 1)
      if (evidence.axis[one] === code)
        steps.push({
          part: evidence.part[one],
          signal: word(evidence.signal, one),
          reason: word(evidence.reason, one),
        });
    if (!steps.length && !kit.known(score)) return null;
    const isOfPets = axis !== "disposability";
    const title = [AXES[axis], h("span.fk-quiet", {}, kit.known(score) ? ` ${share(score)}` : " unknown")];
    return kit.waterfall(kit, title, steps, score, isOfPets);
  }

  function legend() {
    const marksOf = dense
      ? [
          ["pet", "■", "pet"],
          ["cattle", "■", "cattle"],
          ["unsure", "■", "unsure"],
        ]
      : [
          ["pet", "◆", "single pet"],
          ["pet", "▲", "snowflake"],
          ["pet", "■", "stateful herd"],
          ["cattle", "●", "cattle"],
          ["unsure", "○", "unsure"],
        ];
    return h(
      "p.fk-legend.fk-quiet",
      {},
      marksOf.flatMap(([colour, sign, said]) => [
        h("span", { style: { color: `var(--fk-${colour})` }, "aria-hidden": "true" }, sign),
        ` ${said}  `,
      ]),
      h(`i.fk-prize-mark${dense ? "" : ".fk-round"}`),
      " prize bull: must not be stopped now. ",
      "In the grey bands the chance is between 25% and 75%.",
      dense ? " Darker squares hold more workloads." : "",
    );
  }
}

/** A shape per quadrant, so that colour is never the only sign. */
function shape(kit, context, key, { x, y }) {
  const r = 3.2;
  context.beginPath();
  if (key === "pet")
    kit.polygon(context, [
      [x, y - r * 1.4],
      [x + r * 1.4, y],
      [x, y + r * 1.4],
      [x - r * 1.4, y],
    ]);
  else if (key === "snowflake")
    kit.polygon(context, [
      [x, y - r * 1.3],
      [x + r * 1.25, y + r],
      [x - r * 1.25, y + r],
    ]);
  else if (key === "stateful_herd") context.rect(x - r * 0.95, y - r * 0.95, r * 1.9, r * 1.9);
  else context.arc(x, y, r * (key === "unsure" ? 0.9 : 1), 0, 2 * Math.PI);
  if (key !== "unsure") return context.fill();
  context.lineWidth = 1.6;
  context.stroke();
}

export default { render };
