// Sends the chosen files one after the other, each with its own bar; a failed one can be tried again.
'use strict';

const MOST_BYTES = 20 * 1024 * 1024;
const TOO_LARGE = '文件太大了，请传 15 MB 以内的照片或 20 MB 以内的 PDF。';

function row(list, file) {
  const item = document.createElement('li');
  const name = document.createElement('div');
  const bar = document.createElement('progress');
  name.textContent = file.name;
  bar.max = 100;
  bar.value = 0;
  item.append(name, bar);
  list.append(item);
  list.hidden = false;
  return { item, name, bar };
}

function showState(code, items) {
  const item = items?.find((one) => one.item === code);
  const state = document.querySelector(`[data-item="${code}"] [data-state]`);
  if (item && state) {
    state.className = 'state state-uploaded';
    state.textContent = `待审 · ${item.files.length} 张`;
  }
}

function uploadId() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function send(code, file, view, id) {
  if (file.size > MOST_BYTES) {
    view.bar.remove();
    view.item.classList.add('bad');
    view.name.textContent = `${file.name} · ${TOO_LARGE}`;
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    const body = new FormData();
    body.append('file', file, 'file');
    const request = new XMLHttpRequest();
    request.open('POST', `/h5/upload/${code}`);
    request.setRequestHeader('X-CSRF', csrf);
    request.setRequestHeader('X-Upload', id);
    request.upload.onprogress = (event) => { view.bar.value = (event.loaded / event.total) * 95; };
    request.onloadend = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* not JSON: answered below */ }
      if (request.status === 200) {
        view.bar.remove();
        view.item.classList.add('good');
        view.name.textContent = `${file.name} · 已收到`;
        showState(code, answer.items);
        resolve(true);
      } else {
        view.item.classList.add('bad');
        view.bar.remove();
        view.name.textContent = `${file.name} · ${answer.message || (request.status === 413 ? TOO_LARGE : '没有传上来，请重试')}`;
        resolve(false);
        // What was refused for what it is stays refused.
        if (request.status === 422 || request.status === 413) return;
        const again = document.createElement('button');
        again.type = 'button';
        again.className = 'eye';
        again.textContent = '重试';
        again.addEventListener('click', () => { view.item.remove(); start(code, [file], id); });
        view.item.append(again);
      }
    };
    request.send(body);
  });
}

// Leaving while files are on their way would lose them.
const done = document.getElementById('done');
const DONE_SAYS = done.textContent;
let onTheWay = 0;

function count(change) {
  onTheWay += change;
  done.disabled = onTheWay > 0;
  done.textContent = onTheWay > 0 ? `正在上传，还剩 ${onTheWay} 个` : DONE_SAYS;
}

async function start(code, files, id) {
  const section = document.querySelector(`[data-item="${code}"]`);
  const list = section.querySelector('.uploads');
  const views = files.map((file) => [file, row(list, file)]);
  count(files.length);
  for (const [file, view] of views) {
    await send(code, file, view, id ?? uploadId());
    count(-1);
  }
}

document.addEventListener('change', (event) => {
  const code = event.target.dataset?.upload;
  if (!code) return;
  start(code, [...event.target.files]);
  event.target.value = '';
});

done.addEventListener('click', async () => {
  done.disabled = true;
  busy(done, true);
  await post('/h5/upload-done').catch(() => {});
  busy(done, false);
  done.disabled = false;
  closePage();
});
