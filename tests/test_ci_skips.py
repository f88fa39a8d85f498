"""In CI a skipped test is a failure; elsewhere it is not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SKIPS = "import pytest\ndef test_a(): pass\ndef test_b(): pytest.skip('no such thing here')\n"
EXPECTED_FAILURE = "import pytest\n@pytest.mark.xfail\ndef test_c(): assert 0\ndef test_d(): pass\n"
BROWSER = "import pytest\n@pytest.mark.browser\ndef test_e(): pass\n"


def run(folder: Path, tests: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run tests in a process of their own, under our conftest and nothing else of ours."""
    (folder / "test_it.py").write_text(tests, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-rs", "."]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("CI", "PYTEST_"))}
    return subprocess.run(
        command,
        cwd=folder,
        env=env | {"PYTHONPATH": str(ROOT)} | more,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("ci", ["true", "True"])
def test_a_skip_fails_in_ci_and_is_named(tmp_path: Path, ci: str) -> None:
    done = run(tmp_path, SKIPS, CI=ci)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "which CI does not allow" in done.stdout
    assert "test_it.py::test_b" in done.stdout


def test_a_skip_passes_elsewhere(tmp_path: Path) -> None:
    assert run(tmp_path, SKIPS).returncode == pytest.ExitCode.OK


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    assert run(tmp_path, EXPECTED_FAILURE, CI="true").returncode == pytest.ExitCode.OK


def test_without_a_browser_its_tests_are_skipped_with_a_reason(tmp_path: Path) -> None:
    done = run(tmp_path, BROWSER, PATH=str(tmp_path))
    assert done.returncode == pytest.ExitCode.OK
    assert "no Chromium on this machine" in done.stdout
