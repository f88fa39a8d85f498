"""The whole program, from outside."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from bench.child import ROOT

PORT = 18765
GIVE_UP = 120.0


def first_page() -> float:
    """Seconds from the command to the demo's page, in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        command = [str(Path(sys.executable).with_name("caunoi")), "demo", "--data", folder, "--port", str(PORT)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
            try:
                while time.monotonic() - began < GIVE_UP:
                    with suppress(urllib.error.URLError, ConnectionError):
                        urllib.request.urlopen(f"http://127.0.0.1:{PORT}/", timeout=10).read()
                        return time.monotonic() - began
                    time.sleep(0.02)
            finally:
                process.terminate()
    raise TimeoutError("the demo did not start")
