"""WeChat Pay's callback (contracts.md 6): 204 once the outcome is stored, 4xx or 5xx and a repeat otherwise."""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import web
from prometheus_client import Counter

from backend.http.api import PARTS
from backend.services.errors import NotificationRefused
from backend.services.orders import record_payment
from backend.services.ports import PaymentReport
from backend.services.refunds import record_refund

MAX_BYTES: Final = 64 * 1024
NOTIFICATIONS: Final = Counter("gongju_pay_notifications", "Callbacks of WeChat Pay", ["outcome"])
log = structlog.get_logger()


async def notified(request: web.Request) -> web.Response:
    """No sign-in and no JSON of ours: the signature over the raw bytes is the proof."""
    parts = request.app[PARTS]
    try:
        body = await _body(request)
        # aiohttp's headers ignore case, which the signature check relies on.
        report = parts.pay.read_notification(request.headers, body)
        if isinstance(report, PaymentReport):
            if report.state == "SUCCESS":
                await record_payment(parts, report, source="notify")
        else:
            await record_refund(parts, report)
    except NotificationRefused:
        NOTIFICATIONS.labels("refused").inc()
        log.warning("pay_notification_refused")
        return web.json_response({"code": "FAIL", "message": "失败"}, status=400)
    except Exception as error:
        NOTIFICATIONS.labels("failed").inc()
        log.error("pay_notification_failed", error=type(error).__name__)
        return web.json_response({"code": "FAIL", "message": "失败"}, status=500)
    NOTIFICATIONS.labels("stored").inc()
    return web.Response(status=204)


async def _body(request: web.Request) -> bytes:
    """All of the body, however many pieces it comes in: the signature is over every byte."""
    body = bytearray()
    async for piece in request.content.iter_any():
        body += piece
        if len(body) > MAX_BYTES:
            raise NotificationRefused
    return bytes(body)
