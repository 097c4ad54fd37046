for (const input of document.querySelectorAll("input[type=search]")) {
  const rows = [...document.querySelectorAll("table.grid")]
    .filter((table) => table.dataset.channel === input.dataset.grid)
    .flatMap((table) => [...table.tBodies[0].rows]);
  const texts = rows.map((row) => {
    const columns = [...row.cells].filter((cell) => cell.dataset.for && cell.className !== "none");
    return (row.textContent + " " + columns.map((cell) => cell.dataset.for).join(" ")).toLowerCase();
  });
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    rows.forEach((row, i) => { row.hidden = !words.every((word) => texts[i].includes(word)); });
  });
}
