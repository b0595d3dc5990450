// Columns as Python packed them: how each kind is shown, sorted, filtered and taken away.

/** How a column is shown, sorted, filtered and taken away; one maker per kind. */
function reader(column, rows, kit) {
  const shared = { ...column, title: column.name.replaceAll("_", " ") };
  const made = column.words
    ? texts(shared, rows, kit)
    : column.truths
      ? truths(shared, rows)
      : numbers(shared, rows, kit);
  return { ...shared, ...made };
}

function texts(column, rows, kit) {
  const { codes, words } = column;
  const digests = words.length > 0 && words.every((word) => /^(sha256:)?[0-9a-f]{64}$/.test(word));
  const lengths = words
    .slice(0, 400)
    .map((word) => word.length)
    .sort((one, other) => one - other);
  const usual = digests ? 20 : (lengths[Math.floor(lengths.length * 0.9)] ?? 8);
  const isCode = digests || /(_id|version|_key|purl|digests|path)$/.test(column.name);
  const isId = /_id$/.test(column.name);
  const lower = words.map((word) => word.toLowerCase());
  const many = column.kind === "texts";
  const mask = (wanted) => {
    const fits = new Uint8Array(words.length + 1);
    for (const one of wanted) {
      if (one === "?") fits[0] = 1;
      else if (one === "*") fits.fill(1, 1);
      else {
        const negated = one.startsWith("!") && one.length > 1;
        const test = tester(negated ? one.slice(1) : one, many);
        for (let code = 1; code <= words.length; code += 1)
          if (test(words[code - 1], lower[code - 1]) !== negated) fits[code] = 1;
      }
    }
    return fits;
  };
  return {
    isNumber: false,
    isCode,
    width: Math.min(Math.max(usual * (isCode ? 7.8 : 7) + 20, column.title.length * 7.6 + 28, 84), 320),
    hint: "part of a text; =exact; !not; ? unknown; * known",
    text(row) {
      if (!codes[row]) return null;
      const word = words[codes[row] - 1];
      return digests ? kit.digest(word) : isId ? middle(word) : word;
    },
    tip: (row) => words[codes[row] - 1] ?? "",
    plain: (row, quoted) => (codes[row] ? quoted(words[codes[row] - 1]) : ""),
    matches(wanted) {
      const fits = mask(wanted);
      return Uint8Array.from(codes, (code) => fits[code]);
    },
    search(text, found) {
      const fits = new Uint8Array(words.length + 1);
      for (let code = 1; code <= words.length; code += 1) fits[code] = lower[code - 1].includes(text);
      for (let row = 0; row < rows; row += 1) found[row] |= fits[codes[row]];
    },
    ranks() {
      const compare =
        words.length < 5_000
          ? new Intl.Collator("en", { numeric: true }).compare
          : (one, other) => (one < other ? -1 : one > other ? 1 : 0);
      const rank = new Float64Array(words.length + 1).fill(NaN);
      words
        .map((_, code) => code)
        .sort((one, other) => compare(words[one], words[other]))
        .forEach((code, at) => {
          rank[code + 1] = at;
        });
      return Float64Array.from(codes, (code) => rank[code]);
    },
  };
}

/** An id cut in the middle: what tells two of them apart is at the end. */
function middle(text) {
  return text.length > 38 ? `${text.slice(0, 16)}…${text.slice(-20)}` : text;
}

function tester(wanted, many) {
  if (wanted.startsWith("=")) {
    const exact = wanted.slice(1);
    return many ? (word) => word === exact || word.split("; ").includes(exact) : (word) => word === exact;
  }
  const part = wanted.toLowerCase();
  return (word, lower) => lower.includes(part);
}

function truths(column, rows) {
  const { truths: values } = column;
  const said = ["no", "yes"];
  return {
    isNumber: false,
    isCode: false,
    width: Math.max(column.title.length * 7.6 + 28, 84),
    hint: "yes, no or ? for unknown",
    text: (row) => said[values[row]] ?? null,
    tip: () => "",
    plain: (row) => (values[row] < 0 ? "" : String(values[row] === 1)),
    matches(wanted) {
      const fits = new Set(
        wanted.flatMap((one) =>
          one === "?"
            ? [-1]
            : one === "*"
              ? [0, 1]
              : "yes".startsWith(one.toLowerCase()) || one === "true"
                ? [1]
                : [0],
        ),
      );
      return Uint8Array.from(values, (value) => Number(fits.has(value)));
    },
    search() {},
    ranks: () => Float64Array.from(values, (value) => (value < 0 ? NaN : value)),
  };
}

function numbers(column, rows, kit) {
  const values = column.numbers ?? column.times;
  const isTime = Boolean(column.times);
  const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
  const inBytes = column.unit === "bytes";
  const say = (value) =>
    isTime
      ? kit.time(value)
      : inBytes
        ? kit.bytes(value)
        : Number.isInteger(value)
          ? kit.count(value)
          : fine.format(value);
  const parse = (text) => (isTime ? Date.parse(text) : Number(text.replaceAll(",", "")));
  const test = (wanted) => {
    if (wanted === "?") return (value) => Number.isNaN(value);
    if (wanted === "*") return (value) => !Number.isNaN(value);
    const span = wanted.split("..");
    if (span.length === 2)
      return (
        (low, high) => (value) =>
          value >= low && value <= high
      )(parse(span[0]), parse(span[1]));
    const [, sign, rest] = /^\s*(>=|<=|>|<|=)?\s*(.*)$/.exec(wanted);
    const bound = parse(rest);
    if (isTime && !sign) return (value) => !Number.isNaN(value) && kit.time(value).startsWith(rest.trim());
    return (
      {
        ">": (value) => value > bound,
        ">=": (value) => value >= bound,
        "<": (value) => value < bound,
        "<=": (value) => value <= bound,
      }[sign] ?? ((value) => value === bound)
    );
  };
  return {
    isNumber: true,
    isCode: false,
    width: isTime ? 148 : Math.max(column.title.length * 7.6 + 28, 104),
    hint: isTime ? ">2026-01-01, 2026-11, ? unknown" : ">5, <=3, 5..10, ? unknown",
    text: (row) => (Number.isNaN(values[row]) ? null : say(values[row])),
    tip: (row) =>
      Number.isNaN(values[row])
        ? ""
        : isTime
          ? kit.utc(values[row])
          : inBytes
            ? `${kit.count(values[row])} bytes`
            : "",
    plain: (row) =>
      Number.isNaN(values[row]) ? "" : isTime ? new Date(values[row]).toISOString() : String(values[row]),
    matches(wanted) {
      const tests = wanted.map(test);
      return Uint8Array.from(values, (value) => Number(tests.some((one) => one(value))));
    },
    search(text, found) {
      if (isTime || Number.isNaN(Number(text))) return;
      for (let row = 0; row < rows; row += 1) found[row] |= Number(values[row] === Number(text));
    },
    ranks: () => values,
  };
}

export default { reader };
