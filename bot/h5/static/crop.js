// The 5:7 crop frame; the server cuts the photo, the page only sends the box in the photo's own pixels.
'use strict';

const frame = document.querySelector('.crop');
const image = document.getElementById('photo');
const problem = document.getElementById('problem');
const box = JSON.parse(frame.dataset.box || 'null');
const NUDGE_PX = 6;
const GROW = 0.04;

const cropper = new Cropper(image, {
  aspectRatio: 5 / 7,
  viewMode: 1,
  dragMode: 'move',
  autoCropArea: 0.8,
  checkOrientation: false,
  rotatable: false,
  guides: false,
  ready() {
    if (box) cropper.setData({ x: box.x, y: box.y, width: box.w, height: box.h });
  },
});

document.addEventListener('click', (event) => {
  const size = event.target.closest('[data-size]');
  if (size) resize(Number(size.dataset.size));
  const key = event.target.closest('[data-move]');
  if (!key) return;
  const [dx, dy] = key.dataset.move.split(',').map(Number);
  const now = cropper.getCropBoxData();
  cropper.setCropBoxData({ left: now.left + dx * NUDGE_PX, top: now.top + dy * NUDGE_PX });
});

// Around its middle; a smaller frame shows the person bigger.
function resize(direction) {
  const now = cropper.getCropBoxData();
  const change = now.width * GROW * direction;
  cropper.setCropBoxData({ left: now.left - change / 2, top: now.top - (change * 7) / 10, width: now.width + change });
}

document.getElementById('use').addEventListener('click', async (event) => {
  const use = event.currentTarget;
  use.disabled = true;
  busy(use, true);
  problem.hidden = true;
  const { x, y, width, height } = cropper.getData(true);
  try {
    await post('/h5/crop', { x: Math.max(0, x), y: Math.max(0, y), w: width, h: height });
    use.textContent = '已保存，请回到聊天';
    closePage();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    use.disabled = false;
  } finally {
    busy(use, false);
  }
});
