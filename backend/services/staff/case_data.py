"""What an applicant has told, section by section, with Chinese labels; ID number, phone and mails are masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.domain.catalogue import Catalogue
from backend.domain.draft import Draft, Entry
from backend.domain.masks import mask_emails, mask_id_number, mask_name, mask_phone
from backend.domain.sections import held
from backend.domain.sections.family import FAMILY, children
from backend.domain.sections.proposals import EARLIER
from backend.services.binding import applicant_id_no, applicant_name
from backend.services.ports import UnitOfWork
from backend.services.records import CaseRecord
from backend.services.staff.office import Office


@dataclass(frozen=True)
class Section:
    """Either pairs of label and value, or a table of entries."""

    title: str
    pairs: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


PERSONAL: Final = {
    "ethnicity": "民族",
    "political": "政治面貌",
    "marital": "婚姻状况",
    "title": "职称",
    "hukou_place": "户口所在地",
    "hukou_kind": "户口类型",
    "hukou_nature": "户口性质",
    "address": "现居住地址",
    "housing": "住所性质",
    "postcode": "邮政编码",
}
EDUCATION: Final = {
    "school": "学校",
    "start": "入学",
    "end": "毕业",
    "major": "专业",
    "study_identity": "学习身份",
    "level": "学历",
    "country": "国家地区",
}
WORK: Final = {"employer": "单位", "job": "岗位", "start": "开始", "end": "截止", "place": "工作地点"}
OPEN_END: Final = "OPEN"


async def sections_of(office: Office, uow: UnitOfWork, case: CaseRecord) -> list[Section]:
    """The sections that hold something."""
    draft = Draft.from_json(case.draft)
    catalogue = office.parts.catalogues.at(case.catalogue_version)
    sections = [
        Section("申请信息", pairs=await _contact(office, uow, case, draft, catalogue)),
        Section("个人信息", pairs=_pairs(draft.answers.get("personal", {}), PERSONAL, catalogue)),
        _table("学习经历", draft.rows("education"), EDUCATION),
        _table("工作经历", draft.rows("work"), WORK),
        Section("申请条件", pairs=_conditions(draft, catalogue)),
        Section("配偶子女", pairs=_family(draft)),
        Section("须知与自查", pairs=_self_check(draft, catalogue)),
        Section("这次的变更", pairs=_changes(draft, catalogue)),
        Section("资料来源", pairs=_taken_over(draft)),
    ]
    return [section for section in sections if section.pairs or section.rows]


async def _contact(
    office: Office, uow: UnitOfWork, case: CaseRecord, draft: Draft, catalogue: Catalogue
) -> list[tuple[str, str]]:
    applicant = await uow.applicants.get(case.applicant_id)
    employer = await uow.employers.get(case.employer_id) if case.employer_id else None
    district = catalogue.districts.get(employer.district) if employer else None
    pairs = [
        ("姓名", mask_name(applicant_name(office.parts, applicant)) if applicant else ""),
        ("身份证号", mask_id_number(applicant_id_no(office.parts, applicant)) if applicant else ""),
        ("手机号码", mask_phone(draft.answer("contact", "phone"))),
        ("电子邮箱", mask_emails(draft.answer("contact", "emails"))),
        ("公司名称", employer.name if employer else ""),
        ("区县名称", district.name if district else (employer.district if employer else "")),
    ]
    return [(label, value) for label, value in pairs if value]


def _pairs(told: Mapping[str, str], labels: Mapping[str, str], catalogue: Catalogue) -> list[tuple[str, str]]:
    housing = catalogue.questions.get("C_HOUSE")
    names = {option.code: option.label for option in housing.options} if housing else {}
    show: dict[str, Callable[[str], str]] = {"housing": lambda code: names.get(code, code)}
    return [(label, show.get(name, str)(told[name])) for name, label in labels.items() if told.get(name)]


def _table(title: str, entries: Sequence[Entry], labels: Mapping[str, str]) -> Section:
    rows = [[_month(entry.get(name, "")) for name in labels] for entry in entries]
    return Section(title, columns=tuple(labels.values()), rows=rows)


def _month(value: str) -> str:
    return "无固定期限" if value == OPEN_END else value


def _changes(draft: Draft, catalogue: Catalogue) -> list[tuple[str, str]]:
    """What differs from the earlier case, old and new beside each other; phone and mails masked."""
    masks: dict[str, Callable[[str], str]] = {"phone": mask_phone, "emails": mask_emails}
    labels = {**PERSONAL, "phone": "手机号码", "emails": "电子邮箱"}
    pairs = []
    for name, old, new in held.changes(draft):
        told = _pairs({name: old}, {name: "old"}, catalogue), _pairs({name: new}, {name: "new"}, catalogue)
        show = masks.get(name, str)
        pairs.append((labels[name], " → ".join(show(value) for pair in told for _, value in pair)))
    return pairs


def _taken_over(draft: Draft) -> list[tuple[str, str]]:
    case_no = draft.answer(EARLIER, "case_no")
    unchanged = draft.answer(EARLIER, "unchanged") == "yes"
    return [("沿用上次的申请", case_no + ("，申请人确认没有变化的不再填" if unchanged else ""))] if case_no else []


def _conditions(draft: Draft, catalogue: Catalogue) -> list[tuple[str, str]]:
    pairs = []
    for code, question in catalogue.questions.items():
        told = draft.answer("conditions", code)
        if told:
            names = {option.code: option.label for option in question.options}
            pairs.append((question.label or code, "、".join(names.get(one, one) for one in told.split(","))))
    return pairs


def _family(draft: Draft) -> list[tuple[str, str]]:
    """Who comes along, by name; their ID numbers are not known."""
    pairs = [("配偶", draft.answer(FAMILY, "spouse_name")), ("配偶单位", draft.answer(FAMILY, "spouse_employer"))]
    pairs += [
        (f"孩子 {at}", "，".join(part for part in (row.get("child_name", ""), row.get("child_born", "")) if part))
        for at, row in enumerate(children(draft), 1)
    ]
    return [(label, value) for label, value in pairs if value]


def _self_check(draft: Draft, catalogue: Catalogue) -> list[tuple[str, str]]:
    """The version of the notice that was confirmed, and what was answered to the self-check (F15)."""
    told = draft.answers.get("notice", {})
    pairs = [("须知版本", told.get("version", ""))]
    for check in catalogue.eligibility.checks if told else ():
        option = check.option(told.get(check.code, ""))
        pairs.append((check.label, option.label if option else told.get(check.code, "")))
    return [(label, value) for label, value in pairs if value]
