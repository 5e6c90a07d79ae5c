(() => {
  "use strict";
  const ROW = 20;
  const rows = [...document.querySelectorAll("#tasks > tr")];
  const depths = rows.map((row) => Number(row.dataset.depth));
  const arrows = rows.map((row) => [...row.querySelectorAll(".arrow")]);
  const leaving = rows.map(() => []);
  arrows.forEach((some, target) => some.forEach((arrow) => {
    leaving[Number(arrow.dataset.from)].push([arrow, target]);
  }));
  const words = rows.map((row) => (
    row.querySelector("th").textContent + " " + (row.querySelector(".label")?.textContent ?? "")
  ).toLowerCase());

  // Rows that match, with all containers they are in.
  function matching(sought) {
    const found = new Set();
    const above = [];
    rows.forEach((row, number) => {
      above.length = depths[number];
      above.push(number);
      if (words[number].includes(sought)) above.forEach((each) => found.add(each));
    });
    return found;
  }

  function show() {
    const sought = document.getElementById("filter").value.trim().toLowerCase();
    const found = sought ? matching(sought) : null;
    const places = [];
    let below = Infinity;
    let place = 0;
    rows.forEach((row, number) => {
      if (depths[number] <= below) below = Infinity;
      const hidden = found ? !found.has(number) : depths[number] > below;
      if (below === Infinity && row.classList.contains("folded")) below = depths[number];
      row.hidden = hidden;
      places.push(hidden ? -1 : place++);
    });
    // Only the height at which an arrow leaves depends on the rows between its ends.
    arrows.forEach((some, target) => some.forEach((arrow) => {
      const source = places[Number(arrow.dataset.from)];
      const hidden = source < 0 || places[target] < 0;
      arrow.style.display = hidden ? "none" : "";
      if (!hidden) {
        const height = (source - places[target] + 0.5) * ROW;
        arrow.setAttribute("d", arrow.getAttribute("d").replace(/^M(\S+) [-\d.]+/, `M$1 ${height}`));
      }
    }));
  }

  function light(number, on) {
    const near = leaving[number].map(([arrow, target]) => {
      arrow.classList.toggle("lit", on);
      return target;
    });
    arrows[number].forEach((arrow) => near.push(Number(arrow.dataset.from)));
    near.forEach((other) => rows[other].classList.toggle("near", on));
  }

  function fold(number) {
    const shut = rows[number].classList.toggle("folded");
    rows[number].firstElementChild.setAttribute("aria-expanded", String(!shut));
    show();
  }

  rows.forEach((row, number) => {
    row.addEventListener("mouseenter", () => light(number, true));
    row.addEventListener("mouseleave", () => light(number, false));
    if (!row.classList.contains("above")) return;
    const name = row.firstElementChild;
    name.tabIndex = 0;
    name.setAttribute("aria-expanded", "true");
    name.addEventListener("click", () => fold(number));
    name.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        fold(number);
      }
    });
  });
  document.body.classList.add("able");
  document.querySelector("nav label").hidden = false;
  document.getElementById("filter").addEventListener("input", show);
})();
