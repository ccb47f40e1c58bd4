// The panel beside the phones: time, faults, broken rules, orders.
import { call, get, post } from './api.js';
import { make, toast, yuan } from './dom.js';

const STEPS = [['+1 分钟', 60], ['+10 分钟', 600], ['+1 小时', 3600], ['+24 小时', 86400], ['+48 小时', 172800]];
const FAULTS = [
  ['推送丢失一次', { endpoint: 'push', kind: 'drop' }],
  ['推送迟到 8 秒', { endpoint: 'push', kind: 'latency', value: 8 }],
  ['客服消息：超过 48 小时（45015）', { endpoint: '/cgi-bin/message/custom/send', kind: 'errcode', value: 45015 }],
  ['客服消息：条数用完（45047）', { endpoint: '/cgi-bin/message/custom/send', kind: 'errcode', value: 45047 }],
  ['接口凭证失效（40001）', { endpoint: '/cgi-bin/*', kind: 'revoke_token' }],
  ['下载图片得到乱码', { endpoint: '/cgi-bin/media/get', kind: 'garbage' }],
  ['支付下单报 500', { endpoint: '/v3/pay/transactions/jsapi', kind: 'http500' }],
  ['支付通知丢一次', { endpoint: 'pay_callback', kind: 'drop' }],
];
const STATES = { NOTPAY: '待支付', SUCCESS: '已支付', CLOSED: '已关闭', REFUND: '有退款' };
const DAY = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'long', day: 'numeric', weekday: 'short' });
const CLOCK = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const $ = (id) => document.getElementById(id);

export class Tools {
  constructor() {
    this.offset = 0;
    this.skew = 0;
    this.orders = new Map();
    this.violations = [];
    $('advance').append(...STEPS.map(([label, seconds]) => make('button', { type: 'button', on: { click: () => this.advance(seconds) } }, label)));
    $('add-fault').fault.append(...FAULTS.map(([label], at) => make('option', { value: at }, label)));
    $('add-fault').addEventListener('submit', (event) => this.addFault(event));
    setInterval(() => this.tick(), 1000);
  }

  now() {
    return new Date(Date.now() + this.skew);
  }

  async load() {
    const [clock, violations, orders] = await Promise.all([get('/_sim/clock'), get('/_sim/violations'), get('/_sim/pay/orders')]);
    this.setClock(clock);
    this.violations = violations.violations;
    this.orders = new Map(orders.orders.map((order) => [order.out_trade_no, order]));
    this.drawViolations();
    this.drawOrders();
    await this.loadFaults();
  }

  setClock({ now, offset_s: offset }) {
    this.skew = new Date(now).getTime() - Date.now();
    this.offset = offset;
    this.tick();
  }

  tick() {
    $('now').textContent = `${DAY.format(this.now())} ${CLOCK.format(this.now())}`;
    $('offset').textContent = this.offset ? `比真实时间快 ${span(this.offset)}` : '与真实时间一致';
  }

  async advance(seconds) {
    this.setClock(await post('/_sim/clock', { advance_s: seconds }));
    await this.loadFaults();
  }

  async loadFaults() {
    const { faults } = await get('/_sim/faults');
    $('faults').replaceChildren(...faults.map((fault) => make('li', {}, `${fault.endpoint} ${fault.kind} ${fault.value ?? ''}`,
      make('button', { type: 'button', on: { click: async () => { await call('DELETE', `/_sim/faults?id=${fault.id}`); await this.loadFaults(); } } }, '去掉'))));
  }

  async addFault(event) {
    event.preventDefault();
    const [label, fault] = FAULTS[Number(event.target.fault.value)];
    await post('/_sim/faults', { ...fault, times: 1 });
    toast(`${label}：下一次生效`);
    await this.loadFaults();
  }

  hear(change) {
    if (change.type === 'clock') this.setClock(change);
    if (change.type === 'violation') {
      this.violations.push(change.violation);
      this.drawViolations();
    }
    if (change.type === 'order') {
      this.orders.set(change.order.out_trade_no, change.order);
      this.drawOrders();
    }
  }

  drawViolations() {
    const count = $('violation-count');
    count.textContent = this.violations.length;
    count.classList.toggle('bad', this.violations.length > 0);
    $('violations').classList.add('stack');
    $('violations').replaceChildren(...this.violations.slice(-8).reverse().map((one) => make('li', {}, make('b', {}, one.rule), one.detail, one.fault ? `（可能因为故障 ${one.fault}）` : '')));
  }

  drawOrders() {
    $('orders').replaceChildren(...[...this.orders.values()].slice(-6).reverse().map((order) => make('li', {},
      make('span', {}, order.out_trade_no), make('span', {}, `¥${yuan(order.total_fen)} ${STATES[order.state] ?? order.state}`))));
  }
}

function span(seconds) {
  const hours = Math.floor(seconds / 3600);
  if (hours >= 24) return `${Math.floor(hours / 24)} 天${hours % 24 ? ` ${hours % 24} 小时` : ''}`;
  return hours ? `${hours} 小时` : `${Math.round(seconds / 60)} 分钟`;
}
