// Names to choose from under the search field. Without this script the form asks the server.
const field = document.getElementById("find");
if (field && "live" in document.body.dataset) {
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
      kind.textContent = hit.kind;
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
    try {
      const found = await fetch(`${root}/search.json?q=${encodeURIComponent(field.value)}`, { signal: asked.signal });
      if (found.ok) show((await found.json()).hits);
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
