// The engine of a static site: Oxigraph compiled to WebAssembly over the whole dataset, behind the SPARQL protocol.
import start, { Store } from "./oxigraph.js";

const NAMES = {
  "application/sparql-results+json": ["application/sparql-results+json", "application/json", "json"],
  "application/sparql-results+xml": ["application/sparql-results+xml", "xml"],
  "text/csv": ["text/csv", "csv"],
  "text/tab-separated-values": ["text/tab-separated-values", "tsv"],
  "text/turtle": ["text/turtle", "turtle"],
  "application/n-triples": ["application/n-triples", "ntriples"],
};
const GRAPH = ["text/turtle", "application/n-triples"];
let store = null;

async function load() {
  const [settings, packed] = await Promise.all([
    fetch(new URL("../data/engine.json", import.meta.url)).then((found) => found.json()),
    fetch(new URL("../data/dataset.nq.gz", import.meta.url)).then((found) => found.arrayBuffer()),
    start({ module_or_path: new URL("oxigraph.wasm", import.meta.url) }),
  ]);
  const bytes = new Uint8Array(packed);
  // Some hosts announce the file as encoded, and the browser has unpacked it already.
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const stream = zipped ? new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")) : null;
  const text = zipped ? new Uint8Array(await new Response(stream).arrayBuffer()) : bytes;
  const made = new Store();
  made.load(text, { format: "application/n-quads", no_transaction: true, unchecked: true });
  const prefixes = Object.entries(settings.prefixes).map(([name, iri]) => `PREFIX ${name}: <${iri}>`).join("\n");
  return { made, prefixes: `${prefixes}\n` };
}

const refuse = (status, words) => new Response(words, { status, headers: { "Content-Type": "text/plain; charset=utf-8" } });

async function queryOf(request) {
  const inUrl = new URL(request.url).searchParams;
  if (request.method === "GET") return inUrl;
  const kind = (request.headers.get("Content-Type") ?? "").split(";")[0];
  if (kind === "application/sparql-query") inUrl.set("query", await request.text());
  if (kind === "application/x-www-form-urlencoded") new URLSearchParams(await request.text()).forEach((v, k) => inUrl.append(k, v));
  return inUrl;
}

/** Answer a request of the SPARQL 1.1 Protocol. */
export async function answer(request) {
  const asked = await queryOf(request);
  const query = asked.get("query");
  if (!query) return refuse(400, "there is no query");
  try {
    store ??= load();
    const { made, prefixes } = await store;
    const bare = query.replace(/<[^>]*>|"[^"]*"|#[^\n]*/g, " ");
    const makes = /^\s*(?:(?:prefix|base)\b[^\n]*?\s+)*?(construct|describe)\b/im.test(bare) || /\b(construct|describe)\s*[{<?\w]/i.test(bare.split(/\b(?:select|ask)\b/i)[0]);
    const wanted = [asked.get("format") ?? "", request.headers.get("Accept") ?? ""].join(",");
    const offered = makes ? GRAPH : Object.keys(NAMES).filter((type) => !GRAPH.includes(type));
    const format = offered.find((type) => NAMES[type].some((name) => wanted.includes(name))) ?? offered[0];
    const text = made.query(prefixes + query, { results_format: format, use_default_graph_as_union: true });
    return new Response(text, { headers: { "Content-Type": `${format}; charset=utf-8` } });
  } catch (error) {
    return refuse(400, `the query cannot be answered: ${error.message ?? error}`);
  }
}
