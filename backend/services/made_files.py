"""Files that are made anew at each call and kept nowhere: samples of papers, a case's templates (F40, F41)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from backend.services.errors import FileUnknown
from backend.services.outcome import ShownFile
from backend.services.parts import Parts
from backend.services.ports import MadeDocument
from backend.services.standing import Standing, load_standing
from backend.services.template_mailing import paper_facts, templates_of

SAMPLE: Final = "smp_"
TEMPLATE: Final = "tpl_"
KINDS: Final = {"pdf": "PDF", "docx": "Word"}
MADE: Final = (SAMPLE, TEMPLATE)


def sample_of(code: str) -> ShownFile:
    """The picture that shows how the paper of a material looks."""
    return ShownFile(f"{SAMPLE}{code}", "sample")


def template_downloads(standing: Standing) -> list[dict[str, str]]:
    """The papers that we prepare for this case, each as PDF and as Word."""
    if standing.context is None:
        return []
    return [
        {"file_id": f"{TEMPLATE}{code}_{kind}", "title": f"{name}（{shown}）", "paper": name, "format": shown}
        for code, name in templates_of(standing).items()
        for kind, shown in KINDS.items()
    ]


async def made_file(parts: Parts, openid: str, file_id: str) -> tuple[str, bytes]:
    """Media type and content.

    Raises:
        FileUnknown: no such sample, or a paper that this applicant's case does not need.
    """
    if file_id.startswith(SAMPLE):
        picture = await parts.templates.sample(file_id.removeprefix(SAMPLE))
        if picture is None:
            raise FileUnknown
        return "image/jpeg", picture
    code, _, kind = file_id.removeprefix(TEMPLATE).partition("_")
    async with parts.begin() as uow:
        standing = await load_standing(uow, parts, openid, lock=False)
    if standing.context is None or code not in templates_of(standing) or kind not in KINDS:
        raise FileUnknown
    paper = _of_kind(await parts.templates.make(code, paper_facts(parts, standing)), kind)
    return paper.media_type, paper.content


def _of_kind(papers: Sequence[MadeDocument], kind: str) -> MadeDocument:
    found = [one for one in papers if one.name.endswith(f".{kind}")]
    if not found:
        raise FileUnknown
    return found[0]
