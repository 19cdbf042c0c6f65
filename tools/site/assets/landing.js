// The first page of the local stack: each contract with its key, the reference, and a collection.
(async () => {
  const built = (await fetch("/docs/index.html", { method: "HEAD" })).ok;
  document.getElementById("docs").hidden = built;
  const { contracts } = await (await fetch("/docs/access.json")).json();
  for (const [name, access] of Object.entries(contracts)) {
    document.getElementById("doors").append(door(name, access, built));
    document.getElementById("keys").append(row(access));
  }

  function door(name, { title, base_url }, linked) {
    const tile = element(linked ? "a" : "div", "door");
    if (linked) tile.href = `/docs/reference/${name}.html`;
    tile.append(element("strong", "", title), element("span", "", linked ? "Reference, and try it" : ""), element("code", "", new URL(base_url).pathname));
    return tile;
  }

  function row({ title, base_url, headers, client_id, client_secret, collection }) {
    const secret = client_id ? `${client_id}:${client_secret}` : Object.entries(headers)[0].join(": ");
    const line = element("tr");
    const file = Object.assign(element("a", "", "Collection"), { href: collection, download: "" });
    const copy = element("button", "", "Copy");
    copy.addEventListener("click", () => navigator.clipboard.writeText(secret));
    for (const part of [title, element("code", "", base_url), element("code", "secret", secret)]) {
      const cell = element("td");
      cell.append(part);
      line.append(cell);
    }
    const last = element("td");
    last.append(copy, " ", file);
    line.append(last);
    return line;
  }

  function element(tag, className = "", textContent = "") {
    return Object.assign(document.createElement(tag), { className, textContent });
  }
})();
