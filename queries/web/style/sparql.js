// Asking in SPARQL: of the server that served the page, or, on a static site, of the engine in the visitor's browser.
const root = new URL(document.body.dataset.root + "/", location.href);
const live = "live" in document.body.dataset;
let ready = null;

// A static site answers `sparql` through a service worker; where the browser has none, the page holds the engine.
async function prepare() {
  try {
    const workers = navigator.serviceWorker;
    const taken = new Promise((resolve, reject) => {
      workers.addEventListener("controllerchange", resolve, { once: true });
      setTimeout(() => reject(new Error("the service worker does not take over")), 4000);
    });
    taken.catch(() => {}); // where a worker is there already, nobody waits for this
    const registered = await workers.register(new URL("sw.js", root), { scope: root.pathname, type: "module" });
    if (!registered) throw new Error("service workers are switched off");
    await (workers.controller ? null : taken);
    return (request) => fetch(request);
  } catch {
    const engine = await import("./engine.js");
    return (request) => engine.answer(request);
  }
}

/** Return the answer to a query as a Response: SPARQL results for SELECT and ASK, RDF for CONSTRUCT and DESCRIBE. */
export async function ask(query, { accept, signal } = {}) {
  ready ??= live ? (request) => fetch(request) : prepare();
  const send = await ready;
  return send(new Request(new URL("sparql", root), {
    method: "POST",
    headers: { "Content-Type": "application/sparql-query", Accept: accept ?? "application/sparql-results+json, text/turtle;q=0.9" },
    body: query,
    signal,
  }));
}

/** Return the rows of a SELECT as objects of terms. */
export async function rows(query, signal) {
  const response = await ask(query, { accept: "application/sparql-results+json", signal });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()).results.bindings;
}

/** Return a map of labels for IRIs, in English where there is a choice. */
export async function labels(iris) {
  const found = new Map();
  const list = [...new Set(iris)].filter((iri) => !/[<>"{}|\\^`\s]/.test(iri));
  for (let start = 0; start < list.length; start += 500) {
    const values = list.slice(start, start + 500).map((iri) => `<${iri}>`).join(" ");
    for (const row of await rows(`SELECT ?iri ?label ?rank WHERE { VALUES ?iri { ${values} }
      VALUES (?property ?rank) { (skos:prefLabel 1) (rdfs:label 2) (dcterms:title 3) } ?iri ?property ?label
      FILTER (LANG(?label) IN ("en", "")) } ORDER BY DESC(?rank) ?label`)) {
      found.set(row.iri.value, row.label.value);
    }
  }
  return found;
}

/** Return a literal in SPARQL. */
export const quoted = (text) => `"${text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r")}"`;

/** Return where the page of an IRI is, or the IRI itself for what lies outside the dataset. */
export function pageOf(iri) {
  const base = document.body.dataset.base;
  const local = iri.startsWith(base) ? iri.slice(base.length) : "";
  return /^[a-z][a-z-]*\/[^#?]+$/.test(local) && !local.startsWith("graph/") ? new URL(`${local}.html`, root).href : iri;
}

export { root, live };
