// What every page does: copy buttons, and filters whose choice is in the address.
"use strict";

/** An element with a text and children; text never becomes markup. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** The choices in the address, after the #: {name: value}. */
function choices() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

/** Put choices into the address, without those that are empty. */
function choose(chosen) {
  const kept = new URLSearchParams(Object.entries(chosen).filter(([, value]) => value));
  if (kept.toString() !== location.hash.slice(1)) location.hash = kept.toString();
}

/** The style of program in which a place of a claim of FRONT is told: it is written where it is another than TF2's. */
const programOf = (place) => place.program || "tf2-style";

/** Whether a claim of FRONT is otherwise on an API in a release, in any style of program. */
function otherwise(claim, surface, release) {
  const place = claim.p[surface];
  const number = FRONT.surfaces[surface].releases.indexOf(release);
  return Boolean(place) && [place.verdicts, ...(place.others || [])].some((verdicts) => verdicts[number] === "R");
}

/** What happens instead of what a claim of FRONT says: first in words, if WHYS has them, then the link to what is said. */
function instead(claim, surface, release, link, documented = "Documented") {
  const number = FRONT.surfaces[surface].releases.indexOf(release);
  const found = ((WHYS.of[claim.id] || {})[surface] || []).find(([first, last]) => first <= number && number <= last);
  return found ? [element("strong", {}, WHYS.texts[found[2]]), ` ${documented}: `, link] : [element("strong", {}, `Otherwise than ${documented.toLowerCase()}: `), link];
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = element("textarea", {"aria-hidden": "true"});
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

// A table that is wider than the screen says so: its scroll bar is not always seen.
const sized = new ResizeObserver((seen) => {
  for (const {target} of seen) target.classList.toggle("cut", target.scrollWidth > target.clientWidth + 1);
});
for (const one of document.querySelectorAll(".scroll")) sized.observe(one);

for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    const done = await copied(document.getElementById(button.dataset.copies).textContent);
    button.textContent = done ? "Copied" : "Select and copy by hand";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

for (const field of document.querySelectorAll("input[data-filters]")) {
  const items = [...document.getElementById(field.dataset.filters).children];
  const filter = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const item of items) {
      const text = item.dataset.words.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      count += !item.hidden;
    }
    document.getElementById("found").textContent = words.length ? `${count} of ${items.length}` : "";
  };
  field.value = choices().text || field.value;
  field.addEventListener("input", () => { choose({text: field.value}); filter(); });
  window.addEventListener("hashchange", () => { field.value = choices().text || ""; filter(); });
  filter();
}

const filters = document.getElementById("filters");
if (filters) {
  const rows = [...document.querySelectorAll("#behaviour tbody tr")];
  const cells = [...document.querySelectorAll("#behaviour [data-api]")];
  const apply = () => {
    const chosen = choices();
    for (const field of filters.elements) field.value = chosen[field.name] || "";
    const words = (chosen.text || "").toLowerCase().split(/\s+/).filter(Boolean);
    const scope = chosen.api ? `[data-api="${CSS.escape(chosen.api)}"] ` : "";
    let count = 0;
    for (const row of rows) {
      const text = `${row.id} ${row.cells[0].textContent}`.toLowerCase();
      const shown = words.every((word) => text.includes(word))
        && (!chosen.topic || row.dataset.topic === chosen.topic)
        && (!(chosen.verdict || chosen.api) || row.querySelector(`${scope}.chip${chosen.verdict ? "." + CSS.escape(chosen.verdict) : ""}`));
      row.hidden = !shown;
      count += Boolean(shown);
    }
    for (const cell of cells) cell.hidden = Boolean(chosen.api) && cell.dataset.api !== chosen.api;
    document.getElementById("behaviour").classList.toggle("unmeasured-too", chosen.verdict === "unknown");
    document.getElementById("found").textContent = `${count} of ${rows.length} claims`;
  };
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("input", () => {
    choose(Object.fromEntries([...filters.elements].map((field) => [field.name, field.value])));
    apply();
  });
  window.addEventListener("hashchange", apply);
  if (/[=]/.test(location.hash)) apply();
}
