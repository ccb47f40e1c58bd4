"""Another openid's case, file, photo, order and slip are out of reach by every route of the internal API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from pydantic import ValidationError
from yarl import URL

from backend.http.api import APPLICANT, routes
from backend.http.models import COMMAND_BODIES
from backend.services.files import NewFile, store_file
from backend.services.parts import Parts
from backend.services.records import Confirmation
from tests.backend.backend_world import AGREED, Person, a_picture, the_order

Client = TestClient[Any, Any]
PDF = b"%PDF-1.4 somebody's slip"

# What a stranger sends to each route, with the ids of somebody else's things in it.
BODIES: Mapping[str, dict[str, Any]] = {
    "bind": {"username": "demo1", "password": "guessed", "agreed": AGREED},
    "credentials": {"username": "stranger", "password": "stranger", "consent": True},
    "photo/crop": {"x": 0, "y": 0, "w": 295, "h": 413},
    "materials/{item}/files": {"file_ids": ["{file_id}"]},
    "binding-offer": {"id_tail": "0000", "agreed": AGREED},
    "password/code": {"username": "demo1", "phone": "13800138000"},
    "password": {"username": "demo1", "code": "123456", "password": "guessed-2026"},
    "pay/prepare": {},
    "pay/check": {},
    "contacted": {"event": "click"},
}
COMMANDS: Mapping[str, dict[str, Any]] = {
    "start_case": {"business_type": "NEW"},
    "choose_employer": {"employer_id": "e_demo_yanqing"},
    "confirm_notice": {"eligible": True},
    "answer": {"text": "…", "option": "yes"},
    "goto": {"field": "phone"},
    "upload": {"file_id": "{file_id}", "item": "BA01"},
    "choose_item": {"item": "BA01"},
    "move_upload": {"item": "BA01"},
    "switch_person": {"person": "a_demo_1"},
    "confirm_phone": {"code": "123456"},
    "photo_nudge": {"direction": "up"},
    "page_link": {"purpose": "pay"},
    "cancel_case": {"confirmed": True},
    "human": {"reason": "asked"},
}


@pytest.fixture
async def owned(person: Person, parts: Parts) -> dict[str, str]:
    """Ids of the things of a person with a waiting order, a photo, files and a slip."""
    outcome = await person.submits()
    order = await the_order(parts)
    async with parts.begin() as uow:
        photo = await uow.photos.first(case_id=order.case_id)
        held = await uow.item_files.first()
        identity = await uow.identities.first(openid=person.openid)
        assert photo and held and identity
        new = NewFile("material", "console", PDF)
        slip = await store_file(uow, parts, new, applicant_id=identity.applicant_id, openid=None)
        await uow.confirmations.add(Confirmation("d_1", order.case_id, slip.id, parts.clock.now(), "s_demo_reviewer"))
        await uow.commit()
    return {
        "case": outcome["case"]["case_no"],
        "order": order.out_trade_no,
        "source": photo.source_file_id,
        "preview": photo.preview_file_id,
        "paper": held.file_id,
        "slip": slip.id,
    }


@pytest.fixture(params=["unbound", "bound", "signed out", "moved away"])
async def stranger(request: pytest.FixtureRequest, client: Client, person: Person, owned: dict[str, str]) -> Person:
    """Somebody else: without an account, with one and a case of their own, or the account that the owner had before."""
    stranger = Person(client, "o_stranger")
    if request.param == "signed out":
        await person.says("unbind_account", confirmed=True)
        return person
    if request.param == "moved away":
        await Person(client, "o_new_phone").binds()
        return person
    if request.param == "bound":
        await stranger.binds("demo2")
        await stranger.says("start_case", business_type="NEW")
    return stranger


def _calls(file_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every route of an applicant, as a stranger would call it."""
    found: list[tuple[str, str, dict[str, Any]]] = []
    for route in routes:
        path = route.path.removeprefix(APPLICANT + "/")  # type: ignore[attr-defined]
        if path == route.path or path == "files":  # type: ignore[attr-defined]
            continue
        if path == "commands/{name}":
            found += [("POST", f"commands/{name}", COMMANDS.get(name, {})) for name in COMMAND_BODIES]
        else:
            found.append((route.method, path, BODIES[path] if route.method == "POST" else {}))  # type: ignore[attr-defined]
    filled = json.dumps(found).replace("{file_id}", file_id).replace("{item}", "BA01").replace("{number}", "1")
    return [(method, f"/{path}", body) for method, path, body in json.loads(filled)]


async def _everything(parts: Parts, owned: Mapping[str, str]) -> str:
    """The owner's rows, as text."""
    async with parts.begin() as uow:
        case = await uow.cases.first(case_no=owned["case"])
        order = await uow.orders.first(out_trade_no=owned["order"])
        assert case and order
        items = await uow.items.where(case_id=case.id, order_by="code")
        held = await uow.item_files.where(item_id=[item.id for item in items], order_by="id")
        photo, credentials = await uow.photos.get(case.id), await uow.credentials.get(case.id)
        return repr((case, items, held, photo, credentials, order, await uow.audit.where(case_id=case.id)))


