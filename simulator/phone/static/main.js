// The page: who the users are, whose phones are shown, and what changes while one looks.
import { get, listen, post } from './api.js';
import { face, make, toast } from './dom.js';
import { Phone } from './phone.js';
import { Tools } from './tools.js';

const $ = (id) => document.getElementById(id);
const users = new Map();
const phones = new Map();
const unread = new Map();
const tools = new Tools();
let menu = null;
let shown = [];

const page = {
  now: () => tools.now(),
  openPanel: () => {
    $('panel').classList.add('open');
    $('panel').querySelector('button, input').focus();
  },
};

function closePanel() {
  $('panel').classList.remove('open');
}

function phoneOf(openid) {
  if (!phones.has(openid)) {
    const phone = new Phone(users.get(openid), page);
    phone.setMenu(menu);
    phones.set(openid, phone);
  }
  return phones.get(openid);
}

function show(openids) {
  shown = openids.filter((openid) => users.has(openid));
  const wanted = shown.map((openid) => phoneOf(openid).root);
  for (const child of [...$('phones').children]) if (!wanted.includes(child)) child.remove();
  wanted.forEach((root) => { if (!root.isConnected) $('phones').append(root); });
  shown.forEach((openid) => { unread.delete(openid); phoneOf(openid).toEnd(); });
  const query = new URLSearchParams();
  shown.forEach((openid) => query.append('u', openid));
  history.replaceState(null, '', `/phone?${query}`);
  drawUsers();
}

function drawUsers() {
  const news = [...unread.values()].reduce((total, count) => total + count, 0);
  shown.forEach((openid) => phones.get(openid)?.setAlert(news + tools.violations.length));
  $('users').replaceChildren(...[...users.values()].map((person) => {
    const picture = face(person.nickname);
    const count = unread.get(person.openid);
    if (count) picture.append(make('span', { class: 'unread' }, count));
    const isShown = shown.includes(person.openid);
    const pick = make('button', { class: 'pick', type: 'button', 'aria-current': isShown ? 'true' : null, on: { click: () => { show([person.openid]); closePanel(); } } },
      picture, make('span', {}, person.nickname, person.following ? '' : make('span', { class: 'faint' }, ' 未关注')));
    const beside = make('button', { class: 'beside', type: 'button', 'aria-label': isShown ? `收起${person.nickname}的手机` : `把${person.nickname}的手机放在旁边`, on: { click: () => show(isShown ? shown.filter((o) => o !== person.openid) : [...shown, person.openid]) } }, isShown ? '收起' : '并排');
    return make('li', { class: isShown ? 'shown' : '' }, pick, shown.length === 1 && isShown ? null : beside);
  }));
}

async function addUser(nickname) {
  const person = await post('/_sim/users', { nickname, following: false });
  users.set(person.openid, person);
  show([person.openid]);
}

function hear(change) {
  tools.hear(change);
  if (change.type === 'bubble') {
    const { openid, bubble } = change;
    phones.get(openid)?.hear(bubble);
    if (!shown.includes(openid) && bubble.side === 'account') {
      unread.set(openid, (unread.get(openid) ?? 0) + 1);
      drawUsers();
    }
  }
  if (change.type === 'violation') drawUsers();
  if (change.type === 'typing') phones.get(change.openid)?.setTyping(change.typing);
  if (change.type === 'menu') {
    menu = change.menu;
    phones.forEach((phone) => phone.setMenu(menu));
  }
  if (change.type === 'user') {
    users.set(change.user.openid, change.user);
    phones.get(change.user.openid)?.setUser(change.user);
    drawUsers();
  }
  if (change.type === 'reset') location.assign('/phone');
}

async function load() {
  const [people, kept] = await Promise.all([get('/_sim/users'), get('/_sim/menu')]);
  menu = kept.menu;
  people.users.forEach((person) => users.set(person.openid, person));
  await tools.load();
}

async function begin() {
  await load();
  listen(hear, async () => {
    await load();
    phones.forEach((phone) => { phone.setMenu(menu); phone.refresh(); });
    drawUsers();
  });
  const asked = new URLSearchParams(location.search).getAll('u').filter((openid) => users.has(openid));
  if (!users.size) await addUser('小周');
  else show(asked.length ? asked : [[...users.keys()][0]]);
}

$('add-user').addEventListener('submit', async (event) => {
  event.preventDefault();
  const field = event.target.nickname;
  await addUser(field.value.trim());
  field.value = '';
  closePanel();
});
$('panel-close').addEventListener('click', closePanel);
$('phones').addEventListener('pointerdown', closePanel);
document.addEventListener('keydown', (event) => { if (event.key === 'Escape') closePanel(); });
$('reset').addEventListener('click', async () => {
  if (window.confirm('清空所有用户、聊天和订单，时间回到现在？')) await post('/_sim/reset');
});
begin().catch(() => toast('模拟器没有回应，请看它的日志'));
