"""What the console's tests build with: a small catalogue, a world of rows, a browser without scripts."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import aiohttp
import pypdfium2
from aiohttp.test_utils import TestClient
from PIL import Image, ImageDraw
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.adapters.catalogue_files import load_catalogue, load_retention
from backend.domain.case import Stage
from backend.domain.catalogue import Catalogue
from backend.domain.profile import BusinessType
from backend.domain.retention import Retention
from backend.services import records as r
from backend.services.files import NewFile, store_file
from backend.services.staff.office import Office
from tests.conftest import MovableClock

PASSWORD = "a-long-test-password"
CATALOGUE = load_catalogue()
OPENID = "o_test_applicant_0001"
ITEMS = ("BA01", "HO04", "WK01")


class FewMaterials:
    """The port `Catalogues`, as much of it as the console reads."""

    def current(self) -> Catalogue:
        return self.at("test")

    def retention(self) -> Retention:
        return load_retention()

    def at(self, version: str) -> Catalogue:
        materials = {
            "BA01": _material("BA01", "居民身份证（正反面）", "基本资料", "四角完整、不反光、在有效期内"),
            "BA02": _material("BA02", "户口簿首页及本人页", "基本资料", "首页是地址页；信息要与身份证一致"),
            "BA08": _material("BA08", "个人诚信声明", "基本资料", "本人手写签名和日期"),
            "HO04": _material("HO04", "房屋租赁合同", "在京住所证明", "写清详细地址、双方姓名、租期"),
            "WK01": _material("WK01", "劳动（聘用）合同", "在京工作证明", "封面、期限、职务、薪酬、签章页"),
            "ED01": _material("ED01", "学历（毕业）证书", "学历/学位相关材料", "本科起每一层都传"),
            "OT06": _material("OT06", "全部材料", "其他", "一次都传在这里"),
        }
        reasons = ("照片不清晰，请重拍", "缺页，请补齐", "已过有效期，请换新的")
        told = SimpleNamespace(
            materials=materials,
            material=materials.get,
            reject_reasons=reasons,
            questions={},
            districts=CATALOGUE.districts,
            eligibility=CATALOGUE.eligibility,
            reminders=SimpleNamespace(validity_years={BusinessType.NEW: 3}),
        )
        return cast(Catalogue, told)


def _material(code: str, name: str, category: str, hint: str) -> SimpleNamespace:
    return SimpleNamespace(code=code, name=name, category=category, hint=hint, marks=frozenset(BusinessType))


@dataclass
class World:
    """Puts rows into the database and reads them back."""

    office: Office
    engine: AsyncEngine
    clock: MovableClock

    async def a_member_of_staff(
        self, username: str = "wang", name: str = "王审核", *, role: str = "reviewer"
    ) -> r.Staff:
        parts = self.office.parts
        staff = r.Staff(
            id=parts.ids.new("w"),
            username=username,
            display_name=name,
            role=role,
            password_hash=await parts.passwords.hash(PASSWORD),
            created_at=self.clock.now(),
        )
        async with parts.begin() as uow:
            await uow.staff.add(staff)
            await uow.commit()
        return staff

    async def a_case(
        self,
        stage: Stage = Stage.AGENCY_REVIEW,
        *,
        number: int = 1,
        items: Sequence[str] = ITEMS,
        company: str = "示例控股有限公司",
        **changes: Any,
    ) -> r.CaseRecord:
        """A case of an applicant of its own, with a picture for each item."""
        parts = self.office.parts
        now = self.clock.now()
        applicant_id = parts.ids.new("a")
        case = r.CaseRecord(
            id=parts.ids.new("c"),
            case_no=f"GJ20260316-{number:05}",
            applicant_id=applicant_id,
            business_type="NEW",
            profile="2023_new",
            stage=stage.value,
            catalogue_version="test",
            created_at=now - timedelta(days=2),
            updated_at=now,
            stage_since=now - timedelta(hours=3),
            draft=A_DRAFT,
            employer_id=f"e_{number}",
        )
        async with parts.begin() as uow:
            await uow.employers.add(r.Employer(f"e_{number}", company, "yanqing", f"USCC{number:014}", True, now))
            await uow.applicants.add(
                r.Applicant(
                    id=applicant_id,
                    username=f"applicant{number}",
                    password_hash="x",
                    name_sealed=parts.keys.seal("样张三".encode(), context=f"applicants.name:{applicant_id}"),
                    id_no_sealed=parts.keys.seal(b"220101198501013344", context=f"applicants.id_no:{applicant_id}"),
                    id_no_hash=f"hash{number}",
                    created_at=now,
                )
            )
            openid = OPENID if number == 1 else f"{OPENID}_{number}"
            await uow.identities.add(r.Identity(openid, applicant_id, "v1", now, now))
            await uow.cases.add(replace(case, **changes))
            for code in items:
                await self.an_item(uow, case, code)
            await uow.commit()
        return replace(case, **changes)

    async def an_item(self, uow: Any, case: r.CaseRecord, code: str, *pictures: bytes, **changes: Any) -> r.ItemRecord:
        item = r.ItemRecord(id=self.office.parts.ids.new("i"), case_id=case.id, code=code, state="uploaded")
        item = replace(item, **changes)
        await uow.items.add(item)
        for picture in pictures or (a_picture(code),):
            await self.add_file(uow, case, item, picture, round=1)
        return item

    async def add_file(self, uow: Any, case: r.CaseRecord, item: r.ItemRecord, content: bytes, *, round: int) -> None:
        parts = self.office.parts
        new = NewFile(kind="material", source="chat", content=content)
        stored = await store_file(uow, parts, new, applicant_id=case.applicant_id, openid=None)
        await uow.item_files.add(r.ItemFile(parts.ids.new("x"), item.id, stored.id, round, self.clock.now()))

    async def case(self, case: r.CaseRecord) -> r.CaseRecord:
        async with self.office.parts.begin() as uow:
            found = await uow.cases.get(case.id)
            assert found is not None
            return found

    async def items(self, case: r.CaseRecord) -> dict[str, r.ItemRecord]:
        async with self.office.parts.begin() as uow:
            return {item.code: item for item in await uow.items.where(case_id=case.id)}

    async def rows(self, table: str, **equal: object) -> list[Any]:
        async with self.office.parts.begin() as uow:
            found: list[Any] = await getattr(uow, table).where(**equal)
            return found

    async def pushes(self) -> list[Mapping[str, Any]]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(text("SELECT openid, dedupe_key, parts FROM wechat_outgoing ORDER BY id"))
            return [dict(row._mapping) for row in rows]


A_DRAFT: dict[str, Any] = {
    "answers": {
        "contact": {"phone": "13800138000", "emails": "a@example.com;b@example.cn"},
        "personal": {"ethnicity": "汉族", "political": "群众", "marital": "未婚", "hukou_place": "吉林省长春市南关区"},
    },
    "entries": {
        "education": [
            {"school": "长春市第十一高中", "start": "2003-09", "end": "2006-06", "major": "无", "level": "高中及以下"},
            {"school": "示例大学", "start": "2006-09", "end": "2010-06", "major": "计算机", "level": "本科"},
        ],
        "work": [
            {
                "employer": "示例控股有限公司",
                "job": "后端开发",
                "start": "2010-07",
                "end": "OPEN",
                "place": "北京市延庆区",
            }
        ],
    },
}


def a_picture(words: str) -> bytes:
    picture = Image.new("RGB", (640, 420), (244, 238, 224))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((18, 18, 622, 402), outline=(120, 140, 150), width=4)
    pen.text((40, 40), f"SPECIMEN {words.encode('ascii', 'ignore').decode()}", fill=(60, 70, 80))
    for line in range(7):
        pen.rectangle((40, 110 + line * 38, 600 - (line % 3) * 90, 122 + line * 38), fill=(205, 205, 198))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def a_pdf(pages: int = 1) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@dataclass
class Browser:
    """A staff member's browser without scripts: keeps cookies, fills in the hidden fields of the forms it sees."""

    client: TestClient[Any, Any]

    async def get(self, path: str, **kwargs: Any) -> tuple[int, str]:
        async with self.client.get(path, allow_redirects=False, **kwargs) as response:
            return response.status, await response.text()

    async def post(self, path: str, fields: Any, **kwargs: Any) -> tuple[int, str]:
        async with self.client.post(path, data=fields, allow_redirects=False, **kwargs) as response:
            return response.status, await response.text()

    async def sign_in(self, username: str = "wang", password: str = PASSWORD) -> tuple[int, str]:
        _, page = await self.get("/console/sign-in")
        return await self.post(
            "/console/sign-in", {"csrf": hidden(page, "csrf"), "username": username, "password": password}
        )

    async def press(self, page: str, action: str, **fields: str) -> tuple[int, str]:
        """Send the form with this action, as it stands on the page."""
        return await self.post(action, {**kept_fields(page, action), **fields})

    async def upload(self, page: str, action: str, field: str, content: bytes) -> tuple[int, str]:
        form = aiohttp.FormData(kept_fields(page, action))
        form.add_field(field, io.BytesIO(content), filename="slip.pdf", content_type="application/pdf")
        return await self.post(action, form)


def kept_fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with this action."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.S)
    assert form, f"no form for {action}"
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return found[1]
