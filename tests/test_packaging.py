"""What is installed is whole: the wheel alone, in an empty environment, compiles with the network and explains."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib.metadata import Distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import stochos

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
BUILT = ("stochos", "docs", "grammar", "models", "scores", "pyproject.toml", "README.md", "LICENSE")
NETWORK_PIECE = """\
part flute = "Flute"
section A 4 bars { flute: | A4:4 B4 C5 D5 | @lstm(model: basic) fill }
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: what lies about in the checkout is neither packed nor touched."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in BUILT:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    backend = f"import setuptools.build_meta as b; b.build_wheel({str(out)!r})"
    subprocess.run([sys.executable, "-W", "ignore", "-c", backend], cwd=source, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its `stochos` command, in an empty environment that sees this one's libraries and nothing of the repository."""
    place = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "env"], check=True)
    python = place / "env" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ask = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip())
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*install, "--target", site, wheel], check=True, capture_output=True)
    libraries = place / "libraries"
    libraries.mkdir()
    for path in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for library in Path(path).iterdir():
            if "stochos" not in library.name and library.suffix != ".pth":
                (libraries / library.name).symlink_to(library)
    (site / "libraries.pth").write_text(str(libraries))
    return python


def run(python: Path, *arguments: str, cwd: Path) -> str:
    command = [python, "-I", "-m", "stochos", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_carries_everything_and_takes_no_name_but_ours(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.split("/")[0] for name in names}
    assert tops == {"stochos", f"stochos-{stochos.__version__}.dist-info"}
    for folder, pattern in (("stochos", "*.py"), ("scores", "*.stoch"), ("scores", "*.abc"), ("grammar", "stoch.*")):
        for path in (ROOT / folder).rglob(pattern):
            inside = path.relative_to(ROOT).as_posix()
            assert (inside if folder == "stochos" else f"stochos/{inside}") in names
    for path in (ROOT / "models").glob("[!_]*/*"):  # a folder of byte-code is no network
        assert f"stochos/{path.relative_to(ROOT).as_posix()}" in names
    assert "stochos/docs/diagnostics.md" in names
    assert not {name for name in names if "tests" in name or name.endswith(".pyc")}


def test_every_package_is_named() -> None:
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "stochos").rglob("__init__.py")}
    assert found | {f"stochos.{name}" for name in ("docs", "grammar", "models", "scores")} == set(
        PROJECT["tool"]["setuptools"]["packages"]
    )


def test_the_version_is_one(wheel: Path) -> None:
    (metadata,) = (name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("METADATA"))
    said = zipfile.ZipFile(wheel).read(metadata).decode()
    assert f"\nVersion: {stochos.__version__}\n" in said
    assert PROJECT["project"]["version"] == stochos.__version__


@pytest.mark.slow
def test_the_wheel_alone_compiles_with_the_network(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "piece.stoch").write_text(NETWORK_PIECE)
    where = [installed, "-I", "-c", "import stochos.pipeline as p; print(p.__file__)"]
    home = subprocess.run(where, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert not Path(home.strip()).is_relative_to(ROOT)
    assert "lstm" in run(installed, "compile", "piece.stoch", cwd=tmp_path)
    ours = stochos.render(stochos.compose(tmp_path / "piece.stoch"))
    assert (tmp_path / "piece.mid").read_bytes() == ours["midi"]
    assert (tmp_path / "piece.musicxml").read_bytes() == ours["musicxml"]


@pytest.mark.slow
def test_the_wheel_alone_explains_lists_and_starts(installed: Path, tmp_path: Path) -> None:
    assert run(installed, "explain", "STO201", cwd=tmp_path).count("\n") > 5
    assert "basic" in run(installed, "list", "models", cwd=tmp_path)
    run(installed, "new", "first", cwd=tmp_path)
    run(installed, "check", "first.stoch", cwd=tmp_path)


@pytest.mark.slow
def test_folders_of_the_same_names_do_not_matter(installed: Path, tmp_path: Path) -> None:
    for name in ("docs", "grammar", "models", "scores"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('not the one')")
    (tmp_path / "piece.stoch").write_text(NETWORK_PIECE)
    code = "import sys; sys.path.insert(0, '.'); import stochos; stochos.compose('piece.stoch')"
    subprocess.run([installed, "-I", "-c", code], cwd=tmp_path, check=True)


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", []), ("requirements-dev.lock", ["train", "dev"]), ("requirements-bench.lock", ["bench"])],
)
def test_the_locks_hold_what_the_project_asks_for(lock: str, extras: list[str]) -> None:
    """Each requirement is locked, to one version a platform, and no lock names a place to download from."""
    lines = [line for line in (ROOT / lock).read_text("utf-8").splitlines() if line]
    assert all("==" in line and "://" not in line for line in lines)
    locked = {line.split("==")[0].lower() for line in lines}
    wanted = PROJECT["project"]["dependencies"] + [
        need for extra in extras for need in PROJECT["project"]["optional-dependencies"][extra]
    ]
    assert {requirement_name(need) for need in wanted} <= locked
    if not extras:
        assert locked.isdisjoint({"tensorflow", "keras", "pytest"})


def test_what_is_locked_is_allowed() -> None:
    """The base lock was made from the bounds that stand in pyproject.toml now."""
    versions = dict(line.split(" ;")[0].split("==") for line in (ROOT / "requirements.lock").read_text().splitlines())
    for need in map(Requirement, PROJECT["project"]["dependencies"]):
        assert need.specifier.contains(versions[need.name].strip()), need


def test_what_runs_here_is_what_the_metadata_says() -> None:
    said = Distribution.from_name("stochos").read_text("entry_points.txt") or ""
    assert "stochos = stochos.cli.app:main" in said


def requirement_name(need: str) -> str:
    return Requirement(need).name.lower()
