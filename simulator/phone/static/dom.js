// Small pieces of page building that every part uses.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') for (const [event, then] of Object.entries(value)) element.addEventListener(event, then);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(name, className = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  if (className) svg.setAttribute('class', className);
  svg.append(use);
  return svg;
}

const COLOURS = ['#5b8def', '#e08a4f', '#8a6fd1', '#3f9e8f', '#c9577a', '#7d8a4a'];

export function face(name, colour) {
  const sum = [...name].reduce((total, letter) => total + letter.codePointAt(0), 0);
  return make('span', { class: 'face', style: `background:${colour ?? COLOURS[sum % COLOURS.length]}`, 'aria-hidden': 'true' }, [...name].at(-1) ?? '?');
}

let hiding = 0;

export function toast(text) {
  const box = document.getElementById('toast');
  box.textContent = text;
  box.classList.add('shown');
  clearTimeout(hiding);
  hiding = setTimeout(() => box.classList.remove('shown'), 2600);
}

export const yuan = (fen) => (fen / 100).toFixed(2);

// A layer over one phone: what lies below cannot be reached, Escape closes it, focus returns where it was.
export function overlay(phone, { label, kind = '', onClose = () => {} }, ...children) {
  const before = document.activeElement;
  const box = make('div', { class: `overlay ${kind}`, role: 'dialog', 'aria-modal': 'true', 'aria-label': label, tabindex: '-1' }, ...children);
  const below = [phone.screen, ...phone.overlays.children];
  const reachable = below.filter((element) => !element.inert);
  reachable.forEach((element) => { element.inert = true; });
  let open = true;
  const close = (answer) => {
    if (!open) return;
    open = false;
    box.remove();
    reachable.forEach((element) => { element.inert = false; });
    if (before?.isConnected) before.focus?.();
    onClose(answer);
  };
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close();
  });
  phone.overlays.append(box);
  (box.querySelector('[autofocus]') ?? box).focus();
  return { box, close };
}

export function overlayBar(title, onClose, { back = false } = {}) {
  const heading = make('strong', {}, title);
  const button = make('button', { class: 'icon', type: 'button', 'aria-label': '关闭', on: { click: () => onClose() } }, icon(back ? 'back' : 'close'));
  return { bar: make('div', { class: 'frame-bar' }, button, heading, make('span', { class: 'blank' })), heading };
}
