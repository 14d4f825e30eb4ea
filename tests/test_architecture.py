"""The house stands as ARCHITECTURE.md draws it: who imports whom, who prints, what a command loads."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = (ROOT / "stochos").rglob("*.py")
MODULES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in FILES}
PRINTERS = ("stochos/cli/", "stochos/neural/training.py")  # a script says how it goes
MAKERS = ("default_rng", "PCG64", "SeedSequence")
VALUES = ("stochos/music/", "stochos/process/", "stochos/tree.py", "stochos/score.py", "stochos/realization.py")


def in_modules(*places: str) -> list[tuple[str, ast.Module]]:
    return [(name, tree) for name, tree in sorted(MODULES.items()) if name.startswith(places)]


# --- imports ----------------------------------------------------------------------------------


def test_the_import_contract_is_kept() -> None:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("place", ["music", "process"])
def test_vocabulary_and_chance_import_nothing_else_of_stochos(place: str) -> None:
    outside = {
        f"{name}: {imported}"
        for name, tree in in_modules(f"stochos/{place}/")
        for imported in imports(tree)
        if imported.split(".")[0] == "stochos" and not f"{imported}.".startswith(f"stochos.{place}.")
    }
    assert outside == set()


def test_vocabulary_needs_only_the_standard_library() -> None:
    needed = {imported.split(".")[0] for _, tree in in_modules("stochos/music/") for imported in imports(tree)}
    assert needed - sys.stdlib_module_names == {"stochos"}


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom():
                raise AssertionError("relative imports say less")


# --- what a command loads ---------------------------------------------------------------------

LOADED = """
import json, sys
from stochos.cli.app import main
sys.argv[1:] = json.loads(sys.argv[1])
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
finally:
    found = {name.partition(".")[0] for name, module in sys.modules.items() if "__file__" in vars(module)}
    print(json.dumps(sorted(found)), file=sys.stderr)
"""


@cache
def loaded(*arguments: str) -> frozenset[str]:
    """The top-level packages that a command loads."""
    command = [sys.executable, "-c", LOADED, json.dumps(arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True)
    return frozenset(json.loads(done.stderr.splitlines()[-1]))


def test_a_check_loads_neither_notation_nor_training() -> None:
    found = loaded("check", "scores/09-network.stoch")
    assert {"lark", "typer"} <= found
    assert found.isdisjoint({"music21", "mido", "scipy", "tensorflow", "keras", "rich", "pydantic"})
    assert "numpy" not in loaded("check", "scores/06-rain.stoch")


def test_help_loads_next_to_nothing() -> None:
    found = loaded("--help")
    assert "typer" in found
    assert found.isdisjoint({"lark", "numpy", "music21", "mido", "scipy", "tensorflow", "keras", "rich", "pydantic"})


NETWORKS = re.compile(r"@(lstm|gru|gan|chorale|harmony)\(")
WITH_NETWORKS = [path.name for path in sorted((ROOT / "scores").glob("*.stoch")) if NETWORKS.search(path.read_text())]


@pytest.mark.parametrize("score", WITH_NETWORKS)
def test_a_compile_with_a_network_loads_no_training(score: str, tmp_path: Path) -> None:
    found = loaded("compile", f"scores/{score}", "-o", str(tmp_path))
    assert {"music21", "safetensors"} <= found
    assert found.isdisjoint({"scipy", "tensorflow", "keras", "rich", "pydantic"})


def test_sampling_loads_a_network_and_nothing_else(tmp_path: Path) -> None:
    found = loaded("sample", "--steps", "20", "-o", str(tmp_path))
    assert {"numpy", "safetensors"} <= found
    assert found.isdisjoint({"lark", "music21", "mido", "scipy", "tensorflow", "keras", "rich", "matplotlib"})


def test_importing_stochos_costs_nothing() -> None:
    command = "import sys; import stochos; print(*(m for m in sys.modules if m.startswith('stochos')))"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["stochos"]


# --- what modules do and say ------------------------------------------------------------------


def test_only_the_command_line_prints() -> None:
    found = {name for name, tree in MODULES.items() if any(map(is_printing, ast.walk(tree)))}
    assert {name for name in found if not name.startswith(PRINTERS)} == set()
    assert any(name.startswith("stochos/cli/") for name in found)


def is_printing(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="print" | "input" | "breakpoint")):
            return True
        case ast.Attribute(value=ast.Name(id="sys"), attr="stdout" | "stderr" | "stdin" | "__stdout__" | "__stderr__"):
            return True
        case ast.ImportFrom(module="sys" | "logging") | ast.Import(names=[ast.alias(name="logging")]):
            return True
    return False


def test_no_chance_is_seeded_by_the_clock_or_shared() -> None:
    clocked = {
        name
        for name, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and not node.args and ast.unparse(node.func).endswith(MAKERS)
    }
    assert clocked == set()
    drawn = {
        node.attr
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("np.random", "numpy.random")
    }
    assert drawn <= {*MAKERS, "Generator"}
    assert not {name for name, tree in MODULES.items() if "random" in set(imports(tree))}


@pytest.mark.parametrize(("name", "tree"), in_modules(*VALUES), ids=lambda item: item if isinstance(item, str) else "")
def test_values_are_frozen(name: str, tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                if "dataclass" in ast.unparse(decorator):
                    assert "frozen=True" in ast.unparse(decorator), f"{name}: {node.name}"


def test_everything_public_says_what_it_is_for() -> None:
    silent = [f"{name}: {thing}" for name, tree in MODULES.items() for thing in undocumented(tree)]
    assert silent == []


def undocumented(node: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[str]:
    if not ast.get_docstring(node):
        yield prefix or "the module"
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef | ast.ClassDef) and not inner.name.startswith("_"):
            if isinstance(inner, ast.ClassDef):
                yield from undocumented(inner, f"{prefix}{inner.name}.")
            elif not ast.get_docstring(inner):
                yield prefix + inner.name
