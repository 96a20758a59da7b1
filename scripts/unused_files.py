"""Prints the Rust files, of those whose paths stand in the input line by line, that are in no program: no `mod` leads to them.

What is in such a file is never compiled, and its tests are never run.
"""

import re
import sys
from pathlib import Path

MOD = re.compile(r'(?:#\[path = "([^"]+)"\]\s*)?^[ \t]*(?:pub(?:\([^)]*\))? )?mod (\w+);', re.MULTILINE)
# Each file in such a folder is a program.
PROGRAMS = {"tests", "benches", "examples", "bin"}
ROOTS = {"main.rs", "lib.rs", "build.rs"}


def is_root(file: Path) -> bool:
    return file.name in ROOTS or file.parent.name in PROGRAMS


def leads_to(file: Path) -> set[Path]:
    """The files that the modules of a file may be in."""
    own = file.parent if is_root(file) or file.name == "mod.rs" else file.with_suffix("")
    found = set()
    for path, name in MOD.findall(file.read_text()):
        places = [file.parent / path] if path else [own / f"{name}.rs", own / name / "mod.rs"]
        found.update(place.resolve() for place in places)
    return found


def main() -> int:
    files = [Path(line) for line in sys.stdin.read().splitlines() if line.endswith(".rs") and Path(line).is_file()]
    used = set().union(*(leads_to(file) for file in files))
    unused = [file for file in files if not is_root(file) and file.resolve() not in used]
    for file in unused:
        print(f"{file}: no `mod` leads here")
    return 1 if unused else 0


if __name__ == "__main__":
    sys.exit(main())
