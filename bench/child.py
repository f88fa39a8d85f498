"""`python -m bench.child module:function {arguments}` measures once, in a process of its own on its own core."""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from bench.cores import MEASURED, stay_on

ROOT = Path(__file__).parent.parent
Result = dict[str, Any]


def run(name: str, **arguments: object) -> Result:
    """Measure `bench.<name>` in a process of its own."""
    command = [sys.executable, "-m", "bench.child", name, json.dumps(arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(f"{name} {arguments}\n{done.stderr[-3000:]}")
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


@dataclass
class Stopwatch:
    """Seconds on the wall and of this process."""

    wall: float = 0.0
    cpu: float = 0.0

    def __enter__(self) -> Self:
        gc.collect()
        self._began = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self._began[0], time.process_time() - self._began[1]

    def of(self, count: int, **more: object) -> Result:
        """What it came to for so many."""
        return {"count": count, "per_second": count / self.wall, "cpu_us": self.cpu / count * 1e6, **more}


def main() -> None:
    """Do what the command line says, and print the result as the last line."""
    stay_on(MEASURED)
    module, _, function = sys.argv[1].partition(":")
    work = getattr(importlib.import_module(f"bench.{module}"), function)
    print(json.dumps(asyncio.run(work(**json.loads(sys.argv[2])))))


if __name__ == "__main__":
    main()
