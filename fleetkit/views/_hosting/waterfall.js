// Evidence as a waterfall: each bar starts where the one before it ended; the last is the score.

/**
 * Signed bars that sum to a score.
 *
 * Steps are `{ part, signal, reason }`. What they do not explain of the score gets a bar of its own.
 */
function waterfall(kit, title, steps, score, isOfPets) {
  const { h } = kit;
  const sums = steps.reduce((list, one) => [...list, list[list.length - 1] + one.part], [0]);
  const end = sums[sums.length - 1];
  const rest = kit.known(score) ? score - end : 0;
  const [low, high] = [Math.min(0, score || 0, ...sums), Math.max(0, score || 0, ...sums)];
  const place = (value) => `${(100 * (value - low)) / (high - low || 1)}%`;

  function bar(from, to, colour) {
    const [left, right] = [Math.min(from, to), Math.max(from, to)];
    const width = `calc(${place(right)} - ${place(left)})`;
    return h(
      "span.fk-track",
      {},
      h("i.fk-zero", { style: { left: place(0) } }),
      h("i.fk-part", { style: { left: place(left), width, background: colour } }),
    );
  }

  function line(said, from, to, colour, classes = "") {
    return h(
      `li${classes}`,
      {},
      h("span", {}, said),
      bar(from, to, colour),
      h("span.fk-sum", {}, signed(to - from)),
    );
  }

  const towards = (part) =>
    !isOfPets ? "var(--fk-quiet)" : part >= 0 ? "var(--fk-pet)" : "var(--fk-cattle)";
  const lines = steps.map((one, at) =>
    line(kit.name(one.reason ?? one.signal ?? "unnamed"), sums[at], sums[at + 1], towards(one.part)),
  );
  if (Math.abs(rest) > 0.05) {
    const said = steps.length
      ? "start of the scale and what is not listed"
      : "its evidence is not in this file";
    lines.push(line(said, end, score, "var(--fk-unsure)"));
  }
  if (kit.known(score)) lines.push(line("score, log-odds", 0, score, "var(--fk-ink)", ".fk-total"));
  return h("section.fk-waterfall", {}, h("h3", {}, title), h("ul", {}, lines));
}

const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;

export default { waterfall };
