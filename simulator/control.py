"""The control API `/_sim/…` for state: clock, faults, violations, transcript, rules, reset (contract section 7)."""

import asyncio
import json
from typing import Final

from aiohttp import web

from simulator.faults import BadFault
from simulator.inbound import INBOUND
from simulator.push import PUSHES, PushRules, verify_server
from simulator.settings import BadSettings
from simulator.transcript_page import transcript_page
from simulator.world import WORLD

LONGEST_STEP_S: Final = 10 * 366 * 86400
ORIGINS: Final = {"Access-Control-Allow-Origin": "*"}


def add_routes(app: web.Application) -> None:
    app.router.add_get("/_sim/clock", show_clock)
    app.router.add_post("/_sim/clock", move_clock)
    app.router.add_get("/_sim/faults", list_faults)
    app.router.add_post("/_sim/faults", add_fault)
    app.router.add_delete("/_sim/faults", remove_faults)
    app.router.add_get("/_sim/violations", list_violations)
    app.router.add_delete("/_sim/violations", forget_violations)
    app.router.add_get("/_sim/transcript", list_transcript)
    app.router.add_get("/_sim/rules", show_rules)
    app.router.add_post("/_sim/rules", change_rules)
    app.router.add_post("/_sim/verify", verify)
    app.router.add_get("/_sim/menu", show_menu)
    app.router.add_get("/_sim/changes", stream_changes)
    app.router.add_get("/_sim/account", show_account)
    app.router.add_post("/_sim/account", change_account)
    app.router.add_post("/_sim/reset", reset)
    app.router.add_get("/healthz", healthy)
    app.router.add_get("/readyz", healthy)


def answer(body: object, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers=ORIGINS, dumps=_dumps)


def refuse(status: int, code: str, message: str) -> web.Response:
    return answer({"error": {"code": code, "message": message}}, status)


async def body_of(request: web.Request) -> dict[str, object]:
    """The JSON object sent; empty when nothing was. Raises 400."""
    raw = await request.read()
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        refusal = '{"error": {"code": "bad_json", "message": "send a JSON object"}}'
        raise web.HTTPBadRequest(text=refusal, content_type="application/json")
    return body


def _dumps(body: object) -> str:
    return json.dumps(body, ensure_ascii=False)


async def healthy(request: web.Request) -> web.Response:
    return answer({"ok": True})


async def show_clock(request: web.Request) -> web.Response:
    clock = request.app[WORLD].clock
    now = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return answer({"now": now, "offset_s": clock.offset_s})


async def move_clock(request: web.Request) -> web.Response:
    body = await body_of(request)
    seconds = body.get("advance_s")
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or not 0 <= seconds <= LONGEST_STEP_S:
        return refuse(400, "bad_advance", "advance_s must be a number of seconds from 0 to ten years")
    await request.app[WORLD].advance(seconds)
    return await show_clock(request)


async def list_faults(request: web.Request) -> web.Response:
    return answer({"faults": [fault.as_json() for fault in request.app[WORLD].faults.all()]})


async def add_fault(request: web.Request) -> web.Response:
    body = await body_of(request)
    endpoint, kind, value, times = (body.get(name) for name in ("endpoint", "kind", "value", "times"))
    if not isinstance(endpoint, str) or not isinstance(kind, str) or not isinstance(times, (int, type(None))):
        return refuse(400, "bad_fault", "endpoint and kind are texts, times a number or null")
    if not isinstance(value, (int, float, str, type(None))):
        return refuse(400, "bad_fault", "value is a number or a text")
    try:
        fault = request.app[WORLD].faults.add(endpoint, kind, value, times if "times" in body else 1)
    except BadFault as error:
        return refuse(400, "bad_fault", str(error))
    return answer(fault.as_json(), 201)


async def remove_faults(request: web.Request) -> web.Response:
    fault_id = request.query.get("id", "")
    removed = request.app[WORLD].faults.clear(
        fault_id=int(fault_id) if fault_id.isdigit() else None, endpoint=request.query.get("endpoint")
    )
    return answer({"removed": removed})


