// The foot of the chat: the account's menu, the line to write on, the drawer behind “+”, and the button to follow.
import { icon, make } from './dom.js';

const EXTRAS = [
  ['photo', '相册'], ['voice', '语音'], ['place', '位置'], ['link', '链接'],
  ['file', '文件'], ['video', '视频'], ['scan', '扫码'], ['unknown', '未知类型'],
];

// `act` has say(text), menu(button), extra(name) and follow().
export class Composer {
  constructor(foot, act) {
    this.foot = foot;
    this.act = act;
    this.menu = null;
    this.following = true;
    this.writing = true;
    this.draft = '';
    this.foot.addEventListener('keydown', (event) => { if (event.key === 'Escape') this.closeAll(event); });
    document.addEventListener('pointerdown', (event) => { if (!this.foot.contains(event.target)) this.closeSubs(); });
  }

  setMenu(menu) {
    const had = Boolean(this.menu?.button?.length);
    this.menu = menu;
    if (this.hasMenu && !had && !this.draft) this.writing = false;
    if (!this.hasMenu) this.writing = true;
    this.draw();
  }

  setFollowing(following) {
    if (this.following === following && this.foot.childElementCount) return;
    this.following = following;
    this.draw();
  }

  get hasMenu() {
    return Boolean(this.menu?.button?.length);
  }

  draw() {
    if (!this.following) {
      this.foot.replaceChildren(make('div', { class: 'follow' }, make('p', {}, '关注后就可以在这里办理工作居住证'),
        make('button', { class: 'wide', type: 'button', on: { click: () => this.act.follow() } }, '关注公众号')));
      return;
    }
    this.foot.replaceChildren(make('div', { class: 'line' }, this.toggle(), this.writing ? this.line() : this.tops()));
  }

  toggle() {
    if (!this.hasMenu) return null;
    const name = this.writing ? 'menu' : 'keyboard';
    return make('button', { class: 'icon', type: 'button', 'aria-label': this.writing ? '切换到菜单' : '切换到键盘', on: { click: () => {
      this.writing = !this.writing;
      this.draw();
      this.foot.querySelector('textarea')?.focus();
    } } }, icon(name));
  }

  line() {
    const text = make('textarea', { rows: '1', 'aria-label': '输入消息', placeholder: '', autocomplete: 'off', enterkeyhint: 'send' });
    const send = make('button', { class: 'send', type: 'button' }, '发送');
    const plus = make('button', { class: 'icon', type: 'button', 'aria-label': '更多：图片、语音、位置', 'aria-expanded': 'false' }, icon('plus'));
    const changed = () => {
      this.draft = text.value;
      send.disabled = !text.value.trim();
      plus.hidden = !send.disabled;
      text.style.height = '38px';
      text.style.height = `${Math.min(text.scrollHeight, 110)}px`;
    };
    const go = () => {
      if (!text.value.trim()) return;
      this.act.say(text.value.trim());
      text.value = '';
      changed();
      text.focus();
    };
    text.value = this.draft;
    text.addEventListener('input', changed);
    text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      go();
    });
    send.addEventListener('click', go);
    plus.addEventListener('click', () => this.toggleDrawer(plus));
    requestAnimationFrame(changed);
    send.disabled = true;
    return make('div', { class: 'write' }, text, send, plus);
  }

  toggleDrawer(plus) {
    const open = this.foot.querySelector('.drawer');
    plus.setAttribute('aria-expanded', String(!open));
    if (open) {
      open.remove();
      return;
    }
    this.foot.append(make('div', { class: 'drawer' }, ...EXTRAS.map(([name, label]) => make('button', { type: 'button', on: { click: () => {
      this.foot.querySelector('.drawer')?.remove();
      plus.setAttribute('aria-expanded', 'false');
      this.act.extra(name);
    } } }, make('span', {}, icon(name)), label))));
    this.foot.querySelector('.drawer button').focus();
  }

  tops() {
    return make('ul', { class: 'tops', 'aria-label': '公众号菜单' }, ...this.menu.button.map((top) => this.top(top)));
  }

  top(top) {
    const subs = top.sub_button?.length ? top.sub_button : null;
    const button = make('button', { type: 'button', class: subs ? 'has-sub' : '', 'aria-haspopup': subs ? 'menu' : null, 'aria-expanded': subs ? 'false' : null }, top.name);
    const item = make('li', {}, button);
    button.addEventListener('click', () => {
      const open = item.querySelector('.subs');
      this.closeSubs();
      if (!subs) this.act.menu(top);
      else if (!open) this.openSubs(item, button, subs);
    });
    return item;
  }

  openSubs(item, button, subs) {
    button.setAttribute('aria-expanded', 'true');
    const list = make('ul', { class: 'subs', role: 'menu' }, ...subs.map((sub) => make('li', { role: 'none' },
      make('button', { type: 'button', role: 'menuitem', on: { click: () => { this.closeSubs(); this.act.menu(sub); } } }, sub.name))));
    list.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const buttons = [...list.querySelectorAll('button')];
      buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length)?.focus();
    });
    item.append(list);
    list.querySelector('button').focus({ preventScroll: true });
  }

  closeSubs() {
    this.foot.querySelectorAll('.subs').forEach((list) => list.remove());
    this.foot.querySelectorAll('[aria-haspopup]').forEach((button) => button.setAttribute('aria-expanded', 'false'));
  }

  closeAll(event) {
    if (!this.foot.querySelector('.subs, .drawer')) return;
    event.stopPropagation();
    const opener = this.foot.querySelector('[aria-expanded=true]');
    this.closeSubs();
    this.foot.querySelector('.drawer')?.remove();
    opener?.setAttribute('aria-expanded', 'false');
    opener?.focus();
  }
}
