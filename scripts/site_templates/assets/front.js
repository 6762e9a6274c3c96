// The first page: the matrix, freezing, changes and deviations of the chosen releases. FRONT is written before this.
"use strict";

const WORDS = {H: "as stated", R: "otherwise", N: "nothing promised: no such API", "?": "not measured"};
const KERAS = "keras";
const OLD = ["tf.layers", "tf.compat.v1.keras"]; // nobody moves to these from another API
const FALSE = 10; // sentences of the documentation that are shown
const fields = ["tensorflow", "keras", "tensorflow-from", "keras-from"].map((id) => document.getElementById(id));
const sheet = document.getElementById("sheet");

function options(field, names, none) {
  field.append(element("option", {value: ""}, none), ...names.map((name) => element("option", {value: name}, name.replace("keras-", ""))));
}

/** The release that stands for a version somebody has: itself, or the measured patch of its minor release. */
function nearest(version, names) {
  const plain = version.replace(/\+.*$/, "");
  const of = (name) => name.replace("keras-", "");
  const minor = plain.split(".").slice(0, 2).join(".");
  return names.find((name) => of(name) === plain)
    || names.findLast((name) => of(name).split(".").slice(0, 2).join(".") === minor) || "";
}

function table(label, head, rows, styles) {
  const made = element("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": label},
    element("table", {},
      element("thead", {}, element("tr", {}, ...head.map((word) => element("th", {scope: "col"}, word)))),
      element("tbody", {}, ...rows.map((row, number) => element("tr", {}, ...row.map((text, column) =>
        element("td", styles && column > 1 ? {class: `cell ${styles[number]}`} : {}, text)))))));
  sized.observe(made);
  return made;
}

/** A link to the range of releases with one verdict that holds a release. */
function linkTo(claim, surface, release) {
  const {releases} = FRONT.surfaces[surface];
  const {verdicts} = claim.p[surface];
  let first = releases.indexOf(release);
  while (first > 0 && verdicts[first - 1] === verdicts[first]) first -= 1;
  const spot = `${surface}-${programOf(claim.p[surface])}-${releases[first]}`.replaceAll(".", "-");
  return element("a", {href: `claims/${claim.id}.html#${spot}`}, claim.says);
}

function verdict(claim, surface, release) {
  const place = claim.p[surface];
  return place ? place.verdicts[FRONT.surfaces[surface].releases.indexOf(release)] : undefined;
}

function counted(documented, all, shown) {
  const said = `The documentation of this version says ${documented} of them; answers, reports and older documents say the others.`;
  return `${all} ${all === 1 ? "statement is" : "statements are"} otherwise in this release. ${said}${shown < documented ? ` The ${shown} that people meet most:` : ""}`;
}

/** What of a surface is told for one release, and what changed on the way from another. */
function part(surface, release, from) {
  const about = FRONT.surfaces[surface];
  const found = about.matrices.find((one) => one.releases.includes(release));
  const said = [element("h2", {}, `${about.title}, ${release.replace("keras-", "")}`), element("p", {}, element("code", {}, about.call))];
  said.push(element("h3", {}, "What training and trainable do"), table(
    `training × trainable, ${about.title}`, ["training", "trainable", "what normalizes", "what one call updates"],
    found.cells.map((cell) => [cell[0], cell[1], cell[2], cell[4] ? `${cell[3]} (${cell[4]})` : cell[3]]), found.cells.map((cell) => cell[5])));
  const toggled = about.toggles.find((one) => one.releases.includes(release));
  if (toggled) {
    said.push(element("h3", {}, "What freezing does, and when"), table(
      `What freezing does, ${about.title}`, ["compiled", "then", "fit()", "fit(), run_eagerly", "GradientTape", "GradientTape in tf.function"], toggled.rows));
  }
  if (from && from !== release) said.push(...changes(surface, from, release));
  const era = surface === KERAS ? "3" : release.startsWith("1.") ? "1" : "2";
  const all = FRONT.claims.filter((claim) => otherwise(claim, surface, release));
  const off = all.filter((claim) => claim.p[surface].eras.includes(era));
  said.push(element("h3", {}, "What is false in the documentation of this version"),
    element("p", {}, counted(off.length, all.length, Math.min(off.length, FALSE))),
    element("ol", {}, ...off.slice(0, FALSE).map((claim) => element("li", {}, ...instead(claim, surface, release, linkTo(claim, surface, release))))),
    element("p", {}, element("a", {href: `releases/${release}.html#${surface.replaceAll(".", "-")}`}, `All ${all.length}, and the record`)));
  return element("section", {id: `on-${surface}`}, ...said);
}

function changes(surface, from, release) {
  const about = FRONT.surfaces[surface];
  const [first, last] = [about.releases.indexOf(from), about.releases.indexOf(release)];
  if (first < 0) return [];
  const [low, high] = first < last ? [first, last] : [last, first];
  const items = [];
  for (const name of about.releases.slice(low + 1, high + 1)) {
    for (const [sentence] of about.switched[name] || []) {
      items.push(element("li", {}, element("a", {href: `releases/${name}.html`}, name.replace("keras-", "")), `: ${sentence}`));
    }
  }
  for (const claim of FRONT.claims) {
    const [was, now] = [verdict(claim, surface, from), verdict(claim, surface, release)];
    if (was && now && was !== now && was !== "?" && now !== "?") {
      items.push(element("li", {}, linkTo(claim, surface, release), `: ${WORDS[was]} in ${from.replace("keras-", "")}, ${WORDS[now]} in ${release.replace("keras-", "")}.`));
    }
  }
  const head = element("h3", {}, `What changes on the way from ${from.replace("keras-", "")}`);
  return [head, items.length ? element("ul", {}, ...items) : element("p", {}, "Nothing that is measured.")];
}

