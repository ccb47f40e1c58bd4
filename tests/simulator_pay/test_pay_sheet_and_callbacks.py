"""The payment sheet of the phone and the callbacks that follow it."""

import asyncio
import time
from typing import Any

from simulator.pay.callbacks import RETRY_DELAYS_S

Played = Any


async def jsapi(played: Played, prepay_id: str, **changed: str) -> dict[str, Any]:
    stamp, nonce, package = str(int(time.time())), "n0nce", f"prepay_id={prepay_id}"
    app_id = played.world.settings.app_id
    parameters = {
        "appId": app_id,
        "timeStamp": stamp,
        "nonceStr": nonce,
        "package": package,
        "signType": "RSA",
        "paySign": played.pay.sign([app_id, stamp, nonce, package]),
    }
    return parameters | changed


async def pay(played: Played, body: dict[str, Any], openid: str = "") -> tuple[int, dict[str, Any]]:
    answer = await played.http.post(f"/_sim/users/{openid or played.openid}/pay", json=body)
    return answer.status, dict(await answer.json())


async def settle(played: Played) -> None:
    await played.world.timers.run_due()


async def test_the_sheet_shows_amount_and_merchant_before_paying(played: Played) -> None:
    parameters = await jsapi(played, await played.prepay_id())
    answer = await played.http.post(f"/_sim/users/{played.openid}/pay/open", json=parameters)
    shown = await answer.json()
    assert (shown["amount_fen"], shown["merchant"]) == (100, "工居代办（演示商户）")
    assert (await played.order())["state"] == "NOTPAY"


async def test_right_parameters_pay_the_order(played: Played) -> None:
    status, answer = await pay(played, await jsapi(played, await played.prepay_id()) | {"outcome": "paid"})
    assert (status, answer["err_msg"]) == (200, "get_brand_wcpay_request:ok")
    assert (await played.order())["state"] == "SUCCESS"
    assert played.rules_broken() == []


async def test_a_wrong_pay_sign_is_refused_loudly(played: Played) -> None:
    parameters = await jsapi(played, await played.prepay_id(), timeStamp="1")
    status, answer = await pay(played, parameters)
    assert (status, answer["reason"]) == (409, "支付验证签名失败")
    assert played.rules_broken() == ["pay_sign"]


async def test_a_package_without_its_prefix_is_refused_as_wechat_does(played: Played) -> None:
    prepay_id = await played.prepay_id()
    _, answer = await pay(played, await jsapi(played, prepay_id, package=prepay_id))
    assert answer["reason"] == "JSAPI缺少参数total_fee"


async def test_only_the_ordering_user_can_pay(played: Played) -> None:
    other = played.world.add_user("小吴").openid
    _, answer = await pay(played, await jsapi(played, await played.prepay_id()), other)
    assert answer["reason"] == "下单账号与支付账号不一致，请核实后再支付"
    assert played.rules_broken() == ["pay_payer"]


async def test_an_old_prepay_id_asks_to_order_again(played: Played) -> None:
    prepay_id = await played.prepay_id()
    await played.world.advance(7201)
    assert (await played.sheet(prepay_id))["reason"] == "支付会话已过期，请重新下单"
    assert played.rules_broken() == []


async def test_cancel_and_fail_leave_the_order_unpaid(played: Played) -> None:
    prepay_id = await played.prepay_id()
    assert (await played.sheet(prepay_id, "cancel"))["err_msg"] == "get_brand_wcpay_request:cancel"
    assert (await played.sheet(prepay_id, "fail"))["err_msg"] == "get_brand_wcpay_request:fail"
    assert (await played.order())["state"] == "NOTPAY"


async def test_the_page_may_hear_ok_before_the_money_arrives(played: Played) -> None:
    await played.sheet(await played.prepay_id(), "late")
    assert (await played.order())["state"] == "NOTPAY"
    await played.world.advance(31)
    assert (await played.order())["state"] == "SUCCESS"


