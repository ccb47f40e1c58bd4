// Opens WeChat's payment sheet; what counts is the server's own query, not what the sheet says.
'use strict';

const button = document.getElementById('pay');
const state = document.getElementById('state');
const done = document.getElementById('done');
const WAITS_MS = [0, 1000, 2000, 3000, 5000];

function tell(text, warn) {
  state.textContent = text;
  state.classList.toggle('notice-warn', Boolean(warn));
  state.hidden = false;
}

async function confirmPaid() {
  tell('正在确认支付结果…');
  busy(button, true);
  for (const wait of WAITS_MS) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const answer = await post('/h5/pay/check').catch(() => ({}));
    if (answer.paid) {
      tell('支付成功，我们开始审核材料了。');
      busy(button, false);
      button.hidden = true;
      done.hidden = false;
      return;
    }
  }
  tell('还没有收到支付结果。如果您已付款，不用重复支付，稍后会在聊天里告诉您。', true);
  busy(button, false);
  button.disabled = false;
  done.hidden = false;
}

function openSheet() {
  button.disabled = true;
  window.WeixinJSBridge.invoke('getBrandWCPayRequest', JSON.parse(button.dataset.jsapi), (result) => {
    if (result.err_msg === 'get_brand_wcpay_request:ok') confirmPaid();
    else {
      button.disabled = false;
      if (result.err_msg === 'get_brand_wcpay_request:cancel') tell('您取消了支付，可以随时再付。');
      else tell('没有付成，请再试一次。', true);
    }
  });
}

button.addEventListener('click', () => {
  if (window.WeixinJSBridge) openSheet();
  else if (/MicroMessenger/i.test(navigator.userAgent)) document.addEventListener('WeixinJSBridgeReady', openSheet, { once: true });
  else tell('请在微信里打开这个页面付款。', true);
});
