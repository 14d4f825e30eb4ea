"""Every figure of the README: `python -m benchmarks`. Each script can also be run alone."""

from __future__ import annotations

import subprocess
import sys

SCRIPTS = ("startup", "parsing", "realize", "midi", "notation", "neural")


def main() -> None:
    for name in SCRIPTS:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)


if __name__ == "__main__":
    main()
