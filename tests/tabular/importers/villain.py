"""What a malicious file would do."""

import os
from pathlib import Path
from typing import Any


class Villain:
    """Would make a file when unpickled by the ordinary unpickler."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.path}",)
