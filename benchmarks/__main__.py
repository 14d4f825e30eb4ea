"""Every figure of the README: `python -m benchmarks`. Each script can also be run alone."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

TOOLS = {"__init__", "__main__", "engrave", "pictures"}  # these make pages and pictures, not figures


def main() -> None:
    failed = []
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem in TOOLS:
            continue
        print(f"\n== {path.stem}", flush=True)
        started = time.perf_counter()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{path.stem}"], check=False).returncode:
            failed.append(path.stem)
        print(f"   {time.perf_counter() - started:.0f} s", flush=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
