// The search page: lunr over an index that was built beforehand. SEARCH is {index, pages: [[kind, title, text, names, path]]}.
"use strict";

const MOST = 30; // pages shown
const index = lunr.Index.load(SEARCH.index);
const field = document.getElementById("q");
// The query has one place in the address, after the #: the form of another page puts it before.
const asked = new URLSearchParams(location.search).get("q");
let typing = false; // the query in the address is not finished: a further letter makes no step to go back to

/** The words of a text as they are compared: small, and apart at all that is no letter, digit or underscore. */
function words(text) {
  return text.toLowerCase().split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
}

/** How well the names of a page are what was asked: 2 the very name, 1 a name with all its words, 0 neither. */
function named([, title, , names], text) {
  const wanted = words(text);
  return Math.max(...[title, ...names].map(words).map((has) =>
    has.join(" ") === wanted.join(" ") ? 2 : Number(wanted.every((word) => has.some((one) => one.startsWith(word))))));
}

/** Pages that hold words of a text, the best first; without those that hold few of what the best one holds. */
function find(text) {
  const asked = lunr.tokenizer(text).map(lunr.trimmer).filter((token) => lunr.stopWordFilter(token)).map(String).filter(Boolean);
  const terms = [...new Set([...asked, ...(text.match(/\d{3,}/g) || [])])];
  if (!terms.length) return [];
  const found = index.query((query) => {
    for (const word of terms) {
      query.term(word, {boost: 20});
      query.term(word, {wildcard: lunr.Query.wildcard.TRAILING, usePipeline: false, boost: 5});
      if (word.length > 4 && !/^\d+$/.test(word)) query.term(word, {editDistance: 1, usePipeline: false});
    }
  });
  const stems = terms.map((word) => [word, index.pipeline.runString(word)[0]]);
  for (const one of found) {
    const held = Object.keys(one.matchData.metadata);
    one.held = stems.filter(([word, stem]) => held.some((term) => term === stem || term.startsWith(word))).length;
    one.named = named(SEARCH.pages[one.ref], text);
  }
  const most = Math.max(0, ...found.map((one) => one.held));
  return found.filter((one) => one.named || one.held * 2 >= most).sort((a, b) => b.named - a.named || b.score - a.score);
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
