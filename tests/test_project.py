"""What must hold for the project as a whole: its layout, its locks, its container and the sample that it carries."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sample_corpus import PARTS, ROOT, assemble, truth_lines

ROOMS = {"intake", "parsers", "filing", "digest", "storage"}
MAY_IMPORT = {
    "records": {"records"},
    **{room: {room, "records"} for room in ROOMS},
    "config": {"config", "records"},
    "flow": ROOMS | {"flow", "records", "config"},
    "web": {"web", "flow", "storage", "records", "config"},
    "demo": ROOMS | {"demo", "flow", "records", "config"},
    "service": ROOMS | {"service", "web", "flow", "records", "config", "demo"},
    "bench": ROOMS | {"bench", "flow", "records", "config", "demo", "tests"},
}
OURS = set(MAY_IMPORT) | {"tests"}
LOCKS = ("requirements.lock", "requirements-dev.lock")
# A pin with an optional marker, or one of its hashes: no option, no address, no path fits.
MARKER = r"[a-z_]+ (?:[=!]=|[<>]=?) '[A-Za-z0-9._]+'"
LOCK_LINE = re.compile(
    rf"[a-z0-9-]+==[\w.+!]+(?: ; {MARKER}(?: (?:and|or) {MARKER})*)? \\|    --hash=sha256:[0-9a-f]{{64}}(?: \\)?"
)
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:home|root|Users|work)/[\w.]")
SAMPLE_LIMIT_BYTES = 12_000_000


def project_files() -> list[Path]:
    """Every file that is, or is about to be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def modules() -> Iterator[tuple[Path, str, ast.Module]]:
    """The project's Python files outside tests/: path, the room that it belongs to, syntax tree."""
    for path in project_files():
        room = path.relative_to(ROOT).parts[0].removesuffix(".py")
        if path.suffix == ".py" and room != "tests":
            yield path, room, ast.parse(path.read_text("utf-8"))


def imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    """Our own top-level names among those that one import statement names."""
    found = {alias.name for alias in node.names} if isinstance(node, ast.Import) else {node.module or ""}
    return {name.split(".")[0] for name in found} & OURS


def make_steps(target: str) -> list[str]:
    """The commands by which make reaches ``target``, as a dry run prints them."""
    command = ["make", "--dry-run", "--no-print-directory", target]
    own_variables_only = {"PATH": os.environ["PATH"]}  # `make test ARGS=…` would hand its ARGS down
    run = subprocess.run(command, cwd=ROOT, env=own_variables_only, check=True, capture_output=True, text=True)
    return run.stdout.splitlines()


def makefile_targets() -> set[str]:
    text = (ROOT / "Makefile").read_text("utf-8")
    return {name for line in re.findall(r"^([\w. -]+):(?!=)", text, re.MULTILINE) for name in line.split()}


def make_targets(manual: str) -> Iterator[str]:
    """The targets of all make commands in a manual's code, inline or in blocks."""
    for code in re.findall(r"```.*?```|`[^`\n]+`", manual, re.DOTALL):
        for command in re.findall(r"(?:^|[`$&;])\s*make ([^`\n#&;]+)", code, re.MULTILINE):
            yield from (word for word in command.split() if "=" not in word and not word.startswith("-"))


def dockerfile(instruction: str) -> list[str]:
    """What follows each ``instruction`` of the Dockerfile, one line each."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    return re.findall(rf"^{instruction} (.+)$", text, re.MULTILINE)


def declared_names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0].lower() for line in requirements}


def locked_names(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text("utf-8"), re.MULTILINE))


def test_each_room_imports_only_what_the_layout_allows() -> None:
    """Arrows run one way: rooms know records/ alone, and only flow/ and what stands above it know several rooms."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} imports {', '.join(sorted(names))}"
        for path, room, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and (names := imported(node) - MAY_IMPORT.get(room, set()))
    ]
    assert wrong == []


def test_our_own_modules_are_imported_at_the_top_of_a_file() -> None:
    """No import of ours hides inside a function, where a circle could hide with it."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, _, tree in modules()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and imported(node)
    ]
    assert wrong == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_hashes_only(lock: str) -> None:
    """Where packages come from is the machine's business: a lock names no index, no file and no folder."""
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    assert [line for line in lines if not LOCK_LINE.fullmatch(line)] == []


