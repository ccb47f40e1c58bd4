"""Makes the papers of a material code: one PDF to print and one Word file to adjust (F39, F40)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from backend.adapters.documents import pdf, word
from backend.adapters.documents.looks import draw_sample
from backend.adapters.documents.wording import TEMPLATES, Facts, fill, wordings
from backend.services.ports import MadeDocument


@dataclass(frozen=True)
class LetterMaker:
    """Fills the templates of one folder (the port `TemplateMaker`); a paper costs about 50 ms, in a worker thread."""

    folder: Path = TEMPLATES

    @property
    def codes(self) -> frozenset[str]:
        """The material codes that we have a paper for."""
        return frozenset(wordings(self.folder))

    async def make(self, code: str, facts: Facts) -> list[MadeDocument]:
        """PDF and Word of the paper `code`, filled with the case's facts; empty when we have none for this code.

        Facts that are used: case_no business name gender birth_date id_no phone district company usc_code agency
        position joined_on contract_end work_place address education_level hukou_place prev_employer left_on
        spouse_name spouse_id_no spouse_employer, and the lists gaps(start end reason), family(relation name id_no
        accompany), children(name birth_date id_no). Each may be missing: the paper then has a line to write on.
        The file names say what the papers are and nothing about the person.
        """
        if code not in self.codes:
            return []
        return await asyncio.to_thread(self._make_both, code, facts)

    async def sample(self, code: str) -> bytes | None:
        """How the paper of a material looks; drawn once per process."""
        return await asyncio.to_thread(draw_sample, code, self.folder)

    def _make_both(self, code: str, facts: Facts) -> list[MadeDocument]:
        letter = fill(code, facts, folder=self.folder)
        name = f"{code}-{letter.title}"
        return [
            MadeDocument(f"{name}.pdf", pdf.PDF_TYPE, pdf.lay_out(letter, folder=self.folder)),
            MadeDocument(f"{name}.docx", word.DOCX_TYPE, word.lay_out(letter, folder=self.folder)),
        ]
