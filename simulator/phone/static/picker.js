// The album: sample documents to pick from, and files of one's own.
import { get } from './api.js';
import { make, overlay, overlayBar } from './dom.js';

let listed;

async function samples() {
  listed ??= get('/_sim/samples').then((answer) => answer.samples);
  return listed;
}

// Resolves with the picked things in order, each {sample} or {file}; empty when the user closed the album.
export async function pickImages(phone, { most = 9, verb = '发送' } = {}) {
  const all = await samples();
  return new Promise((resolve) => {
    const picked = [];
    const send = make('button', { class: 'wide', type: 'button', disabled: true }, verb);
    const files = make('input', { type: 'file', multiple: most > 1, accept: 'image/*,.pdf', 'aria-label': '从本机选择文件' });
    const marks = new Map();
    const count = () => {
      send.disabled = !picked.length;
      send.textContent = picked.length ? `${verb}（${picked.length}）` : verb;
      for (const [name, button] of marks) {
        const at = picked.indexOf(name);
        button.setAttribute('aria-pressed', String(at >= 0));
        button.querySelector('i').textContent = at >= 0 ? at + 1 : '';
      }
    };
    const cell = (sample) => {
      const image = make('img', { src: sample.url, alt: '', loading: 'lazy' });
      image.addEventListener('error', () => image.replaceWith(make('span', { class: 'broken' }, '打不开')), { once: true });
      const button = make('button', { type: 'button', 'aria-pressed': 'false', 'aria-label': sample.title, 'data-sample': sample.name }, image, make('span', {}, sample.title), make('i', {}));
      button.addEventListener('click', () => {
        const at = picked.indexOf(sample.name);
        if (at >= 0) picked.splice(at, 1);
        else if (picked.length < most) picked.push(sample.name);
        else if (most === 1) picked.splice(0, 1, sample.name);
        count();
      });
      marks.set(sample.name, button);
      return button;
    };
    const { bar } = overlayBar('选择图片', () => layer.close([]));
    const layer = overlay(phone, { label: '选择图片', onClose: (answer) => resolve(answer ?? []) }, bar,
      make('div', { class: 'picker' },
        make('h3', {}, '样张：人物和单位都是虚构的'), make('div', { class: 'grid' }, ...all.filter((s) => s.good).map(cell)),
        make('h3', {}, '有毛病的图片，用来试试会怎样'), make('div', { class: 'grid' }, ...all.filter((s) => !s.good).map(cell))),
      make('div', { class: 'picker-foot' }, make('label', {}, files, make('span', { 'aria-hidden': 'true' }, '从本机选择')), send));
    files.addEventListener('change', () => layer.close([...files.files].slice(0, most).map((file) => ({ file }))));
    send.addEventListener('click', () => layer.close(picked.map((sample) => ({ sample }))));
  });
}

export async function bytesOf(picked) {
  if (picked.file) return picked.file;
  return (await fetch(`/_sim/samples/${picked.sample}.jpg`)).blob();
}
