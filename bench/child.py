"""`python -m bench.child core module:function {arguments}` does one thing, in a process of its own on its own core."""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from bench.cores import MEASURED, cpu_seconds, stay_on

ROOT = Path(__file__).parent.parent
Result = dict[str, Any]


def run(name: str, core: int = MEASURED, **arguments: object) -> Result:
    """Await `bench.<name>` in a process of its own."""
    command = [sys.executable, "-m", "bench.child", str(core), name, json.dumps(arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise RuntimeError(f"{name} {arguments}\n{done.stderr[-3000:]}")
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def named(name: str) -> Any:
    """What `module:name` means in this package; imported only when asked for, as not every peer is always there."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(f"bench.{module}"), attribute)


@dataclass
class Stopwatch:
    """Seconds on the wall, of this process, and of the one beside it that is asked to work."""

    beside: int | None = None
    wall: float = 0.0
    cpu: float = 0.0
    cpu_beside: float = 0.0
    _began: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0), repr=False)

    def __enter__(self) -> Self:
        gc.collect()
        self._began = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        passed = (now - then for now, then in zip(self._now(), self._began, strict=True))
        self.wall, self.cpu, self.cpu_beside = passed

    def _now(self) -> tuple[float, float, float]:
        beside = cpu_seconds(self.beside) if self.beside else 0.0
        return time.perf_counter(), time.process_time(), beside

    def of(self, count: int, **more: object) -> Result:
        """What it came to for each of so many: `cpu_us` of this process, `beside_us` of the other, microseconds."""
        each = 1e6 / count
        found = {"per_second": count / self.wall, "cpu_us": self.cpu * each, "beside_us": self.cpu_beside * each}
        return {"count": count, **found, **more}


def main() -> None:
    """Do what the command line says, and print the result as the last line."""
    stay_on(int(sys.argv[1]))
    print(json.dumps(asyncio.run(named(sys.argv[2])(**json.loads(sys.argv[3])))))


if __name__ == "__main__":
    main()
