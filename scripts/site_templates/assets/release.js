// A page of a release: its lists of claims are filled when somebody opens them. FRONT is in claims.js.
"use strict";

for (const list of document.querySelectorAll("details[data-verdict]")) {
  list.addEventListener("toggle", () => {
    if (list.querySelector("ul")) return;
    const {surface, release, verdict} = list.dataset;
    const number = FRONT.surfaces[surface].releases.indexOf(release);
    const found = FRONT.claims.filter((claim) => verdict === "R" ? otherwise(claim, surface, release)
      : claim.p[surface] && claim.p[surface].verdicts[number] === verdict);
    list.append(element("ul", {}, ...found.map((claim) => {
      const link = element("a", {href: `../claims/${claim.id}.html`}, claim.says);
      const era = surface === "keras" ? "3" : release.startsWith("1.") ? "1" : "2";
      const stated = claim.p[surface].eras.includes(era) ? "Documented" : "Said elsewhere";
      return element("li", {}, ...(verdict === "R" ? instead(claim, surface, release, link, stated) : [link]));
    })));
  });
}
