"""The payment sheet on the user's phone: checks what the page passed to it, and pays or does not (C.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from simulator.pay.callbacks import Notifier
from simulator.pay.ledger import Ledger, Order
from simulator.pay.settings import PaySettings
from simulator.pay.signing import pay_sign_is_right
from simulator.world import World

OUTCOMES: Final = ("paid", "cancel", "callback_lost", "fail", "late")
LATE_S: Final = 30
PARAMETERS: Final = ("appId", "timeStamp", "nonceStr", "package", "signType", "paySign")


@dataclass(frozen=True)
class Refusal(Exception):
    """The sheet does not open; `reason` is what WeChat would show the user."""

    reason: str


class Sheet:
    def __init__(self, world: World, settings: PaySettings, ledger: Ledger, notifier: Notifier) -> None:
        self._world, self._settings, self._ledger, self._notifier = world, settings, ledger, notifier

    def open(self, openid: str, given: dict[str, Any]) -> Order:
        """The order that would be paid.

        Raises:
            Refusal: the parameters are wrong, or the order cannot be paid (any more).
        """
        if any(name in given for name in ("package", "paySign", "appId")):
            prepay_id = self._check_parameters(given)
        else:
            prepay_id = str(given.get("prepay_id", ""))
        order = self._ledger.by_prepay(prepay_id)
        if order is None:
            raise Refusal("支付验证签名失败或订单不存在")
        if order.payer != openid:
            self._broken("pay_payer", "the sheet was opened for a user who is not the order's payer")
            raise Refusal("下单账号与支付账号不一致，请核实后再支付")
        if order.state in ("SUCCESS", "REFUND"):
            raise Refusal("该订单已支付")
        if order.state == "CLOSED":
            raise Refusal("订单已过期或已关闭")
        if order.prepay_expires_at is None or order.prepay_expires_at <= self._world.clock.now():
            raise Refusal("支付会话已过期，请重新下单")
        return order

    async def finish(self, order: Order, outcome: str) -> str:
        """Do what the user did; the word that the page is told: ok, cancel or fail."""
        if outcome in ("cancel", "fail"):
            return outcome
        if outcome == "late":
            self._world.timers.after(LATE_S, lambda: self._pay(order), name="late payment")
            return "ok"
        order.callback_lost = order.callback_lost or outcome == "callback_lost"
        await self._pay(order)
        return "ok"

    async def _pay(self, order: Order) -> None:
        self._ledger.pay(order)
        self._world.quota.paid(order.payer)
        self._notifier.payment_succeeded(order)

    def _check_parameters(self, given: dict[str, Any]) -> str:
        texts = {name: given.get(name) for name in PARAMETERS}
        if missing := [name for name, value in texts.items() if not isinstance(value, str) or not value]:
            self._broken("pay_parameters", f"missing or not a string: {', '.join(missing)}")
            raise Refusal(f"调用支付JSAPI缺少参数：{missing[0]}")
        if texts["appId"] != self._world.settings.app_id:
            self._broken("pay_parameters", "appId is not this account's")
            raise Refusal("appid错误")
        if texts["signType"] != "RSA":
            self._broken("pay_parameters", "signType must be RSA")
            raise Refusal("签名方式错误")
        package = str(texts["package"])
        if not package.startswith("prepay_id="):
            self._broken("pay_parameters", "package must begin with prepay_id=")
            raise Refusal("JSAPI缺少参数total_fee")
        if not pay_sign_is_right(
            self._settings,
            app_id=str(texts["appId"]),
            timestamp=str(texts["timeStamp"]),
            nonce=str(texts["nonceStr"]),
            package=package,
            sign=str(texts["paySign"]),
        ):
            self._broken("pay_sign", "paySign does not fit the parameters")
            raise Refusal("支付验证签名失败")
        return package.removeprefix("prepay_id=")

    def _broken(self, rule: str, detail: str) -> None:
        self._world.violation(rule, detail)
