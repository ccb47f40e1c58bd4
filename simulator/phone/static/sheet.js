// The payment sheet: shows what is to be paid and to whom, and lets the user decide how it ends.
import { Refused, user } from './api.js';
import { icon, make, overlay, toast, yuan } from './dom.js';

// Resolves with {word: 'ok' | 'cancel' | 'fail', reason}.
export async function pay(phone, parameters) {
  let order;
  try {
    order = await user(phone.openid, 'pay/open', parameters);
  } catch (error) {
    toast(error instanceof Refused ? error.message : '支付打不开');
    return { word: 'fail', reason: error.message };
  }
  const outcome = await decide(phone, order);
  try {
    const answer = await user(phone.openid, 'pay', { ...parameters, outcome });
    const word = answer.err_msg.split(':')[1];
    if (word === 'ok') await thank(phone, order);
    return { word };
  } catch (error) {
    toast(error.message);
    return { word: 'fail', reason: error.message };
  }
}

function decide(phone, order) {
  return new Promise((resolve) => {
    const choose = (outcome) => () => layer.close(outcome);
    const other = (label, outcome) => make('button', { type: 'button', on: { click: choose(outcome) } }, label);
    const layer = overlay(phone, { label: '支付', kind: 'low', onClose: (outcome) => resolve(outcome ?? 'cancel') },
      make('div', { class: 'sheet' },
        make('header', {}, make('button', { class: 'icon', type: 'button', 'aria-label': '取消支付', on: { click: choose('cancel') } }, icon('close')), make('h2', {}, '确认支付'), make('span', { style: 'width:40px' })),
        make('p', { class: 'to' }, order.merchant),
        make('p', { class: 'amount' }, make('small', {}, '¥'), yuan(order.amount_fen)),
        make('dl', {}, make('dt', {}, '商品'), make('dd', {}, order.description), make('dt', {}, '订单号'), make('dd', {}, order.out_trade_no), make('dt', {}, '付款方式'), make('dd', {}, '零钱（模拟）')),
        make('button', { class: 'wide', type: 'button', autofocus: true, on: { click: choose('paid') } }, '支付'),
        make('button', { class: 'wide plain', type: 'button', on: { click: choose('cancel') } }, '取消'),
        make('div', { class: 'others', role: 'group', 'aria-label': '试试别的结果' }, other('已付但通知丢失', 'callback_lost'), other('网页先成功，钱晚到', 'late'), other('支付失败', 'fail'))));
  });
}

function thank(phone, order) {
  return new Promise((resolve) => {
    const layer = overlay(phone, { label: '支付成功', kind: 'low', onClose: resolve },
      make('div', { class: 'sheet' }, make('div', { class: 'tick', 'aria-hidden': 'true' }, '✓'), make('p', { class: 'to' }, '支付成功'),
        make('p', { class: 'amount' }, make('small', {}, '¥'), yuan(order.amount_fen)), make('p', { class: 'to' }, order.merchant),
        make('button', { class: 'wide', type: 'button', autofocus: true, on: { click: () => layer.close() } }, '完成')));
  });
}