async def test_the_merchant_hears_of_the_payment_and_can_decrypt_it(played: Played) -> None:
    await played.sheet(await played.prepay_id())
    await settle(played)
    [heard] = played.merchant.heard
    assert heard["event_type"] == "TRANSACTION.SUCCESS"
    assert heard["resource"]["out_trade_no"] == "GJ000001"
    assert heard["resource"]["amount"]["total"] == 100
    assert played.merchant.headers[0]["Wechatpay-Signature-Type"] == "WECHATPAY2-SHA256-RSA2048"


async def test_a_lost_callback_never_comes(played: Played) -> None:
    await played.sheet(await played.prepay_id(), "callback_lost")
    await played.world.advance(48 * 3600)
    assert played.merchant.heard == []
    assert (await played.order())["state"] == "SUCCESS"


async def test_an_unheard_callback_is_told_sixteen_times_and_no_more(played: Played) -> None:
    played.merchant.status = 500
    await played.sheet(await played.prepay_id())
    await settle(played)
    assert len(played.merchant.heard) == 1
    await played.world.advance(16)
    assert len(played.merchant.heard) == 2
    await played.world.advance(sum(RETRY_DELAYS_S))
    assert len(played.merchant.heard) == 16
    assert len({heard["id"] for heard in played.merchant.heard}) == 1


async def test_a_callback_heard_at_last_is_not_told_again(played: Played) -> None:
    played.merchant.status = 503
    await played.sheet(await played.prepay_id())
    await settle(played)
    played.merchant.status = 200
    await played.world.advance(48 * 3600)
    assert len(played.merchant.heard) == 2


async def again(played: Played, how: str, **more: object) -> dict[str, Any]:
    answer = await played.http.post("/_sim/pay/callback", json={"out_trade_no": "GJ000001", "how": how, **more})
    return dict(await answer.json())


async def test_a_callback_can_be_repeated(played: Played) -> None:
    await played.sheet(await played.prepay_id())
    await settle(played)
    assert (await again(played, "repeat", count=3))["statuses"] == [204, 204, 204]


async def test_tampered_and_probing_callbacks_fail_verification(played: Played) -> None:
    await played.sheet(await played.prepay_id())
    await settle(played)
    assert (await again(played, "tamper"))["statuses"] == [401]
    assert (await again(played, "signtest"))["statuses"] == [401]
    assert played.rules_broken() == []


async def test_accepting_a_stale_callback_is_a_violation(played: Played) -> None:
    """The library does not look at the timestamp (reference C.9, problem 1); this merchant trusts it."""
    await played.sheet(await played.prepay_id())
    await settle(played)
    assert (await again(played, "stale"))["statuses"] == [204]
    assert played.rules_broken() == ["pay_callback_unchecked"]


async def test_a_callback_can_be_delayed(played: Played) -> None:
    prepay_id = await played.prepay_id()
    await again(played, "delay", delay_s=600)
    await played.sheet(prepay_id)
    await played.world.advance(599)
    assert played.merchant.heard == []
    await played.world.advance(2)
    assert len(played.merchant.heard) == 1


async def test_a_refund_with_a_notify_url_is_told(played: Played) -> None:
    await played.sheet(await played.prepay_id())
    await settle(played)
    await played.pay.refund(
        "R1",
        {"refund": 100, "total": 100, "currency": "CNY"},
        out_trade_no="GJ000001",
        notify_url=played.pay._notify_url,
    )
    await played.world.advance(31)
    assert played.merchant.heard[-1]["event_type"] == "REFUND.SUCCESS"
    assert played.merchant.heard[-1]["resource"]["refund_status"] == "SUCCESS"


async def test_orders_are_published_to_live_listeners(played: Played) -> None:
    changes = played.world.subscribe()
    waiting = asyncio.ensure_future(anext(changes))
    await asyncio.sleep(0)
    await played.place()
    change = await waiting
    assert (change["type"], change["order"]["state"]) == ("order", "NOTPAY")
