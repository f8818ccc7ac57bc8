// A network to walk in: things as circles, what joins them as lines; a tap on a thing brings what it is joined to.
import cytoscape from "./cytoscape.js";
import { labels, pageOf, rows } from "./sparql.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// Cytoscape writes a style sheet of one rule into the page, which the policy of the pages refuses; the rule is in theirs.
const there = document.createElement("meta");
there.id = "__________cytoscape_stylesheet";
document.head.append(there);
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

function style() {
  return [
    { selector: "node", style: {
      label: "data(label)", "font-size": 12, "font-family": "sans-serif", color: colour("--ink"), "text-wrap": "wrap",
      "text-max-width": 120, "text-valign": "bottom", "text-margin-y": 4, width: 18, height: 18,
      "background-color": colour("--accent"), "text-background-color": colour("--paper"), "text-background-opacity": 0.8,
    } },
    { selector: "node.root", style: { width: 28, height: 28, "font-weight": "bold", "background-color": colour("--focus") } },
    { selector: "node:selected", style: { "border-width": 3, "border-color": colour("--focus") } },
    { selector: "edge", style: {
      width: 1.4, "line-color": colour("--quiet"), "target-arrow-color": colour("--quiet"), "target-arrow-shape": "triangle",
      "curve-style": "bezier", opacity: 0.55, "font-size": 10, color: colour("--quiet"),
    } },
    { selector: "edge.near", style: {
      label: "data(label)", opacity: 1, width: 2, "text-rotation": "autorotate", color: colour("--ink"),
      "text-background-color": colour("--paper"), "text-background-opacity": 0.9,
    } },
  ];
}

const layout = () => ({ name: "cose", animate: !still, animationDuration: 350, padding: 30, nodeRepulsion: 400000, idealEdgeLength: 110, nodeDimensionsIncludeLabels: true, randomize: true });

/** Draw nodes (a map of IRI to label) and edges ({source, target, label}) in an element. */
export function draw(holder, nodes, edges) {
  const elements = [
    ...[...nodes].map(([id, label]) => ({ data: { id, label } })),
    ...edges.map((edge) => ({ data: { id: `${edge.source} ${edge.label} ${edge.target}`, ...edge } })),
  ];
  const made = cytoscape({ container: holder, elements: unique(elements), style: style(), layout: layout(), wheelSensitivity: 0.3 });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => made.style(style()));
  // What a line says shows beside the thing that is pointed at; all at once would cover each other.
  made.on("mouseover tap", "node", (event) => { made.edges().removeClass("near"); event.target.connectedEdges().addClass("near"); });
  made.on("mouseover tap", "edge", (event) => { made.edges().removeClass("near"); event.target.addClass("near"); });
  made.on("dbltap", "node", (event) => { location.href = pageOf(event.target.id()); });
  return made;
}

function unique(elements) {
  return [...new Map(elements.map((element) => [element.data.id, element])).values()];
}

// What joins two things directly: the triples that follow from the claims.
const around = (iri) => `SELECT DISTINCT ?a ?p ?b WHERE {
  { BIND (<${iri}> AS ?a) ?a ?p ?b } UNION { BIND (<${iri}> AS ?b) ?a ?p ?b }
  FILTER (isIRI(?b) && ?p NOT IN (rdf:type, wg:subject, wg:object, wg:place, wg:actor, wg:leadActor, wg:partnerActor,
    wg:funder, wg:authority, wg:causedStress, wg:causingThreat, wg:mitigatedThreat, wg:conflictingClaim, wg:classifiedAs,
    wg:redListCategory, wg:populationTrend, schema:url, prov:hadPrimarySource, oa:hasSource))
} LIMIT 60`;

/** Begin a network with one thing and what is around it; a tap on a node goes on from there. */
export async function explore(holder, iri) {
  const made = draw(holder, new Map(), []);
  const grow = async (from) => {
    const found = await rows(around(from));
    const named = await labels([from, ...found.flatMap((row) => [row.a.value, row.p.value, row.b.value])]);
    const known = (term) => named.has(term);
    const kept = found.filter((row) => known(row.a.value) && known(row.b.value));
    const words = (value) => named.get(value) ?? value.replace(/^.*[/#]/, "");
    const elements = unique([
      { data: { id: from, label: words(from) } },
      ...kept.flatMap((row) => [row.a.value, row.b.value]).map((id) => ({ data: { id, label: words(id) } })),
      ...kept.map((row) => ({ data: { id: `${row.a.value} ${row.p.value} ${row.b.value}`, source: row.a.value, target: row.b.value, label: words(row.p.value) } })),
    ]).filter((element) => made.getElementById(element.data.id).empty());
    made.add(elements);
    if (from === iri) made.getElementById(iri).addClass("root");
    made.layout({ ...layout(), randomize: from === iri }).run();
    return made.nodes().length;
  };
  made.on("tap", "node", (event) => grow(event.target.id()));
  return { count: await grow(iri), network: made };
}
