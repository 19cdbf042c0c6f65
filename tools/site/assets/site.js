// The search of every page: an index made by the build, looked through in the browser.
(() => {
  const box = document.querySelector(".search");
  const [input, list] = [box.querySelector("input"), box.querySelector("ol")];
  let index;

  async function load() {
    const entries = await (await fetch(`${box.dataset.root}search.json`)).json();
    const search = new MiniSearch({
      fields: ["title", "text"],
      storeFields: ["kind", "title", "text", "url"],
      searchOptions: { boost: { title: 3 }, prefix: true, fuzzy: 0.15, combineWith: "AND" },
    });
    search.addAll(entries);
    return search;
  }

  function shown({ kind, title, text, url }) {
    const link = Object.assign(document.createElement("a"), { href: box.dataset.root + url });
    const about = Object.assign(document.createElement("small"), { textContent: `${kind} · ${text}` });
    link.append(title, about);
    const item = document.createElement("li");
    item.append(link);
    return item;
  }

  input.addEventListener("input", async () => {
    index ??= load();
    const found = (await index).search(input.value).slice(0, 12);
    list.replaceChildren(...found.map(shown));
    list.hidden = found.length === 0;
  });
  document.addEventListener("click", (event) => {
    if (!box.contains(event.target)) list.hidden = true;
  });
})();
