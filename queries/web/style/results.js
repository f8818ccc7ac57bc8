// Results of a query as people look at them: a table with labels, bars, a network, a map; and as files.
import { labels, pageOf, root } from "./sparql.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST = 500;
const NUMBER = /^(?:.*[#/])?(integer|decimal|double|float|int|long|nonNegativeInteger)$/;

const svg = (name, attributes = {}, ...children) => {
  const node = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  node.append(...children);
  return node;
};
const html = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  node.append(...children);
  return node;
};

/** What a query found: `columns`, `rows` of terms, and the words for IRIs. */
export class Results {
  constructor(document_) {
    this.columns = document_.boolean === undefined ? document_.head.vars : ["answer"];
    this.rows = document_.boolean === undefined
      ? document_.results.bindings
      : [{ answer: { type: "literal", value: String(document_.boolean) } }];
    this.names = new Map();
  }

  async name() {
    const iris = this.rows.slice(0, 4 * MOST).flatMap((row) => Object.values(row)).filter((term) => term.type === "uri");
    this.names = await labels(iris.map((term) => term.value));
  }

  words(term) {
    if (!term) return "";
    if (term.type !== "uri") return term.value;
    return this.names.get(term.value) ?? shortened(term.value);
  }

  numeric(column) {
    const terms = this.rows.map((row) => row[column]).filter(Boolean);
    return terms.length > 0 && terms.every((term) => NUMBER.test(term.datatype ?? ""));
  }

  of(kind) {
    return this.columns.filter((column) => this.rows.some((row) => row[column]?.type === kind));
  }

  csv() {
    const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const lines = this.rows.map((row) => this.columns.map((column) => cell(row[column]?.value ?? "")).join(","));
    return [this.columns.join(","), ...lines, ""].join("\r\n");
  }
}

function shortened(iri) {
  const base = document.body.dataset.base;
  return iri.startsWith(base) ? iri.slice(base.length) : iri.replace(/^.*[/#](?=[^/#]+$)/, "");
}

function cell(results, term) {
  if (!term) return "";
  if (term.type !== "uri") return term.value;
  const page = pageOf(term.value);
  const link = html("a", { href: page, title: term.value }, results.words(term));
  if (page === term.value && new URL(page).origin !== location.origin) link.rel = "external noopener";
  return link;
}

/** The views, in order: what each is called, whether it has something to show, and how it is drawn. */
export const views = {
  table: { label: "Table", fits: () => true, draw: table },
  chart: { label: "Chart", fits: (r) => r.rows.length > 0 && r.columns.some((c) => r.numeric(c)), draw: chart },
  network: { label: "Network", fits: (r) => r.of("uri").length > 1, draw: network },
  map: { label: "Map", fits: (r) => r.rows.length > 0 && places(r).length > 0, draw: map },
};

function table(results) {
  const columns = results.columns.filter((column) => results.rows.some((row) => row[column]) || results.rows.length === 0);
  const head = html("tr", {}, ...columns.map((c) => html("th", { scope: "col" }, c.replaceAll("_", " "))));
  const body = results.rows.slice(0, MOST).map((row) => html("tr", {}, ...columns.map((column) => {
    const made = html("td");
    if (results.numeric(column)) made.className = "number";
    if (results.words(row[column]).split(/\s+/).some((word) => word.length > 32)) made.className = "long";
    made.append(cell(results, row[column]));
    return made;
  })));
  const parts = [html("table", { class: "answers" }, html("thead", {}, head), html("tbody", {}, ...body))];
  const more = results.rows.length - MOST;
  if (more > 0) parts.push(html("p", { class: "quiet" }, `${more.toLocaleString("en")} more rows are in the download.`));
  return html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Rows" }, ...parts);
}

function chart(results) {
  const value = results.columns.findLast((column) => results.numeric(column));
  const named = results.columns.filter((column) => column !== value);
  const bars = results.rows.slice(0, 60).filter((row) => row[value]).map((row) => ({
    words: named.map((column) => results.words(row[column])).filter(Boolean).slice(0, 3).join(", "),
    number: Number(row[value].value),
  }));
  const most = Math.max(0, ...bars.map((bar) => bar.number));
  const least = Math.min(0, ...bars.map((bar) => bar.number));
  const span = most - least || 1;
  const list = html("ul", { class: "bars chart", "aria-label": value }, ...bars.map((bar) => {
    const left = (100 * (Math.min(bar.number, 0) - least)) / span;
    const rect = svg("rect", { x: left, width: (100 * Math.abs(bar.number)) / span, height: 6 });
    const drawn = svg("svg", { class: "bar", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" }, rect);
    return html("li", {}, html("span", {}, bar.words || "–"), drawn, html("span", { class: "count" }, bar.number.toLocaleString("en")));
  }));
  const left = results.rows.length - bars.length;
  return html("div", {}, html("p", { class: "quiet" }, value.replaceAll("_", " ")), list, left > 0 ? html("p", { class: "quiet" }, `${left} more rows are not drawn.`) : "");
}

function network(results) {
  const holder = html("div", { class: "network", role: "img", "aria-label": "The rows as a network; the table has the same" });
  const columns = results.of("uri");
  const nodes = new Map();
  const edges = [];
  for (const row of results.rows.slice(0, 300)) {
    const there = columns.map((column) => row[column]).filter((term) => term?.type === "uri");
    there.forEach((term) => nodes.set(term.value, results.words(term)));
    there.slice(1).forEach((term, i) => edges.push({ source: there[i].value, target: term.value, label: "" }));
  }
  queueMicrotask(async () => {
    try {
      const { draw } = await import("./network.js");
      draw(holder, nodes, edges);
    } catch {
      holder.replaceWith(html("p", { class: "quiet" }, "The network needs the vendored script cytoscape, which is not here."));
    }
  });
  return holder;
}

function places(results) {
  const found = [];
  const at = (pattern) => results.columns.find((column) => pattern.test(column));
  const [latitude, longitude] = [at(/^lat/i), at(/^lon/i)];
  for (const row of results.rows) {
    const words = results.columns.map((column) => results.words(row[column])).find(Boolean);
    if (row[latitude] && row[longitude]) {
      found.push({ words, point: [Number(row[longitude].value), Number(row[latitude].value)] });
    }
    for (const column of results.columns) {
      if (/^[A-Z]{2}$/.test(row[column]?.value ?? "") && row[column].type === "literal") found.push({ words, code: row[column].value });
    }
  }
  return found;
}

function map(results) {
  const drawn = svg("svg", { class: "world", viewBox: "-180 -84 360 141", role: "img", "aria-label": "The rows on a map; the table has the same" });
  queueMicrotask(async () => {
    const text = await (await fetch(new URL("assets/countries.tsv", root))).text();
    const spots = places(results);
    const codes = new Map(Map.groupBy ? Map.groupBy(spots.filter((s) => s.code), (s) => s.code) : []);
    for (const line of text.trim().split("\n").slice(1)) {
      const [code, name, longitude, latitude, outline] = line.split("\t");
      const here = codes.get(code);
      const path = outline.split(";").filter(Boolean).map((ring) => `M${ring.split(" ").map((pair) => {
        const [x, y] = pair.split(",");
        return `${x} ${-y}`;
      }).join("L")}Z`).join("");
      const title = svg("title", {}, here ? `${name}: ${[...new Set(here.map((s) => s.words))].join(", ")}` : name);
      if (path) drawn.append(svg("path", { d: path, class: here ? "here" : "" }, title));
      if (here) spots.push({ words: name, point: [Number(longitude), Number(latitude)] });
    }
    for (const spot of spots.filter((s) => s.point)) {
      drawn.append(svg("circle", { cx: spot.point[0], cy: -spot.point[1], r: 1.6 }, svg("title", {}, spot.words ?? "")));
    }
  });
  return drawn;
}
