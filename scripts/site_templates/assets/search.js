// The search page: lunr over an index that was built beforehand. SEARCH is {index, pages: {ref: [kind, title, text]}}.
"use strict";

const root = "";
const index = lunr.Index.load(SEARCH.index);
const field = document.getElementById("q");

function find(text) {
  const words = lunr.tokenizer(text).map(lunr.trimmer).filter((token) => lunr.stopWordFilter(token)).map(String).filter(Boolean);
  if (!words.length) return [];
  return index.query((query) => {
    for (const word of words) {
      query.term(word, {boost: 20});
      query.term(word, {wildcard: lunr.Query.wildcard.TRAILING, usePipeline: false, boost: 5});
      if (word.length > 4) query.term(word, {editDistance: 1, usePipeline: false});
    }
  });
}

function show() {
  const text = field.value.trim();
  const found = find(text);
  document.getElementById("found").textContent = text ? `${found.length} pages for “${text}”` : "Type a word above: a symptom, an API, a name of an argument.";
  document.getElementById("results").replaceChildren(...found.slice(0, 50).map(({ref}) => {
    const [kind, title, about] = SEARCH.pages[ref];
    return element("li", {}, element("a", {href: root + ref}, title), " ", element("span", {class: "kind"}, kind), element("div", {class: "symptoms"}, about));
  }));
}

field.value = new URLSearchParams(location.search).get("q") || choices().q || "";
field.addEventListener("input", () => { choose({q: field.value}); show(); });
window.addEventListener("hashchange", () => { field.value = choices().q ?? field.value; show(); });
field.form.addEventListener("submit", (event) => { event.preventDefault(); choose({q: field.value}); show(); });
show();
field.focus();
