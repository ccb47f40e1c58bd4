"""Becomes another program that dies with its parent: `child.py [--as-nobody] PARENT_PID -- program …`.

PostgreSQL refuses to run as root, so `--as-nobody` first enters a user namespace in which root is nobody (the files
stay root's outside of it). The parent-death signal is set last, because a change of credentials clears it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Final, NoReturn

PR_SET_PDEATHSIG: Final = 1
CLONE_NEWUSER: Final = 0x10000000
NOBODY: Final = 65534
libc: Final = ctypes.CDLL(None, use_errno=True)


def become_nobody() -> None:
    """Enter a user namespace in which we are nobody.

    Raises:
        OSError: the kernel does not allow user namespaces here.
    """
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")


def can_become_nobody() -> bool:
    """Whether `become_nobody` works on this machine (tried in a child)."""
    pid = os.fork()
    if pid == 0:
        try:
            become_nobody()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def main(arguments: list[str]) -> NoReturn:
    split = arguments.index("--")
    options, program = arguments[:split], arguments[split + 1 :]
    parent_pid = int(options[-1])
    if "--as-nobody" in options:
        become_nobody()
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        sys.exit("the launcher is gone")
    os.execvp(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
