// The search page, over an index that was built beforehand: search.py says what is in SEARCH. lunr stems words, and finds like ones.
"use strict";

const MOST = 30; // pages shown
const LONGER = 0.6; // how much a word counts that begins as the one asked for
const SLIP = 0.2; // and one that differs in a letter
const TYPED = 0.6; // the same where no page has the word asked for: it was mistyped
const APART = 0.8; // and the parts of a name, each by itself
const NAMED = 1.5; // a word in a title or symptom of the page, beside one anywhere in it
const WHOLE = 1.3; // a page with a name that has all the words, beside one without
const LONG = 0.15; // how much less a page counts that has twice as many words as the usual one
const ANSWERS = 0.4; // what a question has of the score of a report that it answers, or of a claim that it rests on
const BESIDE = 2; // questions beside the pages whose name is what was asked
const EXACT = ["report", "question", "claim", "migration"]; // the order of these pages
const FEW = 0.5; // how much less a page counts that holds next to nothing of what the words tell
const MUCH = 0.75; // of the words that tell something, what the first page has where nothing is said of the others
const LITTLE = 1; // a phrase whose words tell less is not shown
const LEAST = 0.5; // of the best, what a page must have to be shown
const index = lunr.Index.load(SEARCH.index);
const field = document.getElementById("q");
// The query has one place in the address, after the #: the form of another page puts it before.
const asked = new URLSearchParams(location.search).get("q");
let typing = false; // the query in the address is not finished: a further letter makes no step to go back to

/** A text after all of some rules of SEARCH.rules, which tokens.py made. */
function rewritten(text, rules, flags) {
  return rules.reduce((made, [pattern, instead]) => made.replace(new RegExp(pattern, flags), instead), text);
}

/** What a name is put together of: GradientTape -> gradient, tape; nothing where it is one word. */
function parts(word) {
  const found = rewritten(word, SEARCH.rules.joined, "gu").toLowerCase().split("_");
  return found.length > 1 ? found.filter((one) => !new RegExp(SEARCH.rules.no_part, "u").test(one)) : [];
}

