// What every view needs: elements without HTML, numbers in words, colours, bytes made values.

const quantity = new Intl.NumberFormat("en");

/** An element. Texts become text nodes; nothing is ever read as HTML. */
function h(tag, attributes = {}, ...children) {
  const [, name, classes] = /^([a-z0-9-]+)\.?(.*)$/.exec(tag);
  return dressed(document.createElement(name), classes, attributes, children);
}

function dressed(made, classes, attributes, children) {
  if (classes) made.setAttribute("class", classes.replaceAll(".", " "));
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") made.classList.add(...value.split(" ").filter(Boolean));
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "style")
      for (const [key, one] of Object.entries(value)) made.style.setProperty(key, one);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(
    ...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return made;
}

/** A text of the fleet: set apart, so that its direction of writing stays its own. */
function name(text, longest = 160) {
  if (text.length <= longest) return h("bdi", {}, text);
  return h("bdi", { title: text }, `${text.slice(0, longest)}… (${count(text.length)} characters)`);
}

/** A number with separators; unknown is said. */
const count = (value) => (known(value) ? quantity.format(value) : "unknown");
const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
const atLeast = (value, bound) => (bound ? `at least ${count(value)}` : count(value));
const percent = (part, all) =>
  !all ? "" : part > 0 && part / all < 0.01 ? "under 1%" : `${Math.round((100 * part) / all)}%`;
const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

function bytes(value) {
  if (!known(value)) return "unknown";
  const step = value >= 2 ** 30 ? 2 : value >= 2 ** 20 ? 1 : 0;
  const size = value / [2 ** 10, 2 ** 20, 2 ** 30][step];
  return `${size >= 100 || step === 0 ? quantity.format(Math.round(size)) : size.toFixed(1)} ${["KiB", "MiB", "GiB"][step]}`;
}

/** A time in the reader's zone; UTC goes to the tooltip. */
function time(milliseconds) {
  const at = new Date(milliseconds);
  const two = (value) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
const utc = (milliseconds) => `${new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** A digest cut in the middle; the whole of it is in the tooltip. */
function digest(text) {
  const plain = text.replace(/^sha256:/, "");
  return plain.length > 24 ? `${plain.slice(0, 12)}…${plain.slice(-6)}` : text;
}

/** A control that leads to another place of the same page. */
function link(model, place, content, attributes = {}) {
  const go = (event) => {
    event.preventDefault();
    model.set("place", place);
    model.save_changes();
  };
  const href = model.get("addressable") ? address(place) : null;
  return href
    ? h("a", { href, onclick: go, ...attributes }, content)
    : h("button.fk-link", { type: "button", onclick: go, ...attributes }, content);
}

/** A place as the part of an address behind the '#'. */
function address(place) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(place))
    if (key !== "filter" && key !== "view" && value) query.append(key, value);
  for (const [column, wanted] of Object.entries(place.filter ?? {}))
    for (const one of [wanted].flat()) query.append("filter", `${column}:${one}`);
  return `#${[place.view, ...(query.size ? [query] : [])].join("&")}`;
}

/** The place that an address names; a bare `table=findings` means the tables. */
function placeOf(hash) {
  const query = new URLSearchParams(hash.replace(/^#/, ""));
  const place = { view: null, filter: {} };
  for (const [key, value] of query) {
    if (key === "filter") {
      const [column, ...rest] = value.split(":");
      (place.filter[column] ??= []).push(rest.join(":"));
    } else if (value === "" && !place.view) place.view = key;
    else place[key] = value;
  }
  place.view ??= place.table ? "tables" : null;
  return place;
}

/** Choose rows of a table, here and, in a notebook, in Python. */
function choose(model, table, rows) {
  model.set("chosen", { table, rows: Array.from(rows) });
  model.save_changes();
}

/** A sentence about tables that no verb has made yet. */
function missing(list, what) {
  const verbs = [...new Set(list.map((one) => one.verb))];
  const calls = verbs.map((verb) => h("code", {}, `fleet = fk.${verb}(fleet)`));
  const tables = list.map((one) => one.table).join(" and ");
  return h(
    "p.fk-empty",
    {},
    `${what} needs the ${tables} ${list.length > 1 ? "tables" : "table"}, which this fleet does not have. `,
    ...calls.flatMap((call, at) => [at ? " and " : "", call]),
    calls.length > 1 ? " make them." : " makes it.",
  );
}

/** Colours of the theme as the page shows them now; canvas cannot read custom properties. */
function palette(el) {
  const probe = h("span", { hidden: true });
  el.append(probe);
  const found = {};
  for (const key of [
    "paper",
    "ink",
    "quiet",
    "line",
    "fill",
    "accent",
    "pet",
    "cattle",
    "unsure",
    "prize",
    "lag-0",
    "lag-1",
    "lag-2",
    "lag-3",
    "lag-4",
    "lag-5",
  ]) {
    probe.style.color = `var(--fk-${key})`;
    found[key] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

/** A canvas that is as large as its box and drawn again when box or theme change. */
function canvas(box, draw, label) {
  const made = h("canvas", { tabindex: 0, role: "img", "aria-label": label });
  const state = { width: 0, height: 0, colours: {}, font: "", waiting: false, made };
  const paint = () => {
    state.waiting = false;
    const ratio = devicePixelRatio || 1;
    [state.width, state.height] = [box.clientWidth, box.clientHeight];
    if (!state.width || !state.height) return;
    if (made.width !== Math.round(state.width * ratio)) made.width = Math.round(state.width * ratio);
    if (made.height !== Math.round(state.height * ratio)) made.height = Math.round(state.height * ratio);
    const context = made.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, state.width, state.height);
    draw(context, state);
  };
  state.redraw = () => {
    if (!state.waiting) state.waiting = Boolean(requestAnimationFrame(paint));
  };
  const dress = () => {
    state.colours = palette(box);
    state.font = getComputedStyle(box).fontFamily;
    state.redraw();
  };
  box.append(made);
  const stop = new AbortController();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress, { signal: stop.signal });
  // JupyterLab names its theme before the theme's colours have arrived.
  const themes = new MutationObserver(() => {
    for (const delay of [0, 150, 600, 2000]) setTimeout(() => stop.signal.aborted || dress(), delay);
  });
  for (const one of [document.documentElement, document.body])
    themes.observe(one, {
      attributes: true,
      attributeFilter: ["data-theme", "data-jp-theme-light", "class"],
    });
  const sizes = new ResizeObserver(state.redraw);
  sizes.observe(box);
  state.close = () => {
    stop.abort();
    themes.disconnect();
    sizes.disconnect();
  };
  dress();
  return state;
}

/** Packed bytes, as the Python side wrote them, made values again. */
function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = 4 + length;
  const types = {
    u1: Uint8Array,
    i1: Int8Array,
    u2: Uint16Array,
    i2: Int16Array,
    u4: Uint32Array,
    i4: Int32Array,
    f4: Float32Array,
    f8: Float64Array,
  };
  const raise = (value) => {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(raise);
    if (value.$array) return new types[value.$array](buffer, start + value.at, value.length);
    for (const key of Object.keys(value)) value[key] = raise(value[key]);
    return value;
  };
  return raise(header);
}

async function inflate(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return unpack(await new Response(stream).arrayBuffer());
}

export default {
  h,
  name,
  count,
  known,
  atLeast,
  percent,
  plural,
  bytes,
  time,
  utc,
  digest,
  link,
  address,
  placeOf,
  choose,
  missing,
  palette,
  canvas,
  unpack,
  inflate,
};
