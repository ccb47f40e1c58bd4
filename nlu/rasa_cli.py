"""The `rasa` command line without TensorFlow: `python -m nlu.rasa_cli data validate …`, from the repository root."""

from __future__ import annotations

import sys
from pathlib import Path

from nlu import quiet, without_tensorflow


def main() -> None:
    quiet.hush()
    without_tensorflow.leave_out()
    sys.path.insert(0, str(Path.cwd()))
    from rasa.__main__ import main as rasa_main

    rasa_main()


if __name__ == "__main__":
    main()
