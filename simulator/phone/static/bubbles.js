// Turns what the simulator keeps of a chat into what the user sees.
import { face, icon, make } from './dom.js';

const ANCHOR = /<a\s+href\s*=\s*(["']).*?\1[^>]*>.*?<\/a>/gis;

// `act` has openLink(url), say(text, menuId) and view(imageUrl).
export function draw(bubble, act, now) {
  const items = [];
  if (bubble.divider) items.push(make('li', { class: 'stamp' }, make('time', { datetime: bubble.at }, stamp(bubble.at, now))));
  if (bubble.side === 'system' || bubble.kind === 'banner' || bubble.kind === 'notice') {
    items.push(make('li', { class: `notice ${bubble.kind === 'banner' ? 'banner' : ''}`, role: bubble.kind === 'banner' ? 'alert' : null }, bubble.text));
    return items;
  }
  const mine = bubble.side === 'user';
  items.push(make('li', { class: `said ${bubble.side}`, 'data-seq': bubble.seq, 'data-kind': bubble.kind },
    face(mine ? act.nickname() : '工居', mine ? undefined : '#07a255'), content(bubble, act)));
  return items;
}

function content(bubble, act) {
  const drawn = DRAW[bubble.kind];
  return drawn ? drawn(bubble, act) : make('div', { class: 'bubble' }, `［${bubble.kind}］${bubble.text}`);
}

const DRAW = {
  text: (bubble, act) => make('div', { class: 'bubble' }, ...textParts(bubble, act)),
  msgmenu: (bubble, act) => make('div', { class: 'bubble' }, bubble.card.head_content || bubble.text,
    make('div', { class: 'taps' }, ...bubble.links.map((link) => tappable(link, act))), bubble.card.tail_content || ''),
  image: (bubble, act) => {
    const url = mediaUrl(bubble);
    const picture = make('img', { src: url, alt: bubble.side === 'user' ? '我发的图片' : '图片', loading: 'lazy' });
    picture.addEventListener('load', () => act.grew());
    return make('div', { class: 'bubble bare' },
      make('button', { class: 'open-image', type: 'button', 'aria-label': '查看图片', on: { click: () => act.view(url) } }, picture));
  },
  voice: () => make('div', { class: 'bubble' }, icon('voice', 'glyph'), '语音 2″'),
  video: () => make('div', { class: 'bubble' }, icon('video', 'glyph'), '小视频'),
  music: (bubble) => make('div', { class: 'bubble' }, `♪ ${bubble.card.title ?? ''}`),
  location: (bubble) => make('div', { class: 'bubble' }, icon('place', 'glyph'), bubble.text || '位置'),
  file: (bubble) => make('div', { class: 'bubble' }, icon('file', 'glyph'), bubble.text || '文件'),
  link: (bubble) => make('div', { class: 'bubble' }, icon('link', 'glyph'), bubble.text || bubble.card.Title || '链接'),
  miniprogram: (bubble) => make('div', { class: 'bubble' }, `小程序：${bubble.card.title ?? ''}`),
  news: (bubble, act) => openable(bubble.card.url, bubble.card.title, act,
    bubble.card.image_url ? make('img', { src: bubble.card.image_url, alt: '' }) : null,
    make('h3', {}, bubble.card.title ?? ''), make('p', {}, bubble.card.description ?? '')),
  template: (bubble, act) => openable(bubble.card.url, bubble.card.title, act,
    make('h3', {}, bubble.card.title ?? bubble.text), make('div', { class: 'when' }, '服务通知'),
    make('dl', {}, ...(bubble.card.fields ?? []).flatMap((field) => [make('dt', {}, field.label), make('dd', {}, field.value)])),
    bubble.card.url ? make('div', { class: 'more' }, '查看详情') : null),
};

function openable(url, name, act, ...children) {
  if (!url) return make('div', { class: 'card' }, ...children);
  return make('button', { class: 'card', type: 'button', on: { click: () => act.openLink(url, name) } }, ...children);
}

function textParts(bubble, act) {
  const parts = [];
  let from = 0;
  let number = 0;
  for (const found of bubble.text.matchAll(ANCHOR)) {
    parts.push(bubble.text.slice(from, found.index));
    const link = bubble.links[number++];
    parts.push(link ? tappable(link, act) : found[0]);
    from = found.index + found[0].length;
  }
  const rest = bubble.text.slice(from);
  return bubble.links.length ? [...parts, rest] : [...parts, ...plainUrls(rest, act)];
}

// A bare web address in a text can be tapped, too.
function plainUrls(text, act) {
  return text.split(/(https?:\/\/[^\s\u3000-\u303f\uff00-\uffef]+)/).map((part) => (/^https?:\/\//.test(part)
    ? tappable({ kind: 'url', href: part, label: part }, act) : part));
}

function tappable(link, act) {
  if (link.kind === 'url') {
    return make('a', { href: link.href, on: { click: (event) => { event.preventDefault(); act.openLink(link.href, link.label); } } }, link.label);
  }
  if (!link.content || !link.id) return make('span', { class: 'dead', title: '这个链接缺参数，点了没有反应' }, link.label);
  return make('button', { class: 'tap', type: 'button', 'data-payload': link.id, on: { click: () => act.say(link.content, link.id) } }, link.label);
}

function mediaUrl(bubble) {
  return bubble.media_id ? `/_sim/media/${encodeURIComponent(bubble.media_id)}` : bubble.image_url;
}

const day = (moment) => new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', year: 'numeric', month: 'numeric', day: 'numeric' }).format(moment);

export function stamp(at, now) {
  const moment = new Date(at);
  const clock = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(moment);
  if (day(moment) === day(now)) return clock;
  if (day(moment) === day(new Date(now.getTime() - 86400000))) return `昨天 ${clock}`;
  return `${new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'long', day: 'numeric' }).format(moment)} ${clock}`;
}
