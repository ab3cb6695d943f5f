// What a page sounds like beyond what axe judges: texts that run together where a mark or a style parts them for the
// eye, and pictures with a text of their own whose axis ticks are read one by one all the same.
() => {
  const named = "td,th,a,button,summary,label,legend,caption,h1,h2,h3,h4,option";
  const blocks = `${named},p,li,dt,dd,div,section,header,footer,form,fieldset,article,aside,nav,figcaption,pre`;
  const unit = (element) => element.closest(named) || element.closest(blocks);
  const isHeard = (element) => element.checkVisibility({ visibilityProperty: true })
    && !element.closest("svg, [aria-hidden=true], script, style, textarea, .narrative");
  const told = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let before = null;
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (!data.trim()) { before = null; continue; }
    if (!isHeard(parentElement)) continue;
    const here = unit(parentElement);
    if (before && before.unit === here && /[\p{L}\p{N}.?!]$/u.test(before.data) && /^[\p{L}\p{N}]/u.test(data))
      told.push(`run together: ${before.data.slice(-40)}|${data.slice(0, 40)}`);
    before = { data, unit: here };
  }
  for (const picture of document.querySelectorAll("svg[role=img]"))
    if (![...picture.children].every((part) => part.matches("title, desc, defs, [aria-hidden=true]")))
      told.push(`read out piece by piece: ${picture.outerHTML.slice(0, 120)}`);
  return told;
}
