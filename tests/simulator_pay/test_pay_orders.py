"""Orders, inquiries, closing, refunds and bills, through the real client library."""

import gzip
import hashlib
import json
from datetime import timedelta
from typing import Any

import httpx

from simulator.pay.signing import rfc3339

Played = Any


async def test_an_order_gets_a_prepay_id_that_lives_two_hours(played: Played) -> None:
    first = await played.prepay_id()
    assert first.startswith("wx") and len(first) == 36
    await played.world.advance(7100)
    assert await played.prepay_id() == first
    await played.world.advance(200)
    assert await played.prepay_id() != first


async def test_the_same_number_with_another_amount_is_refused_as_a_different_order(played: Played) -> None:
    await played.place(total=100)
    code, text = await played.place(total=101)
    assert (code, json.loads(text)["message"]) == (400, "请求重入时，参数与首次请求时不一致")
    assert played.rules_broken() == ["pay_reentry"]


async def test_an_unpaid_order_is_answered_without_transaction_and_payer(played: Played) -> None:
    await played.place()
    code, text = await played.pay.query(out_trade_no="GJ000001")
    found = json.loads(text)
    assert (code, found["trade_state"], found["amount"]["total"]) == (200, "NOTPAY", 100)
    assert "transaction_id" not in found and "payer" not in found


async def test_a_paid_order_is_found_by_either_number(played: Played) -> None:
    await played.sheet(await played.prepay_id(attach="C-1"))
    _, text = await played.pay.query(out_trade_no="GJ000001")
    found = json.loads(text)
    assert (found["trade_state"], found["payer"]["openid"], found["attach"]) == ("SUCCESS", played.openid, "C-1")
    code, again = await played.pay.query(transaction_id=found["transaction_id"])
    assert (code, json.loads(again)) == (200, found)


async def test_an_unknown_order_is_404(played: Played) -> None:
    code, text = await played.pay.query(out_trade_no="NOBODY01")
    assert (code, json.loads(text)["code"]) == (404, "ORDER_NOT_EXIST")
    assert played.rules_broken() == []


async def test_closing_answers_a_signed_204_and_may_be_repeated(played: Played) -> None:
    prepay_id = await played.prepay_id()
    assert (await played.pay.close("GJ000001"))[0] == 204
    assert (await played.pay.close("GJ000001"))[0] == 204
    assert (await played.sheet(prepay_id))["reason"] == "订单已过期或已关闭"


async def test_a_paid_order_cannot_be_closed(played: Played) -> None:
    await played.sheet(await played.prepay_id())
    code, text = await played.pay.close("GJ000001")
    assert (code, json.loads(text)["code"]) == (403, "ORDERPAID")


async def test_an_order_past_its_time_expire_is_closed(played: Played) -> None:
    expires = rfc3339(played.world.clock.now() + timedelta(hours=24))
    prepay_id = await played.prepay_id(time_expire=expires)
    await played.world.advance(24 * 3600 + 1)
    assert (await played.order())["state"] == "CLOSED"
    assert (await played.sheet(prepay_id))["reason"] == "订单已过期或已关闭"


async def test_wrong_fields_are_named_in_the_answer(played: Played) -> None:
    for field, more in (
        ("/body/amount/total", {"total": 0}),
        ("/body/notify_url", {"notify_url": "http://example.com/notify?x=1"}),
        ("/body/attach", {"attach": "长" * 129}),
        ("/body/time_expire", {"time_expire": "2026-01-01 10:00:00"}),
    ):
        code, text = await played.place(**more)
        assert (code, json.loads(text)["detail"]["field"]) == (400, field)
    assert set(played.rules_broken()) == {"pay_parameter"}


async def test_a_payer_of_another_account_is_refused(played: Played) -> None:
    played.openid = "oStranger"
    code, text = await played.place()
    assert (code, json.loads(text)["message"]) == (400, "appid和openid不匹配")


async def test_a_request_signed_with_a_wrong_serial_is_refused_loudly(played: Played) -> None:
    played.pay._core._cert_serial_no = "FFFF"
    code, text = await played.place()
    assert (code, json.loads(text)["code"]) == (401, "SIGN_ERROR")
    assert played.rules_broken() == ["pay_signature"]


async def test_a_body_changed_after_signing_is_refused(played: Played) -> None:
    seen: list[httpx.Request] = []
    played.pay._core._client.event_hooks["request"] = [_remember(seen)]
    await played.place()
    original = seen[0]
    changed = original.content.replace(b"100", b"999")
    headers = {k: v for k, v in original.headers.items() if k.lower() not in ("content-length", "host")}
    async with httpx.AsyncClient() as raw:
        assert (await raw.post(str(original.url), content=changed, headers=headers)).status_code == 401
        assert (await raw.post(str(original.url), content=original.content, headers=headers)).status_code == 200


