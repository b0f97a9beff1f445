// Files: the field that takes one, and a link that is saved instead of opened.

const takesFiles = element => element?.localName === "input" && element.type === "file";

// The field for files that the element is or stands for: its own, its label's, or the only one
// around it, as of a button that opens a hidden field.
function chooser(aim) {
  const { element, stale } = verify(aim);
  if (stale) return { ...place(), stale };
  const found = behind(element);
  return found ? { ...place(), one: describe(found) } : place();
}

function behind(element) {
  if (takesFiles(element)) return element;
  const labelled = element.closest("label")?.control;
  if (takesFiles(labelled)) return labelled;
  for (let box = element, level = 0; box && level < 4 && box.localName !== "body"; box = parentOf(box), level++) {
    const fields = box.querySelectorAll("input[type=file]");
    if (fields.length) return fields.length === 1 ? fields[0] : null;
  }
  return null;
}

let grasped = null;

// Makes ready for a file to be put into the field.
function grasp(aim) {
  grasped = null;
  const { element, stale } = verify(aim);
  if (stale) return { stale };
  if (!isEnabled(element)) return { trouble: "disabled" };
  mark();
  grasped = aim;
  return { done: true };
}

// The field that was made ready, if it is still what it was.
function held() {
  return grasped ? verify(grasped).element ?? null : null;
}

// Whether the page is about to leave its document.
function leaves() {
  return leaving.size > 0;
}

// A navigation that has turned into a download ends without a word.
function stay() {
  leaving.clear();
  return { done: true };
}

// Follows an address of this origin as a link that is saved, which no server can turn into a page.
function save({ url }) {
  mark();
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
  return { done: true };
}