async def test_no_route_shows_or_changes_what_is_somebody_elses(
    stranger: Person, owned: dict[str, str], parts: Parts
) -> None:
    before = await _everything(parts, owned)
    for thing in ("source", "paper", "slip"):
        for method, path, body in _calls(owned[thing]):
            status, answer = await stranger.get(path) if method == "GET" else await stranger.post(path, **body)
            shown = repr(answer)
            told = [name for name, value in owned.items() if value in shown]
            assert not told, (method, path, status, told)
            assert PDF not in (answer if isinstance(answer, bytes) else b""), path
    assert await _everything(parts, owned) == before


async def test_every_command_is_tried_with_a_body_that_it_takes() -> None:
    """A new command whose body has to be told would otherwise be tried as a malformed one only."""

    def takes(name: str) -> bool:
        try:
            COMMAND_BODIES[name].model_validate(
                json.loads(json.dumps(COMMANDS.get(name, {})).replace("{file_id}", "f_1"))
            )
        except ValidationError:
            return False
        return True

    assert [name for name in COMMAND_BODIES if not takes(name)] == []


async def test_the_second_person_of_an_account_changes_nothing_of_the_first(
    person: Person, owned: dict[str, str], parts: Parts
) -> None:
    """Files that were sent to the account may be shown there; the draft, the order and the case are out of reach."""
    await person.binds("demo2")
    await person.says("start_case", business_type="NEW")
    before = await _everything(parts, owned)
    for thing in ("source", "paper"):
        for method, path, body in _calls(owned[thing]):
            if path.startswith("/files/") or path == "/commands/switch_person":
                continue
            status, answer = await person.get(path) if method == "GET" else await person.post(path, **body)
            told = [name for name, value in owned.items() if value in repr(answer)]
            assert not told, (method, path, status, told)
    assert await _everything(parts, owned) == before


async def test_somebody_elses_file_looks_like_one_that_is_not_there(stranger: Person, owned: dict[str, str]) -> None:
    unknown = await stranger.get("/files/f_000000000000000000000000")
    for thing in ("source", "preview", "paper", "slip"):
        assert await stranger.get(f"/files/{owned[thing]}") == unknown
    assert unknown[0] == 404


async def test_the_owner_reaches_all_of_it(person: Person, owned: dict[str, str]) -> None:
    for thing in ("source", "preview", "paper", "slip"):
        assert (await person.get(f"/files/{owned[thing]}"))[0] == 200


async def test_a_key_of_somebody_else_gives_no_answer_of_theirs(person: Person, client: Client) -> None:
    await person.starts()
    mine = await person.says("open", key="turn-shared:turn")
    theirs = await Person(client, "o_stranger").says("open", key="turn-shared:turn")
    assert mine["case"] and theirs["case"] is None


async def test_the_same_picture_of_two_people_stays_two_files(person: Person, client: Client) -> None:
    """Whether somebody else has sent these bytes is not told."""
    await person.binds()
    await person.sends_file(a_picture())
    _, told = await Person(client, "o_stranger").sends_file(a_picture())
    assert told["duplicate_of"] is None


async def test_who_moved_to_another_account_leaves_nothing_behind(
    person: Person, owned: dict[str, str], client: Client
) -> None:
    """The second WeChat account of a person takes the place of the first (F5), which then sees no file any more."""
    await Person(client, "o_new_phone").binds()
    assert (await person.get(f"/files/{owned['paper']}"))[0] == 404
    assert (await person.get("/overview"))[0] == 409


async def test_every_internal_route_answers_401_without_the_service_token(client: Client) -> None:
    tried = 0
    for route in client.app.router.routes():  # type: ignore[union-attr]
        path = route.resource.canonical if route.resource else ""
        if not path.startswith("/internal/"):
            continue
        path = path.replace("{openid}", "o1").replace("{", "").replace("}", "")
        for offered in ("", "Bearer ", "Bearer wrong", "Basic x", "Bearer \udcff"):
            headers = {"Authorization": offered}
            async with client.request(route.method, path, headers=headers) as answer:
                assert answer.status == 401, (route.method, path, offered)
                assert route.method == "HEAD" or (await answer.json())["error"]["code"] == "unauthorized"
        tried += 1
    assert tried >= 15


@pytest.mark.parametrize("path", ["/INTERNAL/v1/captchas", "/x//internal/v1/captchas", "/%69nternal/v1/captchas"])
async def test_no_other_spelling_of_a_route_gets_past_the_token(client: Client, path: str) -> None:
    async with client.post(URL(path, encoded=True), headers={"Authorization": ""}) as answer:
        assert answer.status in (401, 404)
