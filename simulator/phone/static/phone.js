// One user's phone: the chat with the account and everything that can be done in it.
import { call, get, user } from './api.js';
import { draw } from './bubbles.js';
import { Composer } from './composer.js';
import { face, make, overlay, overlayBar, toast } from './dom.js';
import { Pages } from './frame.js';
import { pickImages } from './picker.js';

export class Phone {
  // `page` has now() and openPanel().
  constructor(person, page) {
    this.openid = person.openid;
    this.page = page;
    this.seq = 0;
    this.queue = Promise.resolve();
    this.root = document.getElementById('phone-template').content.firstElementChild.cloneNode(true);
    this.screen = this.root.querySelector('.screen');
    for (const part of this.root.querySelectorAll('[data-part]')) this[part.dataset.part] = part;
    this.pages = new Pages(this);
    this.composer = new Composer(this.foot, {
      say: (text) => this.deed('say', { text }),
      menu: (button) => this.menu(button),
      extra: (name) => this.extra(name),
      follow: () => this.deed('follow'),
    });
    this.root.querySelector('[data-do=panel]').addEventListener('click', () => page.openPanel());
    this.root.querySelector('[data-do=profile]').addEventListener('click', () => this.profile());
    this.atEnd = true;
    this.lastTop = 0;
    this.chat.addEventListener('scroll', () => {
      const { scrollHeight, scrollTop, clientHeight } = this.chat;
      // Only who scrolls up leaves the end; a picture that grows above does not.
      if (scrollHeight - scrollTop - clientHeight < 160) this.atEnd = true;
      else if (scrollTop < this.lastTop) this.atEnd = false;
      this.lastTop = scrollTop;
    });
    // The drawer, a growing line or a turned phone take room: what was said last stays in sight.
    new ResizeObserver(() => { if (this.atEnd) this.toEnd(); }).observe(this.chat);
    this.setUser(person);
    this.refresh();
  }

  setUser(person) {
    this.person = person;
    this.root.setAttribute('aria-label', `${person.nickname}的手机`);
    this.nickname.textContent = person.nickname;
    this.composer.setFollowing(person.following);
  }

  // How much elsewhere wants to be looked at: other users' news, broken rules.
  setAlert(count) {
    this.alert.textContent = count;
    this.alert.hidden = !count;
  }

  setMenu(menu) {
    this.composer.setMenu(menu);
  }

  setTyping(typing) {
    clearTimeout(this.typingEnds);
    this.title.textContent = typing ? '对方正在输入…' : '工居服务号';
    if (typing) this.typingEnds = setTimeout(() => this.setTyping(false), 15000);
  }

  // Ask for what was missed; several calls run one after the other.
  refresh() {
    this.queue = this.queue.then(async () => {
      const { bubbles } = await get(`/_sim/users/${encodeURIComponent(this.openid)}/chat?after=${this.seq}`);
      bubbles.forEach((bubble) => this.add(bubble));
    }).catch(() => toast('聊天记录读不出来'));
    return this.queue;
  }

  hear(bubble) {
    if (bubble.seq === this.seq + 1) this.add(bubble);
    else if (bubble.seq > this.seq) this.refresh();
  }

  add(bubble) {
    if (bubble.seq <= this.seq) return;
    this.seq = bubble.seq;
    const near = this.atEnd;
    this.chat.append(...draw(bubble, this.acts, this.page.now()));
    if (bubble.side === 'account') this.setTyping(false);
    if (near || bubble.side === 'user') this.toEnd();
  }

  get acts() {
    return {
      nickname: () => this.person.nickname,
      openLink: (url, name) => this.pages.open(url, name),
      say: (text, menuId) => this.deed('say', { text, menu_id: menuId }),
      view: (url) => this.view(url),
      grew: () => { if (this.atEnd) this.toEnd(); },
    };
  }

  toEnd() {
    this.atEnd = true;
    requestAnimationFrame(() => { this.chat.scrollTop = this.chat.scrollHeight; });
  }

  async deed(name, body = {}) {
    try {
      return await user(this.openid, name, body);
    } catch (error) {
      toast(error.message);
      return {};
    }
  }

  async menu(button) {
    const key = button.key || button.url || button.name;
    const { url } = await this.deed('tap', { menu_key: key });
    if (url) this.pages.open(url, button.name);
  }

  async extra(name) {
    if (name === 'photo') await this.sendImages(await pickImages(this));
    else if (name === 'voice' || name === 'video' || name === 'unknown') await this.deed(name);
    else if (name === 'place') await this.deed('location', { label: '北京市朝阳区样张路88号', latitude: '39.92', longitude: '116.46' });
    else if (name === 'link') await this.deed('link', { title: '一篇收藏的文章', url: 'https://mp.weixin.qq.com/s/simulated' });
    else if (name === 'file') await this.deed('file', { name: '劳动合同.pdf' });
    else if (name === 'scan') await this.scan();
  }

  async sendImages(picked) {
    for (const one of picked) {
      if (one.sample) await this.deed('send_image', { sample: one.sample });
      else {
        const form = new FormData();
        form.append('file', one.file, one.file.name);
        await call('POST', `/_sim/users/${encodeURIComponent(this.openid)}/send_image`, form).catch((error) => toast(error.message));
      }
    }
  }

  async scan() {
    const input = make('input', { 'aria-label': '二维码的场景值', placeholder: '场景值，例如 poster-1', autofocus: true, value: 'poster-1', class: 'scene' });
    const go = () => { const scene = input.value.trim(); layer.close(); if (scene) this.deed('scan', { scene }); };
    input.addEventListener('keydown', (event) => { if (event.key === 'Enter') go(); });
    const layer = overlay(this, { label: '扫码', kind: 'low' }, make('div', { class: 'sheet' }, make('h2', {}, '扫带参数的二维码'), input,
      make('button', { class: 'wide', type: 'button', on: { click: go } }, '扫一扫'), make('button', { class: 'wide plain', type: 'button', on: { click: () => layer.close() } }, '取消')));
  }

  view(url) {
    const { bar } = overlayBar('图片', () => layer.close(), { back: true });
    const layer = overlay(this, { label: '图片', kind: 'dark' }, bar, make('div', { class: 'viewer' }, make('img', { src: url, alt: '图片' })));
  }

  profile() {
    const toggle = this.person.following ? ['取消关注', 'unfollow', 'plain'] : ['关注公众号', 'follow', ''];
    const layer = overlay(this, { label: '公众号资料', kind: 'low' }, make('div', { class: 'sheet' },
      make('div', { class: 'profile-face' }, face('工居', '#07a255'), make('div', {}, make('h2', {}, '工居服务号'), make('p', {}, '北京市工作居住证代办（模拟）'))),
      make('button', { class: `wide ${toggle[2]}`, type: 'button', on: { click: () => { layer.close(); this.deed(toggle[1]); } } }, toggle[0]),
      make('button', { class: 'wide plain', type: 'button', autofocus: true, on: { click: () => layer.close() } }, '返回聊天')));
  }
}
