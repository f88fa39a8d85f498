"""A process of its own that opens the records: `python -m tests.storage.opening URL DATA_DIR`.

It prints how that went, and when it went well keeps them open until its input ends.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from storage.database import DatabaseUnavailable, open_database


async def main(url: str, data_dir: Path) -> None:
    """Open, report, wait."""
    try:
        database = await open_database(url, data_dir, now=datetime.now(UTC))
    except DatabaseUnavailable as failure:
        print(failure.kind, flush=True)
        return
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
