// What a web page finds inside WeChat: `wx` (JS-SDK 1.6) and `WeixinJSBridge`. Everything a user would see is done by the
// phone page around the frame; the two talk by postMessage.
(function () {
  'use strict';

  const phone = new URL(document.currentScript.src).origin;
  const inside = window.parent !== window;
  const waiting = new Map();
  let calls = 0;
  let configured = null;

  function ask(api, parameters) {
    return new Promise((resolve) => {
      const id = ++calls;
      waiting.set(id, resolve);
      window.parent.postMessage({ sim: 'call', id, api, parameters: JSON.parse(JSON.stringify(parameters ?? {})) }, phone);
    });
  }

  window.addEventListener('message', (event) => {
    if (event.origin !== phone || event.source !== window.parent || event.data?.sim !== 'answer') return;
    waiting.get(event.data.id)?.(event.data.answer);
    waiting.delete(event.data.id);
  });

  if (!inside) return; // As in any browser that is not WeChat: no bridge.

  const menuApis = ['hideOptionMenu', 'showOptionMenu', 'hideMenuItems', 'showMenuItems', 'hideAllNonBaseMenuItem',
    'updateAppMessageShareData', 'updateTimelineShareData'];
  const apis = ['chooseImage', 'uploadImage', 'previewImage', 'getLocalImgData', 'chooseWXPay', 'closeWindow', 'scanQRCode',
    ...menuApis];

  const ready = [];
  const failed = [];
  let lastError = null;

  const wx = {
    config(options) {
      configured = { allowed: false, apis: options.jsApiList ?? [], appId: options.appId };
      const { appId, timestamp, nonceStr, signature } = options;
      ask('config', { appId, timestamp, nonceStr, signature, url: location.href.split('#')[0] }).then((answer) => {
        if (options.debug) window.alert(answer.errMsg);
        if (answer.ok) {
          configured.allowed = true;
          ready.splice(0).forEach((then) => then());
          return;
        }
        lastError = { errMsg: answer.errMsg };
        failed.forEach((then) => then(lastError));
      });
    },
    ready(then) {
      if (configured?.allowed) then(); else ready.push(then);
    },
    error(then) {
      failed.push(then);
      if (lastError) then(lastError);
    },
    checkJsApi(options) {
      const checkResult = Object.fromEntries((options.jsApiList ?? []).map((name) => [name, apis.includes(name)]));
      options.success?.({ checkResult, errMsg: 'checkJsApi:ok' });
    },
  };

  function finish(name, options, answer) {
    const result = { ...answer, errMsg: `${name}:${answer.word}` };
    delete result.word;
    if (answer.word === 'ok') options.success?.(result);
    else if (answer.word === 'cancel') options.cancel?.(result);
    else options.fail?.(result);
    options.complete?.(result);
  }

  for (const name of apis) {
    wx[name] = (options = {}) => {
      if (!configured?.allowed || !configured.apis.includes(name)) {
        finish(name, options, { word: 'permission denied' });
        return;
      }
      if (menuApis.includes(name)) {
        finish(name, options, { word: 'ok' });
        return;
      }
      const parameters = name === 'chooseWXPay' ? { ...options, appId: configured.appId, timeStamp: String(options.timestamp) } : options;
      ask(name, parameters).then((answer) => finish(name, options, answer));
    };
  }

  window.wx = window.jWeixin = wx;
  window.WeixinJSBridge = {
    invoke(name, parameters, then) {
      if (name === 'getBrandWCPayRequest') {
        ask('pay', parameters).then((answer) => then?.({ err_msg: `get_brand_wcpay_request:${answer.word}`, err_desc: answer.reason ?? '' }));
        return;
      }
      ask(name, parameters).then((answer) => then?.({ err_msg: `${name}:${answer.word ?? 'ok'}` }));
    },
    call(name) {
      ask(name, {});
    },
    on() {},
  };

  const announce = () => {
    window.parent.postMessage({ sim: 'title', title: document.title }, phone);
    document.dispatchEvent(new Event('WeixinJSBridgeReady'));
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', announce);
  else announce();
})();
