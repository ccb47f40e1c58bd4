"""The internal API as callers see it: token, error shape, statuses, OpenAPI, and nonsense of every kind."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from aiohttp.test_utils import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.domain.errors import all_errors
from backend.http.api import routes
from backend.http.errors import STATUSES, status_of
from backend.http.models import COMMAND_BODIES
from backend.http.openapi import openapi
from backend.services.commands import HANDLERS, INTERVIEW
from backend.services.parts import Parts
from tests.backend.backend_world import TOKEN, Person, bound

Client = TestClient[Any, Any]


def test_every_command_of_the_contract_has_a_body_and_a_handler() -> None:
    assert set(COMMAND_BODIES) == set(HANDLERS) | set(INTERVIEW)


def test_the_openapi_page_lists_every_route() -> None:
    listed = {path for path in openapi()["paths"] if "/commands/" not in path}
    served = {one.path.replace(":[A-Za-z0-9_-]{1,64}", "") for one in routes if "/commands/" not in one.path}  # type: ignore[attr-defined]
    assert listed == served


def test_every_code_in_the_status_table_is_an_error_of_ours() -> None:
    assert set(STATUSES) <= {one.code for one in all_errors()}


def test_no_refusal_is_a_server_error_but_what_is_away() -> None:
    away = {"payment_unavailable", "storage_unavailable"}
    for one in all_errors():
        assert (status_of(one.__new__(one)) >= 500) == (one.code in away)


@pytest.mark.parametrize(
    "path", ["/internal/openapi.json", "/internal/v1/captchas", "/internal/v1/applicants/o/overview"]
)
async def test_without_the_service_token_nothing_is_served(client: Client, path: str) -> None:
    answer = await client.get(path, headers={"Authorization": "Bearer wrong"})
    assert (answer.status, (await answer.json())["error"]["code"]) == (401, "unauthorized")


async def test_a_command_without_a_key_or_with_an_unknown_name_is_refused(client: Client) -> None:
    keyless = await client.post("/internal/v1/applicants/o1/commands/open", json={})
    assert (keyless.status, (await keyless.json())["error"]["code"]) == (422, "idempotency_key_needed")
    unknown = await client.post("/internal/v1/applicants/o1/commands/explode", json={})
    assert unknown.status == 404


async def test_an_unknown_field_is_the_callers_mistake(person: Person, parts: Parts) -> None:
    await bound(parts, person.openid)
    await person.says("start_case", business_type="NEW")
    status, answer = await person.command("goto", field="shoe_size")
    assert (status, answer["error"]["code"]) == (422, "unknown_field")


NONSENSE = (
    b"{",
    b"[]",
    b'"x"',
    b"\xff",
    b'{"reason": "\\u0000"}',
    b'{"reason": "\\ud800"}',
    b"[" * 100_000,
    b'{"a":' * 40_000,
    b'{"reason": ' + b"1" * 5_000 + b"}",
    b'{"reason": NaN}',
)


@pytest.mark.parametrize("body", NONSENSE, ids=lambda body: repr(body[:12]))
async def test_a_body_that_is_nonsense_is_422(client: Client, body: bytes) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = await client.post("/internal/v1/applicants/o1/commands/human", data=body, headers=headers)
    assert (answer.status, (await answer.json())["error"]["code"]) == (422, "malformed")


async def test_a_turn_costs_the_same_number_of_queries_at_the_end_of_a_case_as_at_its_start(
    person: Person, engine: AsyncEngine
) -> None:
    counted: list[str] = []
    await person.starts()
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    await person.says("answer", values=[{"field": "phone", "value": "13912345678"}], text="…")
    early = len(counted)
    await person.fills_in_everything()
    counted.clear()
    await person.says("answer", values=[{"field": "phone", "value": "13912345679"}], text="…")
    assert len(counted) <= early + 6
    assert early <= 30


SCHEMA = schemathesis.openapi.from_dict(openapi())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
CASES = st.sampled_from([one for one in OPERATIONS if not one.path.endswith("/files")]).flatmap(
    lambda operation: operation.as_strategy()
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(case=CASES)
async def test_schemathesis_finds_no_server_error_and_only_documented_statuses(person: Person, case: Any) -> None:
    if person.last == {}:
        await person.starts()
    case.path_parameters["openid"] = person.openid
    sent = case.as_transport_kwargs(base_url="http://x")
    headers = {**sent["headers"], "Idempotency-Key": f"fuzz{next(person.keys)}", "Authorization": f"Bearer {TOKEN}"}
    async with person.client.request(
        sent["method"], case.formatted_path, json=sent.get("json"), headers=headers
    ) as answer:
        documented = {int(status) for status in case.operation.definition.raw["responses"]}
        assert answer.status in documented, (case.formatted_path, await answer.text())
