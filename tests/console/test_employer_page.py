"""An employer's page: what is on file, its applicants, new ones from a pasted list, a QR for each who is not bound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from backend.domain.case import Stage
from backend.domain.numbers import credit_check_character, id_check_character
from backend.services.records import ApplicantEmployer
from backend.services.staff.office import Office
from backend.services.staff.refusals import QrUnavailable
from tests.console.console_world import Browser, World, hidden

URL = "/console/employers/e_1"


def id_number(serial: int) -> str:
    first = f"22010119900101{serial:03d}"
    return first + id_check_character(first)


class PlainQrCodes:
    """WeChat's side; `fails` is how often it refuses."""

    def __init__(self) -> None:
        self.scenes: list[str] = []
        self.fails = False

    async def make(self, scene: str, *, life_s: int) -> tuple[str, bytes]:
        if self.fails:
            raise QrUnavailable
        self.scenes.append(scene)
        return "image/png", b"\x89PNG"


@pytest.fixture
def qr() -> PlainQrCodes:
    return PlainQrCodes()


@pytest.fixture
def office(office: Office, qr: PlainQrCodes) -> Office:
    return replace(office, qr=qr)


@pytest.fixture
async def manager(browser: Browser, world: World) -> Browser:
    """A manager before an employer with one applicant, who is bound and has a case."""
    await world.a_member_of_staff(role="manager")
    case = await world.a_case(items=())
    async with world.office.parts.begin() as uow:
        await uow.applicant_employers.add(ApplicantEmployer(case.applicant_id, "e_1"))
        await uow.commit()
    await browser.sign_in()
    return browser


async def adds(browser: Browser, people: str) -> tuple[int, str]:
    _, page = await browser.get(URL)
    return await browser.press(page, f"{URL}/people", people=people)


async def test_the_page_shows_each_applicant_masked_with_the_running_case(manager: Browser) -> None:
    _, page = await manager.get(URL)
    assert "样**" in page
    assert "样张三" not in page
    assert "220101198501013344" not in page
    assert "GJ20260316-00001" in page
    assert "已绑定" in page


async def test_what_is_on_file_is_kept_and_stands_where_it_is_needed(manager: Browser, world: World) -> None:
    _, page = await manager.get(URL)
    filled = {
        "name": "示例控股有限公司", "uscc": "91110105MA0X5A9MFE", "district": "延庆区", "unit_kind": "company",
        "quota": "", "active": "yes", "manual": "legacy_2019", "fee": "688.5", "link_code": "BJ-7788",
        "client_no": "ZZ001", "contact_name": "赵人事", "contact_phone": "010-88880000",
    }  # fmt: skip
    status, refused = await manager.press(page, URL, **{**filled, "uscc": "91110105MA0X5A9M00"})
    assert (status, 'value="赵人事"' in refused) == (409, True)
    filled["uscc"] = "91110105MA0X5A9MF" + credit_check_character("91110105MA0X5A9MF")
    assert (await manager.press(page, URL, **filled))[0] == 303
    (one,) = await world.rows("employers", id="e_1")
    assert (one.manual, one.fee_fen, one.link_code, one.client_no) == ("legacy_2019", 68850, "BJ-7788", "ZZ001")
    assert (one.contact_name, one.contact_phone) == ("赵人事", "010-88880000")
    async with world.engine.begin() as connection:
        await connection.execute(text("UPDATE cases SET stage = 'agency_passed'"))
    _, case = await manager.get("/console/cases/GJ20260316-00001")
    assert "BJ-7788" in case


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("fee", "abc", "统一协议价"),
        ("fee", "0", "统一协议价"),
        ("manual", "1999", "办理流程"),
        ("contact_name", "长" * 41, "联系人"),
    ],
)
async def test_a_wrong_note_is_named_and_changes_nothing(
    manager: Browser, world: World, field: str, value: str, told: str
) -> None:
    code = "91110105MA0X5A9MF" + credit_check_character("91110105MA0X5A9MF")
    right = {
        "name": "改了名字",
        "uscc": code,
        "district": "延庆区",
        "unit_kind": "company",
    }
    _, page = await manager.get(URL)
    status, refused = await manager.press(page, URL, **{**right, field: value})
    assert (status, told in refused) == (409, True)
    (one,) = await world.rows("employers", id="e_1")
    assert one.name == "示例控股有限公司"


async def test_a_pasted_list_adds_those_who_can_be_and_hands_back_the_rest(manager: Browser, world: World) -> None:
    wrong_number = id_number(2)[:-1] + ("0" if id_number(2)[-1] != "0" else "1")
    status, page = await adds(
        manager, f"李一\t{id_number(1)}\n王二，{wrong_number}\n１{''}只有名字\n{id_number(3)} 赵 三\n"
    )
    assert status == 200
    assert "新添加 2 人" in page
    assert f"{wrong_number}　<b>身份证号不对" in page
    assert "要有一个姓名和一个身份证号" in page
    left = page.partition("<textarea")[2].partition("</textarea>")[0]
    assert wrong_number in left
    assert id_number(1) not in left
    assert len(await world.rows("applicants")) == 3
    assert len(await world.rows("applicant_employers", employer_id="e_1")) == 3
    assert [one.action for one in await world.rows("audit")].count("applicant_added") == 2