def test_each_declared_dependency_is_locked() -> None:
    """pyproject.toml and the locks speak of the same packages."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = settings["project"]
    declared = declared_names(project["dependencies"] + project["optional-dependencies"]["demo"])
    assert declared - locked_names("requirements.lock") == set()
    assert declared_names(settings["dependency-groups"]["dev"]) - locked_names("requirements-dev.lock") == set()


def test_the_container_is_built_and_started_by_the_makefiles_steps() -> None:
    """The Dockerfile calls targets of the Makefile and starts the service with the very command of `make run`."""
    called = [step.removeprefix("make ") for step in dockerfile("RUN") if step.startswith("make ")]
    assert called == ["runtime"]
    assert set(called) <= makefile_targets()
    (command,) = dockerfile("CMD")
    assert " ".join(json.loads(command)) == make_steps("run")[-1].strip()
    (health,) = re.findall(r"CMD (\[.+\])", dockerfile("HEALTHCHECK")[0])
    assert " ".join(json.loads(health)) == make_steps("health")[-1].strip()


def test_the_container_has_what_its_first_make_step_reads() -> None:
    """Before `make runtime` the image holds the Makefile and the lock, and the lock alone decides what is installed."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    copied = re.findall(r"^COPY .*", text[: text.index("RUN make runtime")], re.MULTILINE)
    assert copied == ["COPY --chown=baosong Makefile requirements.lock ./"]


def test_the_container_runs_without_root_and_keeps_its_data_in_one_volume() -> None:
    """The service runs as a user of its own, and everything that must survive lies under /data."""
    assert dockerfile("USER") == ["baosong"]
    assert dockerfile("VOLUME") == ["/data"]
    assert dockerfile("ENV") == ["BAOSONG_CONFIG=/data/config.toml"]


def test_the_manuals_name_only_make_targets_that_exist() -> None:
    """Whoever types a make command of the manuals gets it."""
    manuals = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]
    named = {target for manual in manuals for target in make_targets(manual.read_text("utf-8"))}
    assert "demo" in named
    assert named - makefile_targets() == set()


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    """The project speaks of itself alone: no home folder, no work folder stands in any text file."""
    wrong = []
    for path in project_files():
        octets = path.read_bytes()
        if path.suffix == ".eml" or b"\0" in octets:
            continue
        lines = enumerate(octets.decode("utf-8", "replace").splitlines(), start=1)
        wrong += [f"{path.relative_to(ROOT)}:{number}" for number, line in lines if MACHINE_PATH.search(line)]
    assert wrong == []


def test_the_sample_stays_small() -> None:
    """Both parts of the sample together weigh less than 12 MB."""
    files = [path for part in PARTS for path in part.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < SAMPLE_LIMIT_BYTES


@pytest.mark.parametrize("part", PARTS, ids=["demo", "tests"])
def test_each_part_of_the_sample_is_whole(part: Path) -> None:
    """Each message has its line of truth, and what one message corrects lies in the same part."""
    truth = [json.loads(line) for _, line in truth_lines(part)]
    names = [row["file"] for row in truth]
    assert names == sorted(path.name for path in (part / "messages").iterdir())
    assert {row["supersedes"] for row in truth if row["supersedes"]} <= set(names)


@pytest.mark.parametrize("part", PARTS, ids=["demo", "tests"])
def test_sample_messages_keep_their_octets(part: Path) -> None:
    """A checkout leaves the messages as they were sent: each line still ends with CR LF."""
    changed = [
        path.name for path in (part / "messages").iterdir() if re.search(rb"(?<!\r)\n|\r(?!\n)", path.read_bytes())
    ]
    assert changed == []


def test_both_parts_make_one_corpus(tmp_path: Path) -> None:
    """The scorer gets forty messages in order of arrival, with notice and roster beside them."""
    corpus = assemble(tmp_path / "corpus")
    times = [json.loads(line)["received_at"] for _, line in truth_lines(corpus)]
    assert len(times) == len(list((corpus / "messages").iterdir())) == 40
    assert times == sorted(times)
    assert {path.name for path in corpus.iterdir()} == {"messages", "truth.jsonl", "notice.txt", "units.csv"}
