"""The catalogue as a whole, conditions, which materials a case needs, and what is still missing."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend.adapters.catalogue_files import FOLDER, load_catalogue
from backend.domain.catalogue import Catalogue, Mark
from backend.domain.catalogue_reading import DOCUMENTS
from backend.domain.conditions import read_condition
from backend.domain.context import ItemState, ItemStatus
from backend.domain.errors import CatalogueFaulty
from backend.domain.materials import completeness, requirements
from backend.domain.profile import BusinessType
from tests.domain.talking import the_catalogue

FACTS = {
    "C_MAR": "single",
    "C_HOUSE": "rented_flat",
    "C_HUKOU": "family",
    "C_EDU": "domestic",
    "C_EDU_YEAR": "2012",
    "C_PATH": "degree",
    "C_SI": "direct",
    "C_TAX_ZERO": "no",
    "C_NAME_CHANGED": "no",
    "C_GAP": "no",
    "degree": "bachelor",
    "district": "haidian",
}


def documents() -> dict[str, Any]:
    return {name: yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8")) for name in DOCUMENTS}


def codes(facts: Mapping[str, str], business: BusinessType = BusinessType.NEW) -> set[str]:
    return {one.code for one in requirements(the_catalogue(), business, facts) if one.required}


def test_all_rows_of_the_catalogue_are_there(catalogue: Catalogue) -> None:
    assert len(catalogue.materials) == 79
    assert set(catalogue.categories) == {
        "基本资料",
        "在京住所证明",
        "在京工作证明",
        "学历/学位相关材料",
        "配偶子女",
        "其他",
    }
    assert len(catalogue.districts) == 17


def test_every_material_says_where_it_comes_from_and_when_it_was_checked(catalogue: Catalogue) -> None:
    for material in catalogue.materials.values():
        assert material.origin.source
        assert material.origin.last_verified is not None
        assert material.force.effective_from is not None


def test_a_material_with_a_system_template_belongs_to_every_business_that_needs_a_power_of_attorney(
    catalogue: Catalogue,
) -> None:
    assert set(catalogue.materials["BA10"].marks) == set(BusinessType)


@pytest.mark.parametrize("business", [one for one in BusinessType if one is not BusinessType.NEW])
def test_other_businesses_take_one_bulk_upload(business: BusinessType) -> None:
    assert "OT06" in codes({}, business)
    assert "OT06" not in codes({})


@pytest.mark.parametrize(
    ("changed", "added", "dropped"),
    [
        ({"C_HOUSE": "own_with_deed"}, {"HO01"}, {"HO04", "HO05"}),
        ({"C_HOUSE": "rented_village"}, {"HO06"}, {"HO05"}),
        ({"C_HUKOU": "collective"}, {"BA03"}, {"BA02"}),
        ({"C_MAR": "married"}, {"FA01", "FA13"}, {"FA03"}),
        ({"C_MAR": "divorced"}, {"FA02"}, {"FA03"}),
        ({"C_EDU": "abroad"}, {"ED06"}, {"ED03", "ED05"}),
        ({"C_EDU_YEAR": "2001"}, {"ED04"}, {"ED03"}),
        ({"C_SI": "agent"}, {"WK05"}, set()),
        ({"C_TAX_ZERO": "yes"}, {"WK08"}, set()),
        ({"C_GAP": "yes"}, {"WK16"}, set()),
        ({"C_NAME_CHANGED": "yes"}, {"BA12"}, set()),
        ({"district": "dongcheng"}, {"WK07"}, set()),
        ({"C_PATH": "income_4x"}, {"WK13"}, {"ED02", "ED05"}),
        ({"C_PATH": "unsure"}, set(), set()),
    ],
)
def test_one_changed_answer_changes_only_its_materials(
    changed: dict[str, str], added: set[str], dropped: set[str]
) -> None:
    before, after = codes(FACTS), codes({**FACTS, **changed})
    assert (after - before, before - after) == (added, dropped)


def test_an_unknown_fact_asks_for_nothing() -> None:
    assert not {"HO04", "FA01", "ED03"} & codes({})


def test_papers_of_a_child_are_counted_per_child(catalogue: Catalogue) -> None:
    facts = {**FACTS, "C_CHILD": "with_2", "children": "2"}
    birth = next(one for one in requirements(catalogue, BusinessType.NEW, facts) if one.code == "FA08")
    assert (birth.files_min, birth.files_max) == (2, 4)


def test_what_is_missing_counts_files_and_forgives_optional_items(catalogue: Catalogue) -> None:
    needed = requirements(catalogue, BusinessType.NEW, FACTS)
    items = {one.code: ItemState(one.code, ItemStatus.UPLOADED, files=one.files_min) for one in needed if one.required}
    assert completeness(needed, items, photo_accepted=False) == ()
    items["BA01"] = ItemState("BA01", ItemStatus.UPLOADED, files=1)
    del items["BA04"]
    lacking = completeness(needed, items, photo_accepted=True)
    assert [(one.code, one.files, one.files_min) for one in lacking] == [("BA01", 1, 2)]


def test_a_rejected_item_is_missing(catalogue: Catalogue) -> None:
    needed = [one for one in requirements(catalogue, BusinessType.NEW, FACTS) if one.code == "WK01"]
    items = {"WK01": ItemState("WK01", ItemStatus.REJECTED, files=3)}
    assert [one.code for one in completeness(tuple(needed), items, photo_accepted=True)] == ["WK01"]


QUESTIONS = the_catalogue().questions
ANSWERS = st.fixed_dictionaries(
    {
        code: st.sampled_from([one.code for one in question.options])
        for code, question in QUESTIONS.items()
        if question.options
    }
)


@given(ANSWERS, st.sampled_from(sorted(BusinessType)))
def test_every_combination_of_answers_gives_a_list_in_catalogue_order(
    facts: dict[str, str], business: BusinessType
) -> None:
    catalogue = the_catalogue()
    found = [one.code for one in requirements(catalogue, business, facts)]
    assert found == [code for code in catalogue.materials if code in set(found)]
    for code, material in catalogue.materials.items():
        if material.marks.get(business) is Mark.REQUIRED and business not in material.conditions:
            assert code in found


def test_all_faults_of_a_catalogue_are_named_at_once() -> None:
    broken = copy.deepcopy(documents())
    broken["materials"]["materials"][0]["files"] = [3, 2]
    broken["materials"]["materials"][1]["when"] = {"C_NOTHING": ["x"]}
    broken["materials"]["materials"][2]["when"] = {"C_HUKOU": ["villa"]}
    broken["materials"]["materials"][3]["marks"] = {"NEU": "required"}
    broken["materials"]["materials"][4]["category"] = "杂项"
    broken["notices"]["notices"][0]["buttons"] = {"yes": "好"}
    broken["fees"]["by_business"].pop("RENEW")
    broken["rules"]["thresholds"]["emails_max"] = "five"
    broken["rules"]["pay_window"]["anchor"] = "later"
    broken["districts"]["districts"][0]["extra_items"] = ["ZZ99"]
    broken["conditions"]["questions"].append(dict(broken["conditions"]["questions"][0]))
    with pytest.raises(CatalogueFaulty) as faulty:
        Catalogue.from_documents(broken)
    told = str(faulty.value)
    for part in (
        "BA01",
        "C_NOTHING",
        "villa",
        "NEU",
        "杂项",
        "yes, unsure and no",
        "RENEW",
        "emails",
        "anchor",
        "ZZ99",
        "C_PATH appears twice",
    ):
        assert part in told or (part == "emails" and "thresholds" in told), part


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_missing_document_is_a_fault(name: str) -> None:
    partial = {key: value for key, value in documents().items() if key != name}
    with pytest.raises(CatalogueFaulty, match=name):
        Catalogue.from_documents(partial)


def test_every_rule_is_needed_and_one_that_nobody_reads_is_a_fault() -> None:
    broken = copy.deepcopy(documents())
    broken["rules"].pop("delivery")
    broken["rules"]["opening_hours"] = {"begins": "09:00"}
    with pytest.raises(CatalogueFaulty) as faulty:
        Catalogue.from_documents(broken)
    assert faulty.value.faults == ("rules.opening_hours: not known", "rules.delivery: no 'delivery'")


def test_a_broken_file_is_a_fault(tmp_path: Any) -> None:
    (tmp_path / "rules.yml").write_text("a: [", encoding="utf-8")
    with pytest.raises(CatalogueFaulty, match="rules"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    "raw", [None, {}, [], "x", {"any": []}, {"any": [{}]}, {"a": {}}, {"a": {"till": 3}}, {"a": [None]}]
)
def test_what_is_no_condition_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_condition(raw)


def test_a_price_may_be_agreed_with_an_employer(catalogue: Catalogue) -> None:
    usual = catalogue.fee.fen_for(BusinessType.NEW)
    assert catalogue.fee.fen_for(BusinessType.NEW, employer="91110108551385082Q") < usual
    assert catalogue.fee.fen_for(BusinessType.NEW, employer="another") == usual


def test_the_notice_quotes_the_binding_sentences(catalogue: Catalogue) -> None:
    for business in BusinessType:
        text = "".join(catalogue.notice_for(business).paragraphs)
        assert "24小时内缴费并提交申请，逾期将自动关闭，如需请重新发起申请" in text
        assert "一旦取消办理，如想再继续申请，需要重新提交此业务" in text


def test_hints_fit_a_phone(catalogue: Catalogue) -> None:
    assert all(len(material.hint) <= 60 for material in catalogue.materials.values())


def test_a_row_is_in_force_between_its_days(catalogue: Catalogue) -> None:
    force = catalogue.materials["BA01"].force
    assert force.effective_from is not None
    assert force.includes(force.effective_from)
    assert not force.includes(force.effective_from.replace(year=2000))
