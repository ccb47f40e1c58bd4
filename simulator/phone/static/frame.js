// The account's web pages, in a frame over the chat, and what the phone does for them (`wx`, `WeixinJSBridge`).
import { call, post } from './api.js';
import { make, overlay, overlayBar, toast } from './dom.js';
import { bytesOf, pickImages } from './picker.js';
import { pay } from './sheet.js';

const SANDBOX = 'allow-scripts allow-forms allow-same-origin allow-popups allow-downloads allow-modals';

export class Pages {
  constructor(phone) {
    this.phone = phone;
    this.images = new Map();
    this.current = null;
    window.addEventListener('message', (event) => this.hear(event));
  }

  // `name`: what was tapped; it stands over the page until the page says its own title.
  open(url, name = '') {
    if (!/^https?:\/\//.test(url)) {
      toast('这个链接在微信里打不开');
      return;
    }
    this.current?.close();
    // Who is holding the phone: the authorise page reads it.
    document.cookie = `sim_user=${encodeURIComponent(this.phone.openid)}; path=/; SameSite=Lax`;
    const frame = make('iframe', { src: url, sandbox: SANDBOX, title: '网页' });
    const { bar, heading } = overlayBar(name || '网页', () => layer.close());
    const layer = overlay(this.phone, { label: '网页', onClose: () => { if (this.current === layer) this.current = null; } }, bar, frame);
    layer.frame = frame;
    layer.heading = heading;
    this.current = layer;
  }

  async hear(event) {
    const layer = this.current;
    if (!layer || event.source !== layer.frame.contentWindow) return;
    const { sim, id, api, parameters, title } = event.data ?? {};
    if (sim === 'title' && title) layer.heading.textContent = title;
    if (sim !== 'call') return;
    let answer;
    try {
      answer = await this.answer(api, parameters ?? {}, layer);
    } catch (error) {
      toast(error.message);
      answer = { word: 'fail' };
    }
    event.source.postMessage({ sim: 'answer', id, answer }, event.origin);
  }

  async answer(api, parameters, layer) {
    switch (api) {
      case 'config': return post('/_sim/jssdk/check', { ...parameters, openid: this.phone.openid });
      case 'pay': return pay(this.phone, parameters);
      case 'chooseWXPay': {
        const { appId, timeStamp, nonceStr, package: bundle, signType, paySign } = parameters;
        return pay(this.phone, { appId, timeStamp, nonceStr, package: bundle, signType, paySign });
      }
      case 'chooseImage': return this.choose(parameters);
      case 'uploadImage': return this.upload(parameters.localId);
      case 'getLocalImgData': return { word: 'ok', localData: await dataUrl(await this.image(parameters.localId)) };
      case 'previewImage': this.phone.view(parameters.current ?? parameters.urls?.[0]); return { word: 'ok' };
      case 'closeWindow': layer.close(); return { word: 'ok' };
      default: return { word: 'ok' };
    }
  }

  async choose({ count = 9 }) {
    const picked = await pickImages(this.phone, { most: count, verb: '完成' });
    if (!picked.length) return { word: 'cancel' };
    const localIds = picked.map((one) => {
      const localId = `weixin://resourceid/${crypto.randomUUID().replaceAll('-', '')}`;
      this.images.set(localId, one);
      return localId;
    });
    return { word: 'ok', localIds, sourceType: 'album' };
  }

  async image(localId) {
    if (!this.images.has(localId)) throw new Error('没有这张图片');
    return bytesOf(this.images.get(localId));
  }

  async upload(localId) {
    const { media_id: serverId } = await call('POST', '/_sim/phone/media', await this.image(localId));
    return { word: 'ok', serverId };
  }
}

function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = reject;
    reader.readAsDataURL(blob);
  });
}
