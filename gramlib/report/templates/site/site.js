(() => {
  const table = document.querySelector("table.runs"), bar = document.querySelector(".filter");
  if (!table) return;
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows].map(row => ({ row, text: row.textContent.toLowerCase(), keys: [...row.cells].map(c => c.dataset.v) }));
  table.classList.add("live");
  heads.forEach((head, place) => {
    const button = document.createElement("button"), number = head.dataset.kind === "number";
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort"), up = now ? now === "descending" : !number && place > 0;
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      rows.sort((a, b) => {
        const [x, y] = [a.keys[place], b.keys[place]];
        if (x === "" || y === "") return (x === "") - (y === "");
        return (up ? 1 : -1) * (number ? x - y : x < y ? -1 : x > y ? 1 : 0);
      });
      body.append(...rows.map(r => r.row));
    });
  });
  if (!bar) return;
  const word = bar.querySelector("input"), choice = bar.querySelector("select"), told = bar.querySelector("p");
  const show = () => {
    const words = word.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const { row, text } of rows) {
      row.hidden = !(words.every(w => text.includes(w)) && (!choice.value || row.dataset.state === choice.value));
      shown += !row.hidden;
    }
    told.textContent = `${shown} of ${rows.length} runs shown`;
  };
  word.addEventListener("input", show);
  choice.addEventListener("change", show);
  bar.hidden = false;
  show();
})();