/** The words of a text, as [word, its parts, as it was written]; of a dotted name also each pair of neighbours. */
function words(text) {
  const plain = rewritten(text, SEARCH.rules.rewritten, "giu");
  return (plain.match(new RegExp(SEARCH.rules.word, "gu")) || []).flatMap((token) => {
    const names = /^\p{Nd}/u.test(token) ? [token] : token.split(".");
    const pairs = names.slice(1).map((name, number) => `${names[number]}.${name}`);
    return [...names.map((name) => [name.toLowerCase(), parts(name), name]), ...pairs.map((pair) => [pair.toLowerCase(), [], pair])];
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
  const longer = word.length > 2 ? [...terms.keys()].filter((term) => term.startsWith(word)) : [];
  like(longer, LONGER);
  const root = stem(word);
  const known = own > 0 || longer.length > 0;
  if (word.length > 4 && !/^\d/.test(word)) {
    // The index has stems: of "accummulation" it is the stem that is a letter away from one of them.
    for (const slip of new Set([word, root])) {
      if (slip && slip.length > 3) like(index.tokenSet.intersect(lunr.TokenSet.fromFuzzyString(slip, 1)).toArray(), known ? SLIP : TYPED);
    }
  }
  return {word, stem: root, known, tells: own || weight(word, pages), pages};
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

/** Pages that hold words of a text, the best first, without those that hold little of what the best one holds; and what of the text no page has. */
function find(text) {
  const wanted = words(text);
  const plain = wanted.map(([word]) => word);
  const groups = [...new Map(wanted.filter(([word]) => stem(word)).map(([word, of, written]) => [word, {written, one: match(word), of: of.filter(stem).map(match)}])).values()];
  const inQuery = new Set(groups.flatMap(({one, of}) => [one, ...of]).map((one) => one.stem));
  const held = new Map(); // page -> what of the query it holds, by what the words tell
  const has = new Map(); // page -> how many of the words that tell something
  const heavy = groups.filter(({one, of}) => [one, ...of].some((part) => part.pages.size && !light.has(part.word)));
  for (const group of groups) {
    const {one, of} = group;
    const here = new Map();
    for (const part of of) {
      for (const [page, much] of part.pages) here.set(page, (here.get(page) || 0) + APART * part.tells * much);
    }
    for (const [page, much] of one.pages) here.set(page, Math.max(here.get(page) || 0, one.tells * much));
    for (const [page, much] of here) {
      held.set(page, (held.get(page) || 0) + much);
      if (heavy.includes(group)) has.set(page, (has.get(page) || 0) + 1);
    }
  }
  const lost = groups.filter(({one}) => !one.known && !light.has(one.word));
  const most = Math.max(0, ...held.values());
  const found = [...held].map(([ref, much]) => {
    const [kind, title, , others] = SEARCH.pages[ref];
    const names = [title, ...others];
    const name = named(names, plain);
    const score = (much / (1 - LONG + LONG * lengths[ref] / usual) + NAMED * called(names, inQuery)) * (1 - FEW + FEW * much / (most || 1));
    return {ref, held: much, named: name, titled: name === 2 && named([title], plain) === 2, score: score * (SEARCH.kinds[kind] || 1) * (name ? WHOLE : 1)};
  });
  const gained = new Map(); // page -> what it has of a report that it answers
  for (const {ref, score} of found) {
    for (const answer of SEARCH.pages[ref][5]) gained.set(`${answer}`, Math.max(ANSWERS * score, gained.get(`${answer}`) || 0));
  }
  for (const one of found) one.score += gained.get(one.ref) || 0;
  // Who pastes the title of a thread asks what to do: the questions that answer it come before the claims that cite it.
  const answers = new Set(found.filter((one) => one.named === 2).flatMap(({ref}) => SEARCH.pages[ref][5].map(String)));
  for (const one of found.filter(({ref}) => answers.has(ref)).sort((a, b) => b.score - a.score).slice(0, BESIDE)) one.named = 2;
  const place = (one) => one.titled ? -1 : one.named === 2 ? EXACT.indexOf(SEARCH.pages[one.ref][0]) : EXACT.length;
  const best = Math.max(0, ...found.map((one) => one.score));
  // Where a word is lost and the others are on every page, any page is as good as any other: none is.
  const nothing = lost.length && !heavy.length;
  const kept = nothing ? [] : found.filter((one) => one.named || one.held >= LEAST * most || one.score >= LEAST * best);
  kept.sort((a, b) => place(a) - place(b) || b.score - a.score);
  const together = Math.max(0, ...has.values()) >= heavy.length || kept.length > 0 && has.get(kept[0].ref) >= MUCH * heavy.length;
  return {kept, inQuery, lost, rest: groups.filter((group) => !lost.includes(group)), together};
}

function quoted(all) {
  const said = all.map((one) => `“${one}”`);
  return said.length > 1 ? `${said.slice(0, -1).join(", ")} or ${said.at(-1)}` : said[0];
}

/** What of a text no page has, in a sentence or two; nothing where a page has all of it. */
function lacking({kept, lost, rest, together}) {
  const said = [];
  if (lost.length) said.push(`No page has ${quoted(lost.map(({written}) => written))}.`);
  if (lost.length && !kept.length && rest.length) said.push(`Nearly every page has ${quoted(rest.map(({written}) => written)).replace(" or ", " and ")}.`);
  const known = lost.flatMap(({of}) => of.filter((part) => part.known).map((part) => part.word));
  if (known.length && kept.length) said.push(`These have ${quoted(known)}.`);
  else if (lost.length && lost.some(({one}) => one.pages.size) && kept.length) said.push("Words that differ in a letter are taken for it.");
  if (kept.length && !together) said.push(`No page has all ${lost.length ? "of the other" : "these"} words; those with the most telling ones come first.`);
  return said.join(" ");
}

/** A text with the words marked that were asked for. */
function marked(text, inQuery) {
  return text.split(/([\p{L}\p{N}_]+)/u).map((piece, number) => {
    if (number % 2 === 0 || ![piece.toLowerCase(), ...parts(piece)].some((word) => !light.has(word) && inQuery.has(stem(word)))) return piece;
    return element("mark", {}, piece);
  });
}

/** Of what a page says besides its title and first words, the phrase with most of what was asked for that those lack. */
function phrase([, title, about, names, , , phrases], inQuery) {
  const stems = (text) => new Set(words(text).flatMap(([word, of]) => [word, ...of]).map(stem));
  const seen = stems(`${title} ${about}`);
  const of = [...names.filter((name) => !name.startsWith("https:")), ...phrases].map((text) => {
    const fresh = [...stems(text)].filter((one) => inQuery.has(one) && !seen.has(one));
    return [text, fresh.reduce((sum, one) => sum + weight(one, terms.get(one) || new Map()), 0)];
  });
  const best = of.reduce((one, other) => other[1] > one[1] ? other : one, ["", 0]);
  return best[1] > LITTLE ? best[0] : "";
}

/** What a phrase is to its page. */
function label(kind, isName) {
  if (kind === "report") return isName ? "Title of the thread: " : "";
  return kind === "claim" || isName ? "Also asked as: " : kind === "migration" ? "With: " : "";
}

function hit({ref}, inQuery) {
  const [kind, title, about, names, path, , , notSo] = SEARCH.pages[ref];
  const also = phrase(SEARCH.pages[ref], inQuery);
  return [element("a", {href: path}, title), " ", element("span", {class: "kind"}, kind),
    notSo ? element("div", {class: "not-so"}, `✗ Not so in ${notSo}:`) : null,
    about ? element("div", {class: "symptoms"}, ...marked(about, inQuery)) : null,
    also ? element("div", {class: "symptoms"}, label(kind, names.includes(also)), ...marked(also, inQuery)) : null];
}

/** The pages as a list: moves from release to release are alike, and all but the best of them are folded. */
function list(shown, inQuery) {
  const moves = shown.filter(({ref}) => SEARCH.pages[ref][0] === "migration");
  return shown.filter((one) => !moves.slice(1).includes(one)).map((one) => {
    const more = one === moves[0] ? moves.slice(1) : [];
    return element("li", {}, ...hit(one, inQuery), more.length ? element("details", {}, element("summary", {}, `${more.length} more ${more.length === 1 ? "page" : "pages"} of migration`),
      element("ul", {}, ...more.map((other) => element("li", {}, element("a", {href: SEARCH.pages[other.ref][4]}, SEARCH.pages[other.ref][1]))))) : null);
  });
}

function show() {
  const text = field.value.trim();
  const found = find(text);
  const all = list(found.kept, found.inQuery);
  const shown = all.slice(0, MOST);
  const counted = shown.length ? `${shown.length === all.length ? "" : "The best "}${shown.length} ${shown.length === 1 ? "page" : "pages"} for “${text}”` : `No page for “${text}”. A symptom, an API or a word of the thread's title finds more.`;
  document.getElementById("lacking").textContent = lacking(found);
  document.getElementById("found").textContent = text ? counted : "Type a word above: a symptom, an API, a name of an argument.";
  document.getElementById("results").replaceChildren(...shown);
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
