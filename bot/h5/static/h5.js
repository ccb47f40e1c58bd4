// What every page shares: back to the chat, show a password, post JSON with the page's token.
'use strict';

const csrf = document.querySelector('meta[name=csrf]')?.content ?? '';

function closePage() {
  if (window.WeixinJSBridge) window.WeixinJSBridge.call('closeWindow');
  else if (window.wx?.closeWindow) window.wx.closeWindow();
  else window.close();
}

// WeUI's own wheel in a button, for as long as its work goes on.
function busy(button, working) {
  button.classList.toggle('weui-btn_loading', working);
  if (working) button.setAttribute('aria-busy', 'true');
  else button.removeAttribute('aria-busy');
  button.querySelector('.weui-mask-loading')?.remove();
  if (!working || !button.classList.contains('weui-btn')) return;
  const wheel = document.createElement('i');
  wheel.className = 'weui-mask-loading';
  button.prepend(wheel);
}

async function post(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF': csrf },
    body: JSON.stringify(body ?? {}),
    credentials: 'same-origin',
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.message || '网络不太顺，请再试一次。');
  return answer;
}

document.addEventListener('click', (event) => {
  const closer = event.target.closest('[data-close]');
  if (closer) {
    closePage();
    // Only WeChat can be closed from inside.
    setTimeout(() => { if (!window.WeixinJSBridge && !window.wx) closer.textContent = '请关闭这个页面，回到微信'; }, 500);
  }
  const eye = event.target.closest('[data-reveal]');
  if (eye) {
    const input = document.querySelector(`input[name="${eye.dataset.reveal}"]`);
    const shown = input.type === 'password';
    input.type = shown ? 'text' : 'password';
    eye.textContent = shown ? '隐藏' : '显示';
    eye.setAttribute('aria-pressed', String(shown));
    eye.setAttribute('aria-label', shown ? '隐藏密码' : '显示密码');
  }
});

// What is missing is said before the form leaves, so that nothing typed is lost; a form leaves once.
document.addEventListener('submit', (event) => {
  const form = event.target.closest('[data-check]');
  if (!form || event.submitter?.hasAttribute('formnovalidate')) return;
  const empty = [...form.querySelectorAll('input[required]')].find((input) => !input.value.trim());
  const unticked = form.querySelector('[data-needed]:not(:checked)');
  if (empty || unticked) {
    event.preventDefault();
    const error = document.getElementById('error');
    error.textContent = empty ? `${empty.placeholder}。` : unticked.dataset.needed;
    error.hidden = false;
    error.scrollIntoView({ block: 'nearest' });
    (empty ?? unticked).focus();
    return;
  }
  if (form.dataset.leaving) event.preventDefault();
  form.dataset.leaving = 'yes';
  if (event.submitter) busy(event.submitter, true);
});
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('[data-leaving]')) delete form.dataset.leaving;
  for (const button of document.querySelectorAll('button[aria-busy]')) busy(button, false);
});
