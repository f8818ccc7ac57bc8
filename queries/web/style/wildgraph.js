// Names to choose from under the search field, and a network to walk in beside the pictures of a thing. Without this
// script the form asks the server.
const field = document.getElementById("find");
const live = "live" in document.body.dataset;
const vendored = "vendored" in document.body.dataset;

/** Return the things that words find: of the server, or by the index of a static site. */
async function find(words, limit, signal) {
  if (!live) return (await import("./search.js")).find(words, limit);
  const found = await fetch(`${document.body.dataset.root}/search.json?q=${encodeURIComponent(words)}`, { signal });
  return found.ok ? (await found.json()).hits : [];
}

if (field && (live || vendored)) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "suggestions";
  list.role = "listbox";
  list.ariaLabel = "Suggestions";
  list.hidden = true;
  field.after(list);
  field.role = "combobox";
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");
  const root = document.body.dataset.root;
  let asked = null;
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const show = (hits) => {
    list.replaceChildren(...hits.map((hit, place) => {
      const item = document.createElement("li");
      item.role = "option";
      item.id = `suggestion-${place}`;
      item.dataset.page = hit.page;
      const also = hit.name !== hit.label ? ` (${hit.name})` : "";
      item.append(hit.label, also, " ");
      const kind = document.createElement("span");
      kind.className = "count";
      kind.textContent = hit.kind.replace("-", " ");
      item.append(kind);
      item.addEventListener("pointerdown", () => { location.href = `${root}/${hit.page}`; });
      return item;
    }));
    chosen = -1;
    list.hidden = hits.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
  };
  const choose = (place) => {
    const items = [...list.children];
    chosen = (place + items.length) % items.length;
    items.forEach((item, number) => item.setAttribute("aria-selected", String(number === chosen)));
    field.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  };
  field.addEventListener("input", async () => {
    asked?.abort();
    asked = new AbortController();
    if (field.value.trim().length < 2) return close();
    const { signal } = asked;
    try {
      const hits = await find(field.value, 10, signal);
      if (!signal.aborted) show(hits);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? chosen + 1 : Math.max(chosen, 0) - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.href = `${root}/${list.children[chosen].dataset.page}`;
    } else if (event.key === "Escape") {
      close();
    }
  });
  field.addEventListener("blur", close);
}

// The search page of a static site has no server to fill it in.
const results = document.getElementById("results");
const words = new URL(location.href).searchParams.get("q");
if (results && words && !live && vendored) {
  field.value = words;
  const hits = await find(words, 50);
  results.previousElementSibling.querySelector(".lead").textContent = `${hits.length} for “${words}”`;
  results.replaceChildren(...hits.map((hit) => {
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: `${document.body.dataset.root}/${hit.page}` });
    link.append(Object.assign(document.createElement("b"), { textContent: hit.label }));
    if (hit.scientific && hit.scientific !== hit.label) {
      link.append(" ", Object.assign(document.createElement("i"), { className: "scientific", textContent: hit.scientific }));
    }
    const also = [hit.label, hit.scientific].includes(hit.name) ? "" : `, also “${hit.name}”`;
    item.append(link, Object.assign(document.createElement("span"), { className: "count", textContent: `${hit.kind.replaceAll("-", " ")}${also}` }));
    return item;
  }));
}

// Below the pictures, drawn on the server, a network that a reader can walk in.
const walk = document.getElementById("walk");
if (walk && vendored) {
  walk.hidden = false;
  const button = walk.querySelector("button");
  button.addEventListener("click", async () => {
    const holder = walk.querySelector(".network");
    const words = walk.querySelector("[role=status]");
    button.disabled = true;
    holder.hidden = false;
    words.textContent = "Loading…";
    try {
      const { explore } = await import("./network.js");
      const { count } = await explore(holder, walk.dataset.iri);
      words.textContent = `${count} things. A click on one brings what it is joined to, two clicks open its page.`;
    } catch (error) {
      words.textContent = `The network cannot be shown: ${error.message}`;
      button.disabled = false;
    }
  });
}
