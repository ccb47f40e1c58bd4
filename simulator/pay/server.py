"""The `/v3` endpoints of WeChat Pay: every request's signature checked, every 2xx answer signed (C.1 to C.8)."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiohttp import web

from simulator.ids import ALPHANUMERIC
from simulator.pay import rules
from simulator.pay.bills import trade_bill
from simulator.pay.callbacks import Notifier
from simulator.pay.errors import STATUS, PayError, bad_field
from simulator.pay.ledger import Ledger, Order, Refund, order_object, refund_object
from simulator.pay.settings import PaySettings
from simulator.pay.signing import answer_headers, check_request, refused
from simulator.world import FAULT, World

REFUND_TAKES_S = 30
DOWNLOAD_LIVES = timedelta(minutes=5)
Answer = dict[str, object] | bytes | None
Endpoint = Callable[[web.Request, bytes], Awaitable[Answer]]


class PayServer:
    """Holds nothing but where the files of asked-for bills wait; the rest is in the ledger."""

    def __init__(self, world: World, settings: PaySettings, ledger: Ledger, notifier: Notifier) -> None:
        self._world, self._settings, self._ledger, self._notifier = world, settings, ledger, notifier
        self._bills: dict[str, tuple[bytes, float]] = {}
        self.refunds_end_as = "SUCCESS"

    def clear(self) -> None:
        self._bills.clear()
        self.refunds_end_as = "SUCCESS"

    def add_routes(self, app: web.Application) -> None:
        trade = "/v3/pay/transactions"
        for method, path, endpoint in (
            ("POST", f"{trade}/jsapi", self._place),
            ("GET", f"{trade}/out-trade-no/{{out_trade_no}}", self._query),
            ("GET", f"{trade}/id/{{transaction_id}}", self._query_by_transaction),
            ("POST", f"{trade}/out-trade-no/{{out_trade_no}}/close", self._close),
            ("POST", "/v3/refund/domestic/refunds", self._refund),
            ("GET", "/v3/refund/domestic/refunds/{out_refund_no}", self._query_refund),
            ("GET", "/v3/bill/tradebill", self._bill),
            ("GET", "/v3/billdownload/file", self._download),
        ):
            app.router.add_route(method, path, self._guarded(endpoint))
        app.router.add_route("*", "/v3/{rest:.*}", self._guarded(self._unknown))

    def _guarded(self, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            body = await request.read()
            try:
                self._check(request, body)
                return self._answer(await endpoint(request, body))
            except PayError as error:
                return self._refusal(request, error)

        return handle

    def _check(self, request: web.Request, body: bytes) -> None:
        fault = request.get(FAULT)
        if fault is not None and getattr(fault, "kind", "") == "errcode":
            code = str(fault.value)
            raise PayError(code if code in STATUS else "SYSTEM_ERROR", "系统异常，请稍后重试")
        for name in ("Accept", "User-Agent"):
            if not request.headers.get(name):
                raise PayError("PARAM_ERROR", "Http头缺少Accept或User-Agent", breaks_rule="pay_header")
        if body and request.content_type != "application/json":
            raise PayError("PARAM_ERROR", "Content-Type必须是application/json", breaks_rule="pay_header")
        if request.headers.get("Wechatpay-Serial") != self._settings.public_key_id:
            raise refused("Http头Wechatpay-Serial缺失或不是本商户的微信支付公钥ID")
        check_request(
            self._settings,
            request.headers.get("Authorization", ""),
            method=request.method,
            raw_path=request.raw_path,
            body=body,
            now_s=self._world.clock.epoch(),
            machine_now_s=time.time(),
        )

    def _answer(self, answer: Answer) -> web.Response:
        if isinstance(answer, bytes):
            return web.Response(body=answer, content_type="application/x-gzip", headers=self._request_id("0"))
        body = b"" if answer is None else json.dumps(answer, ensure_ascii=False).encode()
        headers = answer_headers(self._settings, body, timestamp=self._world.clock.epoch(), nonce=self._nonce())
        headers |= self._request_id("0")
        if answer is None:
            return web.Response(status=204, headers=headers)
        return web.Response(body=body, content_type="application/json", charset="utf-8", headers=headers)

    def _refusal(self, request: web.Request, error: PayError) -> web.Response:
        request.get("checks", []).append(f"{error.code}: {error.message}")
        if error.breaks_rule:
            self._world.violation(error.breaks_rule, f"{request.method} {request.path}: {error.message}")
        return web.json_response(
            error.as_json(),
            status=error.status,
            headers=self._request_id(error.number),
            dumps=lambda body: json.dumps(body, ensure_ascii=False),
        )

    async def _place(self, request: web.Request, body: bytes) -> Answer:
        order = rules.json_object(body)
        expires_at = rules.check_order(
            order,
            app_id=self._world.settings.app_id,
            mch_id=self._settings.mch_id,
            openids=self._world.users,
            now=self._world.clock.now(),
        )
        return {"prepay_id": self._ledger.place(order, expires_at=expires_at).prepay_id}

    async def _query(self, request: web.Request, body: bytes) -> Answer:
        self._check_mchid(request.query.get("mchid"), "query")
        return self._order_json(self._ledger.find(request.match_info["out_trade_no"]))

    async def _query_by_transaction(self, request: web.Request, body: bytes) -> Answer:
        self._check_mchid(request.query.get("mchid"), "query")
        return self._order_json(self._ledger.by_transaction(request.match_info["transaction_id"]))

    async def _close(self, request: web.Request, body: bytes) -> Answer:
        self._check_mchid(rules.json_object(body).get("mchid"), "body")
        self._ledger.close(self._ledger.find(request.match_info["out_trade_no"]))
        return None

    async def _refund(self, request: web.Request, body: bytes) -> Answer:
        wanted = rules.json_object(body)
        rules.check_refund(wanted)
        order = (
            self._ledger.by_transaction(wanted["transaction_id"])
            if wanted.get("transaction_id")
            else self._ledger.find(wanted["out_trade_no"])
        )
        if wanted["amount"]["total"] != order.total_fen:
            raise bad_field("/body/amount/total", "订单金额与原订单不一致", wanted["amount"]["total"])
        refund, is_new = self._ledger.refund(order, wanted)
        if is_new:
            self._await_end_of(order, refund)
        return refund_object(order, refund)

    def go_on_with(self, orders: list[Order]) -> None:
        """What an earlier run of the same world had not finished: refunds under way, payments nobody heard of."""
        for order in orders:
            for refund in order.refunds:
                if refund.status == "PROCESSING":
                    self._await_end_of(order, refund)
            if order.paid_at is not None and not any(told["status"] in (200, 204) for told in order.callbacks):
                self._notifier.payment_succeeded(order)

    def _await_end_of(self, order: Order, refund: Refund) -> None:
        ends_at = refund.created_at + timedelta(seconds=REFUND_TAKES_S)
        self._world.timers.at(ends_at, lambda: self._end_refund(order, refund), name="refund")

    async def _end_refund(self, order: Order, refund: Refund) -> None:
        refund.status = self.refunds_end_as
        refund.succeeded_at = self._world.clock.now() if refund.status == "SUCCESS" else None
        self._ledger.publish(order)
        self._notifier.refund_ended(order, refund)

    async def _query_refund(self, request: web.Request, body: bytes) -> Answer:
        return refund_object(*self._ledger.find_refund(request.match_info["out_refund_no"]))

    async def _bill(self, request: web.Request, body: bytes) -> Answer:
        day = rules.check_bill_date(request.query.get("bill_date", ""), self._world.clock.now())
        kind, packed = request.query.get("bill_type", "ALL"), request.query.get("tar_type")
        if kind not in ("ALL", "SUCCESS", "REFUND"):
            raise bad_field("bill_type", "只能是ALL、SUCCESS或REFUND", kind, location="query")
        if packed not in (None, "GZIP"):
            raise bad_field("tar_type", "只能是GZIP", packed, location="query")
        text = trade_bill(self._ledger.all(), day, kind, mch_id=self._settings.mch_id).encode()
        token = self._world.new_id("bill_token")
        deadline = (self._world.clock.now() + DOWNLOAD_LIVES).timestamp()
        self._bills[token] = (gzip.compress(text, mtime=0) if packed else text, deadline)
        return {
            "hash_type": "SHA1",
            "hash_value": hashlib.sha1(text, usedforsecurity=False).hexdigest(),
            "download_url": f"{request.scheme}://{request.host}/v3/billdownload/file?token={token}",
        }

    async def _download(self, request: web.Request, body: bytes) -> Answer:
        """Unsigned, as the platform's own; the link lives five minutes."""
        data, deadline = self._bills.get(request.query.get("token", ""), (b"", 0.0))
        if deadline < self._world.clock.now().timestamp():
            raise PayError("RESOURCE_NOT_EXISTS", "下载链接不存在或已过期")
        return data

    async def _unknown(self, request: web.Request, body: bytes) -> Answer:
        raise PayError("RESOURCE_NOT_EXISTS", "请求的接口不存在", breaks_rule="pay_unknown_endpoint")

    def _order_json(self, order: Order) -> dict[str, object]:
        return order_object(order, mch_id=self._settings.mch_id)

    def _check_mchid(self, given: object, location: str) -> None:
        if given != self._settings.mch_id:
            raise bad_field("mchid", "必填，且必须是签名的商户号", given, location=location)

    def _nonce(self) -> str:
        return self._world.ids.text("pay_nonce", self._world.ids.next_number("pay_nonce"), 32, ALPHANUMERIC)

    def _request_id(self, number: str) -> dict[str, str]:
        made = self._world.ids.next_number("pay_request")
        return {"Request-ID": f"{self._world.ids.text('pay_request', made, 24, '0123456789ABCDEF')}-{number}"}