/** From each API of the TensorFlow somebody comes from to each of what was chosen: pairs of [surface, release]. */
function routes(chosen) {
  const sides = (tensorflow, keras) => Object.entries(FRONT.surfaces).map(([surface, about]) => [surface, surface === KERAS ? keras : tensorflow, about])
    .filter(([surface, release, about]) => release && about.releases.includes(release) && !(surface === "tf_keras" && FRONT.surfaces["tf.keras"].releases.includes(release)));
  const before = sides(chosen["tensorflow-from"], chosen["keras-from"]);
  const after = sides(chosen.tensorflow, chosen.keras);
  // Within one API the change is told below. Who comes from Keras 3 does not come from what TensorFlow has beside it.
  const left = chosen["keras-from"] ? before.filter(([surface]) => surface === KERAS) : before;
  const goals = chosen.keras ? after.filter(([surface]) => surface === KERAS) : after;
  return left.flatMap((one) => goals.filter(([surface]) => surface !== one[0] && !OLD.includes(surface)).map((other) => [one, other]));
}

function route(pair) {
  const [from, to] = pair.map(([surface, release]) => `${surface}@${release}`);
  const [before, after] = pair.map(([, release, about]) => release.startsWith("keras-") ? `Keras ${release.slice(6)}` : `${about.title.split(",")[0]} ${release}`);
  return element("li", {}, element("a", {href: `migration/index.html#${new URLSearchParams({from, to})}`}, `From ${before} to ${after}`));
}

function show() {
  const chosen = choices();
  for (const field of fields) field.value = chosen[field.id] || "";
  sheet.replaceChildren();
  const wanted = [];
  for (const [surface, about] of Object.entries(FRONT.surfaces)) {
    const name = surface === KERAS ? "keras" : "tensorflow";
    if (surface === "tf_keras" && FRONT.surfaces["tf.keras"].releases.includes(chosen[name])) continue;  // it is not what tf.keras is there
    if (chosen[name] && about.releases.includes(chosen[name])) wanted.push([surface, chosen[name], chosen[`${name}-from`]]);
  }
  const status = document.getElementById("choice-status");
  const asked = chosen.tensorflow || chosen.keras;
  status.textContent = asked ? `Shown: ${wanted.map(([surface, release]) => `${FRONT.surfaces[surface].title} (${release.replace("keras-", "")})`).join("; ")}.` : "Nothing chosen yet.";
  if (chosen.tensorflow && !FRONT.surfaces["tf.keras"].releases.includes(chosen.tensorflow)) {
    sheet.append(element("p", {class: "warning"}, "tf.keras of this TensorFlow is Keras 3",
      chosen.keras ? ". " : ": choose its release, too. ", "With TF_USE_LEGACY_KERAS=1 it is tf_keras."));
  }
  const moves = routes(chosen);
  if (moves.length) sheet.append(element("h2", {}, "From one API to another"), element("ul", {id: "routes"}, ...moves.map(route)));
  sheet.append(...wanted.map((one) => part(...one)));
}

options(fields[0], FRONT.tensorflow, "choose");
options(fields[1], FRONT.keras, "choose");
options(fields[2], FRONT.tensorflow, "nowhere");
options(fields[3], FRONT.keras, "nowhere");
document.getElementById("choice").addEventListener("change", (event) => {
  if (event.target.id !== "freeze") choose(Object.fromEntries(fields.map((field) => [field.id, field.value])));
});
document.getElementById("freeze").addEventListener("input", (event) => {
  const lines = [...event.target.value.matchAll(/^\s*([A-Za-z0-9_.-]+)\s*==\s*(\S+)/gm)];
  const found = Object.fromEntries(lines.map(([, name, version]) => [name.toLowerCase().replaceAll("_", "-"), version]));
  const tensorflow = found.tensorflow || found["tensorflow-cpu"] || found["tensorflow-gpu"] || found["tensorflow-intel"] || found["tensorflow-macos"];
  const keras = found.keras && /^[3-9]/.test(found.keras) ? nearest(found.keras, FRONT.keras) : "";
  const mine = tensorflow ? nearest(tensorflow, FRONT.tensorflow) : found["tf-nightly"] ? "nightly" : "";
  const other = found["keras-nightly"] ? "keras-nightly" : keras;
  choose({...choices(), tensorflow: mine, keras: other});
  if (!mine && !other) document.getElementById("choice-status").textContent = "No TensorFlow or Keras 3 that was measured is in this list.";
});
document.getElementById("choice").addEventListener("submit", (event) => event.preventDefault());
/** Show what is chosen; what happens instead of what is documented is read with the first choice, not with the page. */
function update() {
  const chosen = choices();
  if (typeof WHYS !== "undefined" || !(chosen.tensorflow || chosen.keras)) {
    show();
    return;
  }
  const script = element("script", {src: "assets/whys.js"});
  script.addEventListener("load", show);
  document.head.append(script);
}

window.addEventListener("hashchange", update);
update();
