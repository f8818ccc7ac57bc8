// The query page: the catalogue with its forms, an editor that knows the graph's own terms, and views of the answer.
import { ask, quoted, rows } from "./sparql.js";
import { Results, views } from "./results.js";

const get = (id) => document.getElementById(id);
const catalogue = JSON.parse(get("catalogue").textContent);
const text = get("query");
const form = get("sparql-form");
let editor = null;
let results = null;
let made = ""; // the answer in RDF, of a CONSTRUCT
let asked = null;

const query = () => (editor ? editor.getValue() : text.value);
const write = (words) => { if (editor) editor.setValue(words); else text.value = words; };

// --- the catalogue -----------------------------------------------------------------------------------------------
const things = new Map(); // for each field, the IRIs of the names it offered

async function offer(field, list, classes) {
  const typed = field.value.trim().toLowerCase();
  const found = await rows(`SELECT DISTINCT ?thing ?name WHERE {
    VALUES ?class { ${classes.map((iri) => `<${iri}>`).join(" ")} } ?thing a ?class .
    ?thing skos:prefLabel|skos:altLabel|dwc:scientificName|dcterms:title ?name
    FILTER (CONTAINS(LCASE(STR(?name)), ${quoted(typed)})) } ORDER BY STRLEN(STR(?name)) ?name LIMIT 20`);
  things.set(field, new Map(found.map((row) => [row.name.value.toLowerCase(), row.thing.value])));
  list.replaceChildren(...found.map((row) => Object.assign(document.createElement("option"), { value: row.name.value })));
}

function fieldFor(parameter) {
  const label = document.createElement("label");
  label.append(parameter.description || parameter.name);
  const field = Object.assign(document.createElement("input"), {
    name: parameter.name, required: !parameter.optional, value: parameter.shown,
  });
  if (parameter.type === "integer") field.inputMode = "numeric";
  if (parameter.type === "concept") field.placeholder = "iucn-threats-3.3:5.1";
  if (parameter.type === "date") field.placeholder = "2013-05-17";
  label.append(field);
  if (parameter.classes.length) {
    const list = Object.assign(document.createElement("datalist"), { id: `names-${parameter.name}` });
    field.setAttribute("list", list.id);
    if (parameter.value) things.set(field, new Map([[field.value.toLowerCase(), parameter.value]]));
    let timer = 0;
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => offer(field, list, parameter.classes).catch(() => {}), 150);
    });
    label.append(list);
  }
  return label;
}

async function term(parameter, field) {
  const typed = field.value.trim();
  if (parameter.classes.length || parameter.type === "iri") {
    if (/^[a-z][a-z0-9+.-]*:\/\/[^\s<>"]+$/i.test(typed)) return `<${typed}>`;
    if (!things.get(field)?.has(typed.toLowerCase())) await offer(field, field.list, parameter.classes);
    const iri = things.get(field)?.get(typed.toLowerCase());
    if (!iri) throw new Error(`nothing is called “${typed}”`);
    return `<${iri}>`;
  }
  if (parameter.type === "concept") {
    const [scheme, ...code] = typed.split(":");
    if (!catalogue.schemes[scheme]) throw new Error(`“${typed}” is not a code such as iucn-threats-3.3:5.1`);
    return `<${catalogue.schemes[scheme]}${code.join(":")}>`;
  }
  if (parameter.type === "integer" || parameter.type === "decimal") {
    if (!/^[+-]?\d+(\.\d+)?$/.test(typed)) throw new Error(`“${typed}” is not a number`);
    return typed;
  }
  return parameter.type === "date" ? `${quoted(typed)}^^xsd:date` : quoted(typed);
}

const chosen = () => catalogue.questions.find((question) => question.name === get("question").value);

function showQuestion() {
  const question = chosen();
  get("parameters").replaceChildren(...(question?.parameters ?? []).map(fieldFor));
  get("about").textContent = question?.description ?? "";
}

async function askQuestion(event) {
  event?.preventDefault();
  const question = chosen();
  if (!question) return;
  try {
    let words = question.sparql;
    for (const parameter of question.parameters) {
      const field = get("parameters").querySelector(`[name="${parameter.name}"]`);
      const slot = `{{${parameter.name}}}`;
      words = parameter.optional && !field.value.trim()
        ? words.replaceAll(` VALUES ?${parameter.name} { ${slot} }`, "")
        : words.replaceAll(slot, await term(parameter, field));
    }
    write(words);
    await run();
  } catch (error) {
    say(error.message, true);
  }
}

// --- asking ------------------------------------------------------------------------------------------------------
function say(words, failed = false) {
  get("status").textContent = words;
  get("status").classList.toggle("failed", failed);
}

async function run() {
  asked?.abort();
  asked = new AbortController();
  const began = performance.now();
  say("Asking…");
  get("answer").hidden = true;
  try {
    const response = await ask(query(), { signal: asked.signal });
    if (!response.ok) throw new Error((await response.text()).slice(0, 2000) || response.statusText);
    results = null;
    made = "";
    if ((response.headers.get("Content-Type") ?? "").includes("json")) {
      results = new Results(await response.json());
      await results.name();
    } else {
      made = await response.text();
    }
    const count = results ? `${results.rows.length.toLocaleString("en")} row${results.rows.length === 1 ? "" : "s"}` : "Triples";
    say(`${count} in ${Math.round(performance.now() - began)} ms`);
    share();
    show(new URL(location.href).searchParams.get("view") ?? "table");
  } catch (error) {
    if (error.name !== "AbortError") say(error.message, true);
  }
}

function share(view) {
  const here = new URL(location.href);
  here.searchParams.set("query", query());
  if (view) here.searchParams.set("view", view);
  history.replaceState(null, "", here);
}

function show(name) {
  const fitting = results ? Object.keys(views).filter((key) => views[key].fits(results)) : [];
  const wanted = fitting.includes(name) ? name : "table";
  get("views").replaceChildren(...fitting.map((key) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: views[key].label });
    button.setAttribute("aria-pressed", String(key === wanted));
    button.addEventListener("click", () => { share(key); show(key); });
    return button;
  }));
  if (results) {
    get("view").replaceChildren(views[wanted].draw(results));
  } else {
    const lines = Object.assign(document.createElement("pre"), { textContent: made, tabIndex: 0 });
    get("view").replaceChildren(lines);
  }
  for (const button of document.querySelectorAll("[data-accept]")) button.hidden = (button.dataset.suffix === "ttl") === Boolean(results);
  get("answer").hidden = false;
}

