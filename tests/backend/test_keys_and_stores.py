"""Ports on their real adapters: encryption, object stores (a folder and S3), rate limits, messages."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer
from redis.asyncio import Redis

from backend.adapters.keys import CannotOpen, DataKeyring, KeysMalformed
from backend.adapters.objects import BlobStore
from backend.adapters.redis import RedisRateLimiter
from backend.adapters.texts import MessageText, YamlMessageTexts
from backend.services.errors import FileMissing, StorageUnavailable

OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.b64encode(b"n" * 32).decode()


@settings(max_examples=50, deadline=None)
@given(plain=st.binary(max_size=300), context=st.text(max_size=20))
def test_what_was_sealed_opens_under_its_own_context(plain: bytes, context: str) -> None:
    keys = DataKeyring.from_text(f"k1:{OLD}")
    assert keys.open(keys.seal(plain, context=context), context=context) == plain


@settings(max_examples=50, deadline=None)
@given(place=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_one_changed_bit_does_not_open(place: int, bit: int) -> None:
    keys = DataKeyring.from_text(f"k1:{OLD}")
    sealed = bytearray(keys.seal(b"secret", context="c"))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(CannotOpen):
        keys.open(bytes(sealed), context="c")


def test_another_context_does_not_open() -> None:
    keys = DataKeyring.from_text(f"k1:{OLD}")
    with pytest.raises(CannotOpen):
        keys.open(keys.seal(b"secret", context="a"), context="b")


def test_keys_rotate_without_losing_what_is_stored() -> None:
    before = DataKeyring.from_text(f"k1:{OLD}")
    sealed = before.seal(b"secret", context="c")
    both = DataKeyring.from_text(f"k2:{NEW},k1:{OLD}")
    assert both.open(sealed, context="c") == b"secret"
    assert both.fingerprint("x") == before.fingerprint("x")
    rewrapped = both.rewrap(sealed, context="c")
    assert DataKeyring.from_text(f"k2:{NEW}").open(rewrapped, context="c") == b"secret"
    with pytest.raises(CannotOpen):
        DataKeyring.from_text(f"k2:{NEW}").open(sealed, context="c")


@pytest.mark.parametrize("text", ["", "k1", "k1:AAAA", f":{OLD}", f"k1:{OLD},k1:{NEW}", "k1:not base64!"])
def test_malformed_keys_are_refused_without_naming_them(text: str) -> None:
    with pytest.raises(KeysMalformed) as caught:
        DataKeyring.from_text(text)
    assert OLD not in str(caught.value)


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield (
        f"s3://gongju?endpoint=http://{host}:{port}&region=us-east-1"
        "&access_key_id=test&secret_access_key=test&virtual_hosted_style_request=false"
    )
    server.stop()


@pytest.fixture(params=["folder", "s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "folder":
        return BlobStore.at(f"file://{tmp_path}/objects")
    url = request.getfixturevalue("s3_url")
    await _make_bucket(url)
    return BlobStore.at(url)


async def _make_bucket(url: str) -> None:
    endpoint = url.partition("endpoint=")[2].partition("&")[0]
    async with aiohttp.ClientSession() as http:
        await http.put(f"{endpoint}/gongju")


async def test_a_store_gives_back_what_it_was_given(store: BlobStore) -> None:
    key = f"files/{uuid.uuid4().hex}"
    await store.put(key, b"bytes")
    await store.put(key, b"other bytes")
    assert await store.get(key) == b"other bytes"


async def test_the_keys_of_an_s3_store_come_from_the_environment_when_its_address_has_none(
    s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _make_bucket(s3_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    store = BlobStore.at(s3_url.partition("&access_key_id")[0])
    await store.put("files/x", b"bytes")
    assert await store.get("files/x") == b"bytes"


async def test_an_object_that_is_not_there_is_missing_and_may_be_deleted(store: BlobStore) -> None:
    await store.delete("files/nothing")
    with pytest.raises(FileMissing):
        await store.get("files/nothing")


async def test_a_store_that_is_away_says_so() -> None:
    gone = BlobStore.at("s3://b?endpoint=http://127.0.0.1:9&region=x&access_key_id=a&secret_access_key=b")
    with pytest.raises(StorageUnavailable):
        await gone.get("files/x")


async def test_a_rate_limit_counts_within_its_window(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    limiter = RedisRateLimiter(redis)
    key = uuid.uuid4().hex
    assert [await limiter.allow(key, every_s=60, times=2) for _ in range(3)] == [True, True, False]
    await redis.aclose()


async def test_a_redis_that_is_away_stops_nobody() -> None:
    redis = Redis.from_url("redis://127.0.0.1:9/0")
    assert await RedisRateLimiter(redis).allow("k", every_s=60)
    await redis.aclose()


def test_every_message_can_be_filled_with_the_facts_it_lists() -> None:
    for code, message in YamlMessageTexts.read().messages.items():
        facts = dict.fromkeys(message.facts, "…")
        assert YamlMessageTexts.read().push(code, facts).text
        if message.mail:
            assert all(YamlMessageTexts.read().mail(code, facts))


def test_a_message_with_a_name_that_it_does_not_list_is_refused() -> None:
    with pytest.raises(ValueError, match="names without a fact: amount"):
        MessageText(facts=["case_no"], text="{case_no} {amount}")


def test_the_texts_that_must_be_there_are_there() -> None:
    messages = YamlMessageTexts.read().messages
    assert "24小时内缴费并提交申请，逾期将自动关闭，如需请重新发起申请" in messages["payment_timeout"].text
    assert "一旦取消办理，如想再继续申请，需要重新提交此业务。" in messages["cancelled_by_staff"].text
    assert "中智审核不合格" in messages["review_rejected"].text
