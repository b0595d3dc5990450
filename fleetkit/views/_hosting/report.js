// The host of the views in a file: one model, sections drawn when they come into sight.

const shared = {
  place: kit.placeOf(location.hash),
  chosen: { table: null, rows: [] },
  addressable: true,
  headline: false,
};
const listeners = new Map();
const drawn = new Map();

function fire(key) {
  for (const [one, callback] of listeners.get(`change:${key}`) ?? []) if (one) callback();
}

/** What a view knows of its host; the same calls as a widget's model. */
function modelOf(data) {
  return {
    get: (key) => (key === "data" ? data : shared[key]),
    set(key, value) {
      shared[key] = value;
      fire(key);
      if (key === "place") arrive(value);
    },
    save_changes() {},
    send() {},
    on(event, callback) {
      listeners.set(event, [...(listeners.get(event) ?? []), [true, callback]]);
    },
    off(event, callback) {
      listeners.set(
        event,
        (listeners.get(event) ?? []).filter(([, one]) => one !== callback),
      );
    },
  };
}

function decoded(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
  return bytes;
}

/** Draw a section once; later calls wait for the same drawing. */
function draw(section) {
  const name = section.dataset.view;
  if (!drawn.has(name)) drawn.set(name, drawing(section, name));
  return drawn.get(name);
}

async function drawing(section, name) {
  const el = section.querySelector(".fk-view");
  try {
    const data = await kit.inflate(decoded(document.getElementById(`data-${name}`).textContent));
    views[name].render({ model: modelOf(data), el, kit });
  } catch (problem) {
    el.replaceChildren(
      kit.h(
        "p.fk-empty",
        {},
        `This picture could not be drawn (${problem.message}). The numbers above and below stay true.`,
      ),
    );
    console.error(problem);
  }
  section.dataset.drawn = "yes";
}

async function arrive(place) {
  if (!place?.view) return;
  const section = document.getElementById(place.view);
  if (!section) return;
  const address = kit.address({ ...place, still: null });
  if (place.still) return void history.replaceState(null, "", address);
  if (location.hash !== address) history.pushState(null, "", address);
  await draw(section);
  section.scrollIntoView({ block: "start" });
  section.querySelector("h2").focus({ preventScroll: true });
}

function themes() {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const order = ["auto", "light", "dark"];
  const wear = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    button.textContent = { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" }[theme];
    try {
      localStorage.setItem("fleetkit-theme", theme);
    } catch {
      // a file without storage forgets the choice, nothing more
    }
  };
  let kept = "auto";
  try {
    kept = localStorage.getItem("fleetkit-theme") ?? "auto";
  } catch {
    kept = "auto";
  }
  wear(order.includes(kept) ? kept : "auto");
  button.hidden = false;
  button.addEventListener("click", () => wear(order[(order.indexOf(root.dataset.theme ?? "auto") + 1) % 3]));
}

function follow() {
  const place = kit.placeOf(location.hash);
  if (!place.view) return;
  shared.place = place;
  fire("place");
  arrive(place);
}

themes();
const sections = [...document.querySelectorAll("section[data-view]")];
document.querySelector("h1 a")?.addEventListener("click", (event) => {
  event.preventDefault();
  modelOf().set("place", kit.placeOf(event.currentTarget.getAttribute("href")));
});
addEventListener("popstate", follow);
const sight = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
  },
  { rootMargin: "400px" },
);
for (const section of sections) sight.observe(section);
draw(sections[0]).then(async () => {
  document.documentElement.dataset.ready = "yes";
  follow();
  for (const section of sections) {
    await new Promise((rested) => (window.requestIdleCallback ?? setTimeout)(rested));
    await draw(section);
  }
  document.documentElement.dataset.complete = "yes";
});