async function download(event) {
  const accept = event.target.dataset.accept;
  const response = await ask(query(), { accept });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = `answer.${event.target.dataset.suffix}`;
  link.click();
  URL.revokeObjectURL(link.href);
}

// --- the editor --------------------------------------------------------------------------------------------------
const completions = {
  name: "wildgraph",
  autoShow: false,
  bulk: false,
  isValidCompletionPosition: () => true,
  preProcessToken: (_editor, token) => token,
  postProcessToken: (_editor, _token, words) => words.replace(/^.*  /, ""),
  async get(_editor, token) {
    const typed = (token?.string ?? "").trim().replace(/^[<?]/, "").toLowerCase();
    if (typed.length < 2) return [];
    const prefixed = Object.entries(catalogue.prefixes);
    const short = (iri) => {
      const fits = prefixed.find(([, start]) => iri.startsWith(start) && /^[A-Za-z_][\w-]*$/.test(iri.slice(start.length)));
      return fits ? `${fits[0]}:${iri.slice(fits[1].length)}` : `<${iri}>`;
    };
    terms ??= rows("SELECT DISTINCT ?p WHERE { { ?s ?p ?o } UNION { ?s a ?p } } LIMIT 1000");
    const own = (await terms).map((row) => short(row.p.value)).filter((words) => words.toLowerCase().includes(typed));
    const named = await rows(`SELECT DISTINCT ?thing ?name WHERE { ?thing skos:prefLabel ?name
      FILTER (CONTAINS(LCASE(STR(?name)), ${quoted(typed.replace(/^.*:/, ""))})) } ORDER BY STRLEN(STR(?name)) LIMIT 20`);
    return [...own.sort().slice(0, 30), ...named.map((row) => `${row.name.value}  ${short(row.thing.value)}`)];
  },
};
let terms = null;

// A name with a prefix that the endpoint knows is declared above the query, so that it runs elsewhere too.
function declare() {
  const there = editor.getPrefixesFromQuery();
  const bare = editor.getValue().replace(/<[^>\s]*>|"(?:[^"\\]|\\.)*"|#[^\n]*/g, " ");
  const used = new Set([...bare.matchAll(/(?<![\w?$:@-])([A-Za-z][\w.-]*):/g)].map((match) => match[1]));
  const wanted = [...used].filter((name) => name in catalogue.prefixes && !(name in there)).sort();
  if (wanted.length) editor.addPrefixes(Object.fromEntries(wanted.map((name) => [name, catalogue.prefixes[name]])));
}

async function enrich() {
  if (!("vendored" in document.body.dataset)) return;
  try {
    await new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement("script"), { src: new URL("yasgui.js", import.meta.url), onload: resolve, onerror: reject });
      document.head.append(script);
    });
    const { Yasqe } = window.Yasgui;
    // The completers that come with it ask prefix.cc and Linked Open Vocabularies: none of them is kept.
    Yasqe.defaults.autocompleters.length = 0;
    Yasqe.registerAutocompleter(completions, false);
    const holder = document.createElement("div");
    text.after(holder);
    editor = new Yasqe(holder, {
      value: text.value, autocompleters: ["wildgraph"], persistenceId: null, showQueryButton: false, resizeable: false,
      createShareableLink: null, lineNumbers: true, lineWrapping: true,
    });
    // Tab leaves the editor, as it does everywhere else.
    editor.setOption("extraKeys", { ...editor.getOption("extraKeys"), Tab: false, "Shift-Tab": false, "Ctrl-Enter": () => run(), "Cmd-Enter": () => run() });
    editor.getInputField().setAttribute("aria-label", "SPARQL");
    Object.assign(editor.getScrollerElement(), { tabIndex: 0, role: "region", ariaLabel: "The query, to scroll" });
    editor.on("change", (_editor, change) => { if (change.text.some((line) => line.includes(":"))) queueMicrotask(declare); });
    declare();
    text.hidden = true;
    document.querySelector('label[for="query"]').hidden = true;
    editor.refresh();
  } catch (error) {
    editor = null;
    console.warn("the editor could not be loaded; the plain field does", error);
  }
}

// --- the page ----------------------------------------------------------------------------------------------------
const address = new URL(location.href).searchParams;
if (address.has("query")) text.value = address.get("query");
get("question").append(...catalogue.questions.map((question) =>
  Object.assign(document.createElement("option"), { value: question.name, textContent: question.title })));
get("question").addEventListener("change", showQuestion);
get("catalogue-form").addEventListener("submit", askQuestion);
get("catalogue-form").hidden = false;
form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
document.querySelectorAll("[data-accept]").forEach((button) => button.addEventListener("click", download));
if (address.has("question")) get("question").value = address.get("question");
showQuestion();
await enrich();
document.body.dataset.ready = "";
if (address.has("question") && !address.has("query")) await askQuestion();
else if (address.has("query")) await run();
