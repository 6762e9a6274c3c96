// The search page, over an index that was built beforehand: search.py says what is in SEARCH. lunr stems words, and finds like ones.
"use strict";

const MOST = 30; // pages shown
const LONGER = 0.6; // how much a word counts that begins as the one asked for
const SLIP = 0.2; // and one that differs in a letter
const APART = 0.8; // and the parts of a name, each by itself
const NAMED = 1.5; // a word in a title or symptom of the page, beside one anywhere in it
const WHOLE = 1.3; // a page with a name that has all the words, beside one without
const LONG = 0.15; // how much less a page counts that has twice as many words as the usual one
const ANSWERS = 0.4; // what a question has of the score of a report that it answers
const LEAST = 0.5; // of the best, what a page must have to be shown
const index = lunr.Index.load(SEARCH.index);
const field = document.getElementById("q");
// The query has one place in the address, after the #: the form of another page puts it before.
const asked = new URLSearchParams(location.search).get("q");
let typing = false; // the query in the address is not finished: a further letter makes no step to go back to

/** What a name is put together of: GradientTape -> gradient, tape; nothing where it is one word. As in search.py. */
function parts(word) {
  const found = word.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase().split("_");
  return found.length > 1 ? found.filter((one) => one.length > 1) : [];
}

/** The words of a text, as [word, its parts]: small, "Keras2" as Keras and Keras 2. As in search.py. */
function words(text) {
  const plain = text.replace(/(?<=[\p{L}\p{N}])(n['’]t|['’]\p{L}{0,2})(?![\p{L}\p{N}])/gu, "").replace(/(?<![\p{L}\p{N}_.])(keras|tensorflow|tf)[-_ =]*v?(\d+)((?:\.\d+)*)(?![\p{L}\p{N}])/giu, (_, name, major, rest) => {
    const product = name.toLowerCase() === "keras" ? "keras" : "tensorflow";
    return ` ${product} ${product}${major} ${rest ? major + rest : ""} `;
  });
  return (plain.match(/\d+(?:\.\d+)+|[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*|[\p{L}\p{N}_]+/gu) || []).flatMap((token) => {
    const names = /^\d/.test(token) ? [token] : token.split(".");
    const pairs = names.slice(1).map((name, number) => [`${names[number]}.${name}`.toLowerCase(), []]);
    return [...names.map((name) => [name.toLowerCase(), parts(name)]), ...pairs];
  });
}

/** The stem of a word; nothing where it has no meaning of its own, as "the". */
function stem(word) {
  return lunr.stopWordFilter(word) && index.pipeline.runString(word)[0];
}

const light = new Set(SEARCH.light);
const terms = new Map(); // stem -> Map of page -> how much it counts there, at most 1
const lengths = SEARCH.pages.map(() => 0); // page -> how many stems it has
for (const [term, fields] of Object.entries(index.invertedIndex)) {
  const pages = new Map();
  for (const [name, weight] of Object.entries(SEARCH.fields)) {
    for (const page of Object.keys(fields[name])) pages.set(page, Math.max(weight, pages.get(page) || 0));
  }
  terms.set(term, pages);
  for (const page of pages.keys()) lengths[page] += 1;
}
const usual = lengths.reduce((one, other) => one + other, 0) / lengths.length;

/** How much a word tells that some pages have: the fewer the more; next to nothing where every page is about it. */
function weight(word, pages) {
  const all = SEARCH.pages.length;
  const count = light.has(word) ? all : pages.size;
  return count ? Math.log(1 + (all - count + 0.5) / (count + 0.5)) : 0;
}

/** What a word tells, and how much of it each page has: the word itself, a longer one, or one with a slip. */
function match(word) {
  const pages = new Map(terms.get(stem(word)));
  const own = weight(word, pages);
  const like = (found, much) => {
    for (const term of found) {
      for (const [page, counts] of terms.get(term)) pages.set(page, Math.max(counts * much, pages.get(page) || 0));
    }
  };
  if (word.length > 2) like([...terms.keys()].filter((term) => term.startsWith(word)), LONGER);
  if (word.length > 4 && !/^\d/.test(word)) like(index.tokenSet.intersect(lunr.TokenSet.fromFuzzyString(word, 1)).toArray(), SLIP);
  return {stem: stem(word), tells: own || weight(word, pages), pages};
}

const told = new Map(); // name of a page -> [stem, what it tells, the same of its parts] of each word

function tells(word) {
  return [stem(word), weight(word, terms.get(stem(word)) || new Map())];
}

/** How much of the names of a page is in the query: of each what both tell, less where the name tells more. */
function called(names, inQuery) {
  const sum = (all) => all.reduce((whole, one) => whole + one, 0);
  return Math.max(...names.map((name) => {
    if (!told.has(name)) told.set(name, words(name).filter(([word]) => stem(word)).map(([word, of]) => [...tells(word), of.map(tells)]));
    const whole = sum(told.get(name).map(([, much, of]) => Math.max(much, APART * sum(of.map(([, one]) => one)))));
    const both = sum(told.get(name).map(([one, much, of]) => Math.max(inQuery.has(one) ? much : 0, APART * sum(of.map(([part, less]) => inQuery.has(part) ? less : 0)))));
    return whole ? both * both / whole : 0;
  }));
}

/** How well the names of a page are what was asked: 2 the very name, 1 a name with all its words, 0 neither. */
function named(names, wanted) {
  return Math.max(...names.map((name) => {
    const has = words(name).map(([word]) => word);
    return has.join(" ") === wanted.join(" ") ? 2 : Number(wanted.every((word) => has.some((one) => one.startsWith(word))));
  }));
}

/** Pages that hold words of a text, the best first; without those that hold little of what the best one holds. */
function find(text) {
  const wanted = words(text);
  const groups = new Map(wanted.filter(([word]) => stem(word)).map(([word, of]) => [word, [match(word), of.filter(stem).map(match)]]));
  const inQuery = new Set([...groups.values()].flatMap(([one, of]) => [one, ...of]).map((one) => one.stem));
  const held = new Map(); // page -> what of the query it holds, by what the words tell
  for (const [one, of] of groups.values()) {
    const here = new Map();
    for (const part of of) {
      for (const [page, much] of part.pages) here.set(page, (here.get(page) || 0) + APART * part.tells * much);
    }
    for (const [page, much] of one.pages) here.set(page, Math.max(here.get(page) || 0, one.tells * much));
    for (const [page, much] of here) held.set(page, (held.get(page) || 0) + much);
  }
  const found = [...held].map(([ref, much]) => {
    const [kind, title, , others] = SEARCH.pages[ref];
    const names = [title, ...others];
    const name = named(names, wanted.map(([word]) => word));
    const score = much / (1 - LONG + LONG * lengths[ref] / usual) + NAMED * called(names, inQuery);
    return {ref, held: much, named: name, score: score * (SEARCH.kinds[kind] || 1) * (name ? WHOLE : 1)};
  });
  const gained = new Map(); // page -> what it has of a report that it answers
  for (const {ref, score} of found) {
    for (const answer of SEARCH.pages[ref][5]) gained.set(`${answer}`, Math.max(ANSWERS * score, gained.get(`${answer}`) || 0));
  }
  for (const one of found) one.score += gained.get(one.ref) || 0;
  const [most, best] = [Math.max(0, ...found.map((one) => one.held)), Math.max(0, ...found.map((one) => one.score))];
  return found.filter((one) => one.named || one.held >= LEAST * most || one.score >= LEAST * best).sort((a, b) => (b.named === 2) - (a.named === 2) || b.score - a.score);
}

function show() {
  const text = field.value.trim();
  const found = find(text);
  const shown = found.slice(0, MOST);
  const told = !shown.length ? `No page for “${text}”. A symptom, an API or a word of the thread's title finds more.` : `${shown.length === found.length ? "" : "The best "}${shown.length} ${shown.length === 1 ? "page" : "pages"} for “${text}”`;
  document.getElementById("found").textContent = text ? told : "Type a word above: a symptom, an API, a name of an argument.";
  document.getElementById("results").replaceChildren(...shown.map(({ref}) => {
    const [kind, title, about, , path] = SEARCH.pages[ref];
    return element("li", {}, element("a", {href: path}, title), " ", element("span", {class: "kind"}, kind), element("div", {class: "symptoms"}, about));
  }));
}

/** Put the query into the address: in place of the one there, or as a step that the back button undoes. */
function ask(inPlace) {
  const query = `#${new URLSearchParams(field.value ? {q: field.value} : {})}`;
  if (query === (location.hash || "#")) return;
  if (inPlace) location.replace(query);
  else location.hash = query;
}

function read() {
  const text = choices().q || "";
  if (text !== field.value) {
    field.value = text;
    typing = false;
  }
  show();
}

if (asked !== null) {
  location.replace(`search.html#${new URLSearchParams({q: asked})}`);
} else {
  field.addEventListener("input", () => { ask(typing); typing = true; show(); });
  field.form.addEventListener("submit", (event) => { event.preventDefault(); ask(typing); typing = false; show(); });
  window.addEventListener("hashchange", read);
  read();
  field.focus();
}
