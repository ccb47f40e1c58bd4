"""Demo data: employers, applicants with invented names and made-up numbers, staff; nothing from a real person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from backend.domain.numbers import id_check_character
from backend.services.parts import Parts
from backend.services.ports import UnitOfWork
from backend.services.records import Applicant, ApplicantEmployer, Employer, Staff

EMPLOYERS: Final = (
    ("e_demo_chaoyang", "示例科技（北京）有限公司", "朝阳区", "91110105MA0X5A9MF0"),
    ("e_demo_yanqing", "示例控股有限公司", "延庆区", "91110105MA0QRCW7H0"),
)
# Its applicants follow the manual of 2019: they book a visit.
VISITING: Final = ("e_demo_miyun", "示例服务（北京）有限公司", "密云区", "91110229MA01X2019B")
STAFF: Final = (
    ("s_demo_reviewer", "reviewer", "王审核", "reviewer"),
    ("s_demo_manager", "manager", "李主管", "manager"),
)
SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN: Final = ("示例", "样张", "演示", "测试")
APPLICANTS: Final = 60


async def seed(parts: Parts, *, password: str) -> list[str]:
    """Add what is missing; gives the lines to print."""
    password_hash = await parts.passwords.hash(password)
    async with parts.begin() as uow:
        for employer_id, name, district, uscc in EMPLOYERS:
            await uow.employers.add_if_new(Employer(employer_id, name, district, uscc, True, parts.clock.now()))
        visiting = Employer(*VISITING, True, parts.clock.now(), manual="legacy_2019")
        await uow.employers.add_if_new(visiting)
        everybody = {number: _employers_of(number) for number in range(1, APPLICANTS + 1)}
        await add_applicants(uow, parts, everybody, password_hash)
        for staff_id, username, display_name, role in STAFF:
            await uow.staff.add_if_new(Staff(staff_id, username, display_name, role, password_hash, parts.clock.now()))
        await uow.commit()
    return [
        f"applicants: demo1 … demo{APPLICANTS}, password {password} (demo{APPLICANTS} books visits, as in 2019)",
        *(f"console: {username} ({role}), password {password}" for _, username, _, role in STAFF),
    ]


def _employers_of(number: int) -> Sequence[tuple[str, ...]]:
    """Every third one can choose between two employer accounts; the last one has to visit."""
    if number == APPLICANTS:
        return [VISITING]
    return [EMPLOYERS[number % 2]] if number % 3 else EMPLOYERS


async def add_applicants(
    uow: UnitOfWork, parts: Parts, employers_of: Mapping[int, Sequence[tuple[str, ...]]], password_hash: str
) -> None:
    """The demo applicants of these numbers, each linked to these employer accounts."""
    await uow.applicants.add_all_new([_applicant(parts, number, password_hash) for number in employers_of])
    links = [
        ApplicantEmployer(f"a_demo_{number}", employer_id)
        for number, employers in employers_of.items()
        for employer_id, *_ in employers
    ]
    await uow.applicant_employers.add_all_new(links)


def _applicant(parts: Parts, number: int, password_hash: str) -> Applicant:
    applicant_id = f"a_demo_{number}"
    name = SURNAMES[(number - 1) % len(SURNAMES)] + GIVEN[number % len(GIVEN)]
    id_no = demo_id_number(number)
    return Applicant(
        id=applicant_id,
        username=f"demo{number}",
        password_hash=password_hash,
        name_sealed=parts.keys.seal(name.encode(), context=f"applicants.name:{applicant_id}"),
        id_no_sealed=parts.keys.seal(id_no.encode(), context=f"applicants.id_no:{applicant_id}"),
        id_no_hash=parts.keys.fingerprint(id_no),
        created_at=parts.clock.now(),
    )


def demo_id_number(number: int) -> str:
    """A made-up number of Changchun with a right check character: born 1985 to 1994, men and women by turns."""
    first = f"220101{1985 + number % 10}{number % 12 + 1:02d}{number % 28 + 1:02d}9{number % 100:02d}"
    return first + id_check_character(first)