async def test_nothing_of_a_list_is_stored_in_the_open(manager: Browser, world: World) -> None:
    await adds(manager, f"李一 {id_number(1)}")
    async with world.engine.connect() as connection:
        told = await connection.execute(text("SELECT row_to_json(a)::text FROM applicants a"))
        stored = " ".join(row[0] for row in told)
        told = await connection.execute(text("SELECT row_to_json(a)::text FROM audit a"))
        stored += " ".join(row[0] for row in told)
    assert id_number(1) not in stored
    assert "李一" not in stored


async def test_the_same_list_twice_adds_nobody_twice(manager: Browser, world: World) -> None:
    for _ in range(2):
        await adds(manager, f"李一 {id_number(1)}")
    assert len(await world.rows("applicants")) == 2
    _, page = await adds(manager, f"李一 {id_number(1)}")
    assert "1 人本来就在" in page


async def test_somebody_known_through_another_employer_is_linked_not_doubled(manager: Browser, world: World) -> None:
    await world.a_case(number=2, items=())
    await adds(manager, f"李一 {id_number(1)}")
    _, page = await manager.get("/console/employers/e_2")
    _, page = await manager.press(page, "/console/employers/e_2/people", people=f"李一 {id_number(1)}")
    assert "关联已有申请人 1 人" in page
    assert len(await world.rows("applicants")) == 3


@pytest.mark.parametrize("people", ["", "  \n ", "\n".join(["李一 1"] * 201)])
async def test_a_list_of_nothing_or_too_much_is_refused(manager: Browser, people: str) -> None:
    status, page = await adds(manager, people)
    assert (status, 'role="alert"' in page) == (409, True)


async def test_only_those_who_are_not_bound_get_a_qr_and_the_last_one_counts(
    manager: Browser, world: World, qr: PlainQrCodes
) -> None:
    await adds(manager, f"李一 {id_number(1)}\n王二 {id_number(2)}")
    for _ in range(2):
        _, page = await manager.get(URL)
        status, sheet = await manager.press(page, f"{URL}/qrs")
        assert (status, sheet.count("<figure")) == (200, 2)
    assert len(qr.scenes) == 4
    offers = await world.rows("bind_offers")
    assert len([one for one in offers if one.withdrawn_at is None]) == 2


async def test_many_are_handed_their_qrs_sheet_by_sheet(manager: Browser, qr: PlainQrCodes) -> None:
    await adds(manager, "\n".join(f"李一 {id_number(serial)}" for serial in range(1, 15)))
    _, page = await manager.get(URL)
    assert "第 13 到 14 位" in page
    _, sheet = await manager.press(page, f"{URL}/qrs", sheet="2")
    assert (sheet.count("<figure"), len(qr.scenes)) == (2, 2)
    _, sheet = await manager.press(page, f"{URL}/qrs", sheet="99")
    assert sheet.count("<figure") == 0


async def test_without_wechat_the_page_says_so(manager: Browser, qr: PlainQrCodes) -> None:
    await adds(manager, f"李一 {id_number(1)}")
    qr.fails = True
    _, page = await manager.get(URL)
    status, told = await manager.press(page, f"{URL}/qrs")
    assert (status, "微信暂时没有给出二维码" in told) == (409, True)


async def test_an_applicant_with_a_running_case_stays_others_can_be_taken_off(manager: Browser, world: World) -> None:
    await adds(manager, f"李一 {id_number(1)}")
    busy = (await world.case(await _the_case(world))).applicant_id
    (free,) = [one.id for one in await world.rows("applicants") if one.id != busy]
    _, page = await manager.get(URL)
    assert (await manager.press(page, f"{URL}/people/{busy}/remove"))[0] == 409
    assert (await manager.press(page, f"{URL}/people/{free}/remove"))[0] == 303
    assert [one.applicant_id for one in await world.rows("applicant_employers")] == [busy]
    assert len(await world.rows("applicants")) == 2


async def _the_case(world: World) -> object:
    (case,) = await world.rows("cases", stage=Stage.AGENCY_REVIEW.value)
    return case


async def test_a_reviewer_looks_and_hands_out_qrs_and_adds_nobody(browser: Browser, world: World) -> None:
    await world.a_case(items=())
    await world.a_member_of_staff()
    await browser.sign_in()
    status, page = await browser.get(URL)
    assert (status, "添加申请人" in page) == (200, False)
    fields = {"csrf": hidden(page, "csrf"), "token": "t" * 32, "people": f"李一 {id_number(1)}"}
    assert (await browser.post(f"{URL}/people", fields))[0] == 409
    assert len(await world.rows("applicants")) == 1


async def test_an_employer_that_is_not_there_is_not_found(manager: Browser) -> None:
    assert (await manager.get("/console/employers/e_nobody"))[0] == 404
    assert (await manager.get(f"{URL}?page=999999"))[0] == 200
    assert (await manager.get(f"{URL}?page=-1"))[0] == 200
