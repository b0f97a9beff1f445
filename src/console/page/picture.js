// The page as the agent has it, with what is about to be acted on marked, and rows to pick from.

import { el } from "./make.js";

export function picture(run) {
  const image = el("img", { alt: "The agent's page", hidden: true });
  const marks = el("div", { class: "marks" });
  const blank = el("p", { class: "blank faint" }, "No page is open yet.");
  const frame = el("div", { class: "frame" }, image, marks, blank);
  const aside = el("div", { class: "beyond-view" });
  const where = el("span", { class: "where" });
  const figure = el("figure", { class: "picture", "aria-label": "What the agent sees" },
    el("figcaption", {}, where, el("span", { class: "faint note" }, "The agent's page. Nothing in this frame belongs to the console.")), frame, aside);
  // What is asked about stands elsewhere on the page: it has a picture of its own.
  const drawBeyond = () => {
    const { beyond } = shown ?? {};
    const wanted = beyond && !image.hidden && asked && beyond.row === target;
    const source = wanted ? `/api/runs/${run}/frame?beyond=true&n=${shown.number}` : "";
    if (aside.dataset.source === source) return;
    aside.dataset.source = source;
    aside.replaceChildren(...(wanted ? [el("p", {}, "What is asked about stands outside of the part above:"),
      kept(source, { size: beyond.size, target: beyond.area }, "The part of the page with what is asked about")] : []));
  };
  let shown = null, page = null, target = null, asked = false, pick = null, newest = 0;

  const box = (area, tag, attributes, ...children) => {
    const made = el(tag, attributes, ...children);
    const [width, height] = shown.size;
    const [left, top, wide, high] = area;
    Object.assign(made.style, { left: `${100 * left / width}%`, top: `${100 * top / height}%`, width: `${100 * wide / width}%`, height: `${100 * high / height}%` });
    return made;
  };
  // Boxes that are the same stay, so that a press on one is not lost when another picture comes in the middle of it.
  let drawn = "";
  const draw = () => {
    drawBeyond();
    const picked = pick && shown && !image.hidden ? page?.rows ?? [] : [];
    const wanted = JSON.stringify([image.hidden, shown?.size, shown?.areas, shown?.beyond?.row, target, asked, picked]);
    if (wanted === drawn) return;
    drawn = wanted;
    marks.replaceChildren();
    if (!shown || image.hidden) return;
    for (const row of picked) {
      const area = shown.areas[row.reference];
      if (area) marks.append(box(area, "button", { type: "button", class: "pick", title: row.words, "aria-label": row.words, onclick: () => pick(row.reference) }, el("span", {}, row.reference)));
    }
    const area = shown.areas[target];
    if (area) marks.append(box(area, "div", { class: "target" }));
    else if (asked && target !== null && shown.beyond?.row !== target) marks.append(el("span", { class: "beyond" }, "What is acted on lies outside of this part of the page"));
  };

  return {
    figure,
    // A new picture; it is drawn once it has come whole.
    frame(message) {
      const number = ++newest;
      if (message.hidden) {
        Object.assign(image, { hidden: true });
        blank.hidden = false;
        blank.textContent = "Not shown: a field of this page shows a secret.";
        draw();
        return;
      }
      const next = new Image();
      next.src = `/api/runs/${run}/frame?n=${message.number}.${Date.now()}`;
      next.decode().then(() => {
        if (number < newest) return;
        image.src = next.src;
        image.hidden = false;
        blank.hidden = true;
        shown = message;
        frame.style.aspectRatio = `${message.size[0]} / ${message.size[1]}`;
        draw();
        document.dispatchEvent(new CustomEvent("painted"));
      }, () => {});
    },
    page(next) {
      page = next;
      where.textContent = next ? next.url : "";
      draw();
    },
    // What is acted on; whether somebody is asked about it.
    target(next, question = false) {
      if (target === next && asked === question) return;
      [target, asked] = [next, question];
      draw();
    },
    // Lets somebody pick a row by a click; `null` ends that.
    picking(next) {
      pick = next;
      figure.classList.toggle("picking", Boolean(next));
      draw();
    },
    rows: () => page?.rows ?? [],
  };
}

// A picture that was kept of a step.
export function kept(source, caption, about) {
  const marks = el("div", { class: "marks" });
  if (caption?.target) {
    const [width, height] = caption.size;
    const [left, top, wide, high] = caption.target;
    const mark = el("div", { class: "target" });
    Object.assign(mark.style, { left: `${100 * left / width}%`, top: `${100 * top / height}%`, width: `${100 * wide / width}%`, height: `${100 * high / height}%` });
    marks.append(mark);
  }
  return el("div", { class: "frame still" }, el("img", { src: source, alt: about, loading: "lazy" }), marks);
}
