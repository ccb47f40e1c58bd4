"""WeChat Pay v3 as a merchant meets it: the `/v3` API, the user's payment sheet, and the control of both."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator.pay.callbacks import WRONG_WAYS, Notifier
from simulator.pay.ledger import Ledger, Order, summary
from simulator.pay.server import PayServer
from simulator.pay.settings import PaySettings
from simulator.pay.sheet import OUTCOMES, Refusal, Sheet
from simulator.world import World

log = logging.getLogger("simulator")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_routes(app: web.Application, world: World, settings: PaySettings | None = None) -> None:
    """Serve WeChat Pay; without settings in the environment every `/v3` call answers that there is no merchant."""
    settings = settings or PaySettings.from_env(os.environ)
    if settings is None:
        log.info("no SIM_PAY_* settings: WeChat Pay is not played")
        app.router.add_route("*", "/v3/{rest:.*}", _no_merchant)
        app.router.add_get("/_sim/pay/orders", _no_orders)
        return
    ledger, notifier = Ledger(world), Notifier(world, settings)
    server = PayServer(world, settings, ledger, notifier)
    server.add_routes(app)
    _Control(world, settings, ledger, notifier, server).add_routes(app)

    def put_back(orders: list[Order]) -> None:
        ledger.put_back(orders)
        server.go_on_with(orders)

    world.keep("orders", list[Order], ledger.all, put_back)
    for part in (ledger, notifier, server):
        world.on_reset(part.clear)


async def _no_merchant(_: web.Request) -> web.Response:
    return web.json_response(
        {"code": "MCH_NOT_EXISTS", "message": "the simulator has no SIM_PAY_* settings"}, status=400
    )


async def _no_orders(_: web.Request) -> web.Response:
    return web.json_response({"orders": []})


class _Control:
    """`/_sim/pay/*` and the payment sheet of each user."""

    def __init__(
        self, world: World, settings: PaySettings, ledger: Ledger, notifier: Notifier, server: PayServer
    ) -> None:
        self._world, self._settings, self._ledger, self._notifier, self._server = (
            world,
            settings,
            ledger,
            notifier,
            server,
        )
        self._sheet = Sheet(world, settings, ledger, notifier)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/_sim/pay/orders", self._orders)
        app.router.add_post("/_sim/pay/callback", self._callback)
        app.router.add_post("/_sim/pay/refunds", self._refunds)
        app.router.add_post("/_sim/users/{openid}/pay/open", self._open)
        app.router.add_post("/_sim/users/{openid}/pay", self._pay)

    async def _orders(self, _: web.Request) -> web.Response:
        return web.json_response({"orders": [summary(order) for order in self._ledger.all()]})

    async def _open(self, request: web.Request) -> web.Response:
        """What the sheet shows before the user decides, or 409 with the reason why it does not open."""
        try:
            order = self._sheet.open(self._openid(request), await _json(request))
        except Refusal as refusal:
            return _refused(refusal)
        return web.json_response(self._shown(order))

    async def _pay(self, request: web.Request) -> web.Response:
        given = await _json(request)
        outcome = given.get("outcome", "paid")
        if outcome not in OUTCOMES:
            raise web.HTTPBadRequest(text=f"outcome must be one of {', '.join(OUTCOMES)}")
        try:
            order = self._sheet.open(self._openid(request), given)
        except Refusal as refusal:
            return _refused(refusal)
        word = await self._sheet.finish(order, outcome)
        return web.json_response(
            {"err_msg": f"get_brand_wcpay_request:{word}", "state": order.state, **self._shown(order)}
        )

    async def _callback(self, request: web.Request) -> web.Response:
        """`{"out_trade_no", "how": "repeat"|"tamper"|"stale"|"signtest"|"delay"|"lose", "count", "delay_s"}`.

        `delay` and `lose` are for an order not yet paid; the others send the callback of a paid one again, now.
        """
        given = await _json(request)
        how, number = given.get("how", "repeat"), str(given.get("out_trade_no", ""))
        order = next((o for o in self._ledger.all() if o.out_trade_no == number), None)
        if order is None:
            raise web.HTTPNotFound(text="no such order")
        if how in ("delay", "lose"):
            order.callback_delay_s = float(given.get("delay_s", 600)) if how == "delay" else 0.0
            order.callback_lost = how == "lose"
            return web.json_response({"statuses": []})
        if how not in ("repeat", *WRONG_WAYS):
            raise web.HTTPBadRequest(text="how must be repeat, tamper, stale, signtest, delay or lose")
        if order.paid_at is None:
            raise web.HTTPConflict(text="the order has not been paid")
        count = min(20, max(1, int(given.get("count", 1))))
        return web.json_response({"statuses": await self._notifier.again(number, how, count)})

    async def _refunds(self, request: web.Request) -> web.Response:
        """`{"end_as": "SUCCESS"|"ABNORMAL"|"CLOSED"}`: how refunds end from now on."""
        end_as = (await _json(request)).get("end_as")
        if end_as not in ("SUCCESS", "ABNORMAL", "CLOSED"):
            raise web.HTTPBadRequest(text="end_as must be SUCCESS, ABNORMAL or CLOSED")
        self._server.refunds_end_as = end_as
        return web.json_response({"end_as": end_as})

    def _openid(self, request: web.Request) -> str:
        openid = request.match_info["openid"]
        if openid not in self._world.users:
            raise web.HTTPNotFound(text="no such user")
        return openid

    def _shown(self, order: Order) -> dict[str, object]:
        return {
            "amount_fen": order.total_fen,
            "description": order.request["description"],
            "merchant": self._settings.merchant_name,
            "out_trade_no": order.out_trade_no,
        }


def _refused(refusal: Refusal) -> web.Response:
    return web.json_response({"err_msg": "get_brand_wcpay_request:fail", "reason": refusal.reason}, status=409)


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        given = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="the body must be JSON") from None
    if not isinstance(given, dict):
        raise web.HTTPBadRequest(text="the body must be a JSON object")
    return given
