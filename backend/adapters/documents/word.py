"""Lays a letter out as a Word file with docxtpl, from catalogue/templates/letter.docx."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from backend.adapters.documents.wording import TEMPLATES, Letter

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def lay_out(letter: Letter, *, folder: Path = TEMPLATES) -> bytes:
    """The letter as DOCX; every word is escaped as XML text."""
    template = DocxTemplate(folder / "letter.docx")
    template.render(letter.as_data(), jinja_env=SandboxedEnvironment(autoescape=True), autoescape=True)
    out = BytesIO()
    template.save(out)
    return out.getvalue()
