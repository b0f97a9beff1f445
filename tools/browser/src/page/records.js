// Records: the rows of a table whose head has the labels wanted, or cards that are alike.

const LIKE = "li,article,div,section,dl,[role=listitem],[role=row]";
const MEANINGS = [
  [/^(name|title|product|item|heading)$/, card => card.querySelector(`${TITLES},a[href],b,strong`)],
  [/^(price|cost|amount|total)$/, card => priceIn(card)],
  [/^(url|href|link|address)$/, card => card.querySelector("a[href]")?.href],
  [/^(image|picture|photo|img)$/, card => card.querySelector("img")?.src],
];

const plain = text => wordsOf(text.replace(/([a-z])([A-Z])/g, "$1 $2")).join(" ");
const textIn = found => typeof found === "string" ? found : found ? tidy(spoken(found, null)) : "";

function records({ labels, offset, limit }) {
  const wanted = labels.map(plain);
  let best = { score: 0, rows: [] };
  for (const root of roots()) {
    for (const found of [...tables(root, wanted), ...decks(root, wanted)]) {
      if (found.score > best.score || found.score === best.score && found.rows.length > best.rows.length) best = found;
    }
  }
  const rows = best.rows.slice(offset, offset + limit).map(best.values);
  return { ...place(), rows: rows.map(row => row.map(text => text || null)), count: best.rows.length };
}

// Tables whose head has some of the labels; the score says how many.
function* tables(root, wanted) {
  for (const table of root.querySelectorAll("table,[role=table],[role=grid]")) {
    const rows = [...table.querySelectorAll("tr,[role=row]")].filter(row => row.closest("table,[role=table],[role=grid]") === table && seen(row));
    const cells = row => [...row.querySelectorAll(":scope>td,:scope>th,[role=cell],[role=gridcell],[role=columnheader],[role=rowheader]")];
    const head = rows.length ? cells(rows[0]).map(cell => plain(textIn(cell))) : [];
    const places = wanted.map(label => {
      const exact = head.indexOf(label);
      return exact >= 0 ? exact : head.findIndex(text => ` ${text} `.includes(` ${label} `));
    });
    const score = places.filter(place => place >= 0).length;
    const body = rows.slice(1).filter(row => cells(row).length > 1 || wanted.length === 1);
    if (score) yield { score, rows: body, values: row => places.map(place => textIn(cells(row)[place])) };
  }
}

// Cards that are alike and have some of the labels in them.
function* decks(root, wanted) {
  for (const first of root.querySelectorAll(LIKE)) {
    const alike = other => other?.localName === first.localName && other.className === first.className;
    if (alike(first.previousElementSibling) || !alike(first.nextElementSibling)) continue;
    const cards = [...first.parentElement?.children ?? root.children].filter(card => alike(card) && seen(card));
    const values = card => wanted.map(label => partOf(card, label));
    const score = cards.length ? Math.max(...cards.slice(0, 3).map(card => values(card).filter(Boolean).length)) : 0;
    if (score) yield { score, rows: cards, values };
  }
}

// The part of a card that a label means: by its markup, by the label before it, or by what it is.
function partOf(card, label) {
  const name = label.replaceAll(" ", "-");
  for (const part of card.querySelectorAll("[itemprop],[class],[data-label]")) {
    const names = `${attribute(part, "itemprop")} ${attribute(part, "class")} ${attribute(part, "data-label")}`;
    if (names.split(/\s+/).some(own => plain(own.replaceAll(/[-_]/g, " ")).replaceAll(" ", "-") === name)) return amount(part);
  }
  for (const part of card.querySelectorAll("dt,th,b,strong,label,span")) {
    if (plain(textIn(part)) === label && part.nextElementSibling) return textIn(part.nextElementSibling);
  }
  const lines = new Prose(5000);
  lines.walk(card, { x: 0, y: 0 });
  for (const line of lines.toString().split("\n")) {
    const [, before, after] = /^[-# ]*([^:|]+)[:|]\s*(.+)$/.exec(line) ?? [];
    if (before && plain(before) === label) return after;
  }
  return textIn(MEANINGS.find(([words]) => words.test(label))?.[1](card));
}