async def test_a_request_older_than_five_minutes_by_every_clock_is_refused(played: Played) -> None:
    seen: list[httpx.Request] = []
    played.pay._core._client.event_hooks["request"] = [_remember(seen)]
    await played.place()
    import time

    real = time.time
    request = seen[0]
    headers = {k: v for k, v in request.headers.items() if k.lower() not in ("content-length", "host")}
    stamp = next(p for p in headers["authorization"].split(",") if p.startswith("timestamp"))
    headers["authorization"] = headers["authorization"].replace(stamp, f'timestamp="{int(real()) - 301}"')
    async with httpx.AsyncClient() as raw:
        answer = await raw.post(str(request.url), content=request.content, headers=headers)
    assert "5分钟" in answer.json()["message"]


async def test_a_request_without_accept_or_user_agent_is_refused(played: Played) -> None:
    async with httpx.AsyncClient() as raw:
        del raw.headers["user-agent"]
        answer = await raw.get(f"{played.pay._core._gate_way}/v3/bill/tradebill", headers={"User-Agent": ""})
    assert answer.json()["code"] == "PARAM_ERROR"
    assert played.rules_broken() == ["pay_header"]


def _remember(seen: list[httpx.Request]) -> Any:
    async def hook(request: httpx.Request) -> None:
        seen.append(request)

    return hook


async def test_a_refund_is_processing_and_then_succeeds(played: Played) -> None:
    await played.sheet(await played.prepay_id())
    code, text = await played.pay.refund(
        "R1", {"refund": 100, "total": 100, "currency": "CNY"}, out_trade_no="GJ000001", reason="重复支付"
    )
    assert (code, json.loads(text)["status"]) == (200, "PROCESSING")
    await played.world.advance(31)
    _, text = await played.pay.query_refund("R1")
    assert json.loads(text)["status"] == "SUCCESS"
    assert (await played.order())["state"] == "REFUND"


async def test_a_refund_under_way_ends_after_a_restart(played: Played) -> None:
    await played.sheet(await played.prepay_id())
    amount = {"refund": 100, "total": 100, "currency": "CNY"}
    await played.pay.refund("R1", amount, out_trade_no="GJ000001", reason="重复支付")
    restart(played)
    await played.world.advance(31)
    assert json.loads((await played.pay.query_refund("R1"))[1])["status"] == "SUCCESS"


async def test_a_payment_that_nobody_heard_of_is_told_after_a_restart(played: Played) -> None:
    played.merchant.status = 500
    await played.sheet(await played.prepay_id())
    played.merchant.status = 204
    restart(played)
    await played.world.advance(1)
    assert [told["status"] for told in (await played.order())["callbacks"]][-1] == 204


def restart(played: Played) -> None:
    """What a world that is kept in a file goes through: nothing is timed any more, the orders are put back."""
    kept = played.world.kept["orders"]
    orders = kept.read()
    played.world.timers.clear()
    kept.put_back(orders)


async def test_the_same_refund_number_refunds_once(played: Played) -> None:
    await played.sheet(await played.prepay_id())
    amount = {"refund": 60, "total": 100, "currency": "CNY"}
    first = json.loads((await played.pay.refund("R1", amount, out_trade_no="GJ000001"))[1])
    second = json.loads((await played.pay.refund("R1", amount, out_trade_no="GJ000001"))[1])
    assert first["refund_id"] == second["refund_id"]
    code, text = await played.pay.refund("R2", amount, out_trade_no="GJ000001")
    assert (code, json.loads(text)["message"]) == (400, "申请退款金额大于订单可退金额")


async def test_an_unpaid_order_cannot_be_refunded(played: Played) -> None:
    await played.place()
    code, _ = await played.pay.refund("R1", {"refund": 1, "total": 100, "currency": "CNY"}, out_trade_no="GJ000001")
    assert code == 403


async def test_a_trade_bill_of_yesterday_can_be_downloaded_and_fits_its_hash(played: Played) -> None:
    await played.sheet(await played.prepay_id())
    paid_on = (await played.order())["paid_at"][:10]
    await played.world.advance(36 * 3600)
    code, text = await played.pay.trade_bill(bill_date=paid_on, tar_type="GZIP")
    bill = json.loads(text)
    assert code == 200
    code, data = await played.pay.download_bill(bill["download_url"])
    plain = gzip.decompress(data)
    assert hashlib.sha1(plain).hexdigest() == bill["hash_value"]
    lines = plain.decode().splitlines()
    assert "`GJ000001" in lines[1] and "`1.00" in lines[1]
    assert lines[-1].startswith("`1,`1.00,")


async def test_there_is_no_bill_of_today(played: Played) -> None:
    await played.sheet(await played.prepay_id())
    code, text = await played.pay.trade_bill(bill_date=(await played.order())["paid_at"][:10])
    assert (code, json.loads(text)["code"]) == (400, "NO_STATEMENT_EXIST")


async def test_reset_forgets_every_order(played: Played) -> None:
    await played.place()
    played.world.reset()
    assert (await (await played.http.get("/_sim/pay/orders")).json()) == {"orders": []}


async def test_while_the_clock_runs_ahead_a_caller_may_lag_behind_it(played: Played) -> None:
    await played.world.advance(3600)
    assert (await played.place())[0] == 200
    assert played.rules_broken() == []
