// Migration: what a program meets that moves from one chosen side to another. FRONT and MOVES are written before this.
"use strict";

const VERDICTS = {H: "as stated", R: "otherwise", N: "no such API"};
const form = document.getElementById("move");
const sheet = document.getElementById("sheet");
const known = Object.fromEntries(MOVES.sides.map((side) => [`${side.surface}@${side.release}`, side]));

function named(side) {
  return `${FRONT.surfaces[side.surface].title.split(",")[0]} ${side.release.replace("keras-", "")}`;
}

/** Style of program -> the verdict of a claim on a side. */
function verdicts(claim, side) {
  const place = claim.p[side.surface];
  if (!place) return {};
  const number = FRONT.surfaces[side.surface].releases.indexOf(side.release);
  const more = (MOVES.claims[claim.id].more || {})[side.surface] || {};
  return Object.fromEntries([[programOf(place), place.verdicts], ...Object.entries(more)].map(([program, all]) => [program, all[number]]));
}

/** The first pair of verdicts that differ, in a TF2-style program if in one; nothing where a side was not asked. */
function turned(claim, before, after) {
  const [was, now] = [verdicts(claim, before), verdicts(claim, after)];
  const pairs = Object.keys(was).sort().reverse().map((program) => [was[program], now[program]]);
  return pairs.find(([one, other]) => other && one !== other && one !== "?" && other !== "?");
}

function met(before, after) {
  const between = MOVES.turns[before.row][after.row];
  const leaves = (before.surface === MOVES.graphs) !== (after.surface === MOVES.graphs);
  const meets = new Set(after.meets);
  const numbers = [
    ...between.filter((number) => !(leaves && MOVES.entries[number].graphs)),
    ...before.leaves.filter((number) => meets.has(number)),
  ];
  return numbers.sort((one, other) => one - other).map((number) => MOVES.entries[number]);
}

function entry(one) {
  const facts = [["Was", one.was], ["Is", one.now], ["Write instead", one.instead]].filter(([, text]) => text);
  const claims = one.claims.filter((name) => MOVES.claims[name]);
  return element("section", {class: "entry"},
    element("h3", {}, one.title), element("p", {class: "state"}, MOVES.shows[one.kind]),
    element("dl", {class: "facts"}, ...facts.flatMap(([word, text]) => [element("dt", {}, word), element("dd", {}, text)])),
    claims.length ? element("details", {}, element("summary", {}, "What this rests on"), element("ul", {}, ...claims.map((name) =>
      element("li", {}, element("a", {href: `../claims/${name}.html`}, MOVES.claims[name].title))))) : null);
}

function statement([claim, [was, now]]) {
  const {advice, title} = MOVES.claims[claim.id];
  return element("li", {}, element("a", {href: `../claims/${claim.id}.html`}, title), `: ${claim.says} `,
    `Was ${VERDICTS[was]}, is ${VERDICTS[now]}.`, advice && now !== "H" ? element("strong", {}, ` ${advice}`) : null);
}

function show() {
  const chosen = choices();
  for (const name of ["from", "to"]) form.elements[name].value = known[chosen[name]] ? chosen[name] : "";
  sheet.replaceChildren();
  const status = document.getElementById("move-status");
  const [before, after] = [known[chosen.from], known[chosen.to]];
  if (!before || !after) {
    status.textContent = "Choose both.";
    return;
  }
  const entries = met(before, after);
  const accounted = new Set(entries.flatMap((one) => one.claims));
  const others = FRONT.claims.map((claim) => [claim, turned(claim, before, after)])
    .filter(([claim, pair]) => pair && pair[0] !== "N" && !accounted.has(claim.id))
    .sort(([one], [other]) => MOVES.claims[one.id].area - MOVES.claims[other.id].area);
  const changes = entries.filter((one) => one.kind !== "better");
  status.textContent = `From ${named(before)} to ${named(after)}: ${changes.length} change${changes.length === 1 ? "" : "s"}, ${entries.length - changes.length} better, ${others.length} other statement${others.length === 1 ? "" : "s"} with another verdict.`;
  let area = "";
  for (const one of entries) {
    const title = one.kind === "better" ? "Better now" : one.area;
    if (title !== area) sheet.append(element("h2", {}, title));
    area = title;
    sheet.append(entry(one));
  }
  if (others.length) {
    sheet.append(element("h2", {}, "Statements that are true in one of them only"), element("ul", {class: "statements"}, ...others.map(statement)));
  }
  const path = MOVES.paths[`${chosen.from} ${chosen.to}`];
  if (path) sheet.append(element("p", {}, element("a", {href: `../${path}`}, "This move on a page of its own, with its sources"), "."));
  sheet.append(element("p", {}, "What no table explains, and the numbers: ", element("code", {}, `uv run scripts/compare.py ${chosen.from} ${chosen.to}`)));
}

for (const name of ["from", "to"]) {
  const field = form.elements[name];
  field.append(element("option", {value: ""}, "choose"));
  for (const [surface, about] of Object.entries(FRONT.surfaces)) {
    const here = MOVES.sides.filter((side) => side.surface === surface).reverse();
    field.append(element("optgroup", {label: about.title}, ...here.map((side) =>
      element("option", {value: `${side.surface}@${side.release}`}, named(side)))));
  }
}
form.addEventListener("change", () => choose({from: form.elements.from.value, to: form.elements.to.value}));
form.addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("hashchange", show);
show();