async def list_violations(request: web.Request) -> web.Response:
    """`?untagged=1` leaves out those that an injected fault may excuse."""
    found = request.app[WORLD].violations.all()
    if request.query.get("untagged"):
        found = [violation for violation in found if violation.fault is None]
    return answer({"violations": [violation.as_json() for violation in found]})


async def forget_violations(request: web.Request) -> web.Response:
    request.app[WORLD].violations.clear()
    return answer({"violations": []})


async def list_transcript(request: web.Request) -> web.Response:
    """`?after=N`, `?name=` and `?openid=` choose; `?format=html` is a page to read or to keep."""
    after = int(text) if (text := request.query.get("after", "")).isdigit() else 0
    name, openid = request.query.get("name", ""), request.query.get("openid", "")
    entries = [
        entry.as_json()
        for entry in request.app[WORLD].transcript.after(after)
        if name in entry.name and openid in entry.openid
    ]
    if request.query.get("format") == "html":
        return web.Response(text=transcript_page(entries), content_type="text/html")
    return answer({"entries": entries, "next": entries[-1]["seq"] if entries else after})


async def show_rules(request: web.Request) -> web.Response:
    quota, rules = request.app[WORLD].quota, request.app[PUSHES].rules
    return answer(
        {
            "message_count": quota.message_count,
            "click_count": quota.click_count,
            "daily_limits": quota.daily_limits,
            "push_timeout_s": rules.timeout_s,
            "push_tries": rules.tries,
            "retry_after_error_s": rules.retry_after_error_s,
        }
    )


async def change_rules(request: web.Request) -> web.Response:
    """Numbers that the real platform may change or that a test wants small."""
    body = await body_of(request)
    quota, pushes = request.app[WORLD].quota, request.app[PUSHES]
    for name in ("message_count", "click_count"):
        if isinstance(count := body.get(name), int):
            setattr(quota, name, count)
    if isinstance(limits := body.get("daily_limits"), dict):
        quota.daily_limits |= {str(path): int(limit) for path, limit in limits.items()}
    old = pushes.rules
    pushes.rules = PushRules(
        timeout_s=_number(body.get("push_timeout_s"), old.timeout_s),
        tries=int(_number(body.get("push_tries"), old.tries)),
        retry_after_error_s=_number(body.get("retry_after_error_s"), old.retry_after_error_s),
    )
    return await show_rules(request)


def _number(value: object, default: float) -> float:
    return float(value) if isinstance(value, (int, float)) and value >= 0 else default


async def verify(request: web.Request) -> web.Response:
    accepted, reason = await verify_server(request.app[WORLD])
    return answer({"accepted": accepted, "reason": reason})


async def show_menu(request: web.Request) -> web.Response:
    return answer({"menu": request.app[INBOUND].menu})


async def show_account(request: web.Request) -> web.Response:
    settings = request.app[WORLD].settings
    return answer({"app_id": settings.app_id, "original_id": settings.original_id, "mode": settings.mode})


async def change_account(request: web.Request) -> web.Response:
    """What the console of the platform lets an owner change: mode, token, aes_key, callback_url, strict_escapes."""
    body, world = await body_of(request), request.app[WORLD]
    try:
        world.settings = world.settings.changed(body)
    except BadSettings as faults:
        return refuse(400, "bad_account", str(faults))
    return await show_account(request)


async def stream_changes(request: web.Request) -> web.StreamResponse:
    """Server-sent events: every change, or those of `?openid=`."""
    wanted = request.query.get("openid")
    response = web.StreamResponse(headers=ORIGINS | {"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    changes = request.app[WORLD].subscribe()
    waiting = asyncio.ensure_future(anext(changes))
    try:
        while True:
            done, _ = await asyncio.wait((waiting,), timeout=15)
            if not done:
                await response.write(b": still here\n\n")
                continue
            change = waiting.result()
            waiting = asyncio.ensure_future(anext(changes))
            if wanted is None or change.get("openid", wanted) == wanted:
                await response.write(f"data: {_dumps(change)}\n\n".encode())
    except (ConnectionResetError, asyncio.CancelledError):
        return response
    finally:
        waiting.cancel()


async def reset(request: web.Request) -> web.Response:
    """No users, no faults, real time, the same ids again; menu, templates and API tokens stay."""
    request.app[WORLD].reset()
    return answer({"ok": True})
