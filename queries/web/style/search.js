// Search on a static site: by the index of names written with the site, also for mistyped names.
import MiniSearch from "./minisearch.js";

const folded = (words) => words.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
const options = {
  fields: ["label", "also"],
  storeFields: ["label", "kind", "scientific", "names"],
  tokenize: (text) => folded(text).split(" "),
  processTerm: (term) => term || null,
};
let index = null;

async function load() {
  const text = await (await fetch(new URL("../data/names.json", import.meta.url))).text();
  return MiniSearch.loadJSON(text, options);
}

/** Return the things whose names fit best: { page, label, kind, scientific, name }. */
export async function find(words, limit = 10) {
  index ??= load();
  const found = (await index).search(words, {
    prefix: true, fuzzy: (term) => (term.length > 4 ? 2 : term.length > 3 ? 1 : 0), boost: { label: 2 }, combineWith: "AND",
    boostDocument: (_page, _term, stored) => (stored.kind === "taxon" ? 1.5 : 1),
  });
  return found.slice(0, limit).map((hit) => {
    const name = hit.names.find((other) => hit.terms.some((term) => folded(other).split(" ").includes(term))) ?? hit.label;
    return { page: hit.id, label: hit.label, kind: hit.kind, scientific: hit.scientific, name };
  });
}
