// WCAG 2.2: 1.4.3 contrast, 4.1.2 names, 2.5.8 target size (44 px on a phone, WeUI's own measure), 1.4.10 reflow.
({ target, spared }) => {
  const faults = [];
  const said = (e) => `${e.tagName.toLowerCase()}.${e.className} “${(e.innerText || e.name || '').trim().slice(0, 16)}”`;
  const isSpared = (e) => spared.some((one) => e.closest(one));
  const isSeen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && e.getBoundingClientRect().width > 1 && e.getBoundingClientRect().right > 0;
  const channels = (colour) => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return a ? [r, g, b, a / 255] : [0, 0, 0, 0];
  };
  const over = (top, below) => [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3])).concat(1);
  const ground = (e) => {
    const layers = [];
    for (let one = e; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.backgroundImage !== 'none') return null;
      layers.push(channels(style.backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), channels(getComputedStyle(document.body).backgroundColor));
  };
  const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  while (words.nextNode()) {
    const e = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || told.has(e) || !isSeen(e) || isSpared(e) || e.closest('[disabled], [inert]')) continue;
    told.add(e);
    const below = ground(e);
    if (!below) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(over(channels(style.color), below)), light(below)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < needed) faults.push(`contrast ${ratio.toFixed(2)}: ${said(e)}`);
  }
  for (const e of document.querySelectorAll('input:not([type=hidden]), select, textarea, button, a[href], summary, [role=button]')) {
    if (!isSeen(e) && !(e.type === 'file')) continue;
    const name = e.getAttribute('aria-label') || e.innerText || [...(e.labels ?? [])].map((l) => l.innerText).join('')
      || e.title || [...e.querySelectorAll('img')].map((i) => i.alt).join('');
    if (!name?.trim()) faults.push(`no name: ${said(e)} ${e.outerHTML.slice(0, 80)}`);
    const isInText = e.tagName === 'A' && getComputedStyle(e).display === 'inline';
    const zone = (e.type === 'checkbox' || e.type === 'radio' || e.type === 'file') && e.labels?.length ? e.labels[0] : e;
    const { width, height } = zone.getBoundingClientRect();
    if (!isInText && !isSpared(e) && Math.round(Math.min(width, height)) < target) faults.push(`small ${Math.round(width)}×${Math.round(height)}: ${said(e)}`);
  }
  for (const e of document.querySelectorAll('img:not([alt])')) faults.push(`no alt: ${e.src.slice(-40)}`);
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of ids.filter((one, at) => ids.indexOf(one) !== at)) faults.push(`id twice: ${id}`);
  for (const l of document.querySelectorAll('label[for]')) if (!document.getElementById(l.htmlFor)) faults.push(`label for nothing: ${l.htmlFor}`);
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) faults.push(`${wide} px too wide`);
  if (document.documentElement.lang !== 'zh-CN') faults.push('language');
  if (!document.title.trim()) faults.push('title');
  if (document.querySelectorAll('h1').length !== 1) faults.push(`${document.querySelectorAll('h1').length} main headings`);
  return [...new Set(faults)];
}
