"""Edits of a source tree, as a terminal that watches it names them."""

from pathlib import Path

import pytest

from tools.local import watch
from tools.local.watch import named, stamps


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("functions/a.py", "layers/b.py", "tools/c.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("1")
    for name in ("template.yaml", "samconfig.toml"):
        (tmp_path / name).write_text("")
    return tmp_path


def test_edited_added_and_deleted_sources_are_named(tree: Path) -> None:
    before = stamps(tree)
    (tree / "functions/a.py").write_text("22")
    (tree / "functions/new.py").write_text("")
    (tree / "layers/b.py").unlink()

    assert named(tree, before, stamps(tree)) == "functions/a.py, functions/new.py, layers/b.py"


def test_many_are_counted(tree: Path) -> None:
    before = stamps(tree)
    for number in range(5):
        (tree / "functions" / f"{number}.py").write_text("")

    assert named(tree, before, stamps(tree)).endswith("functions/2.py and 2 more")


def test_what_is_not_deployed_is_not_watched(tree: Path) -> None:
    before = stamps(tree)
    (tree / "tools/c.py").write_text("22")
    (tree / "functions/__pycache__").mkdir()
    (tree / "functions/__pycache__/a.pyc").write_text("")

    assert stamps(tree) == before


def test_an_edit_is_told_once_when_it_has_settled(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log, told = tree / "emulator.log", list[str]()
    log.write_text("before\n")
    steps = iter(["1", "22", None, None, None])

    def look(_: Path) -> object:
        text = next(steps, "end")
        if text == "end":
            return None
        if text is not None:
            (tree / "functions/new.py").write_text(text)
        with log.open("a") as lines:
            lines.write("line\n")
        return tree

    monkeypatch.setattr(watch, "find", look)
    monkeypatch.setattr("time.sleep", lambda _: None)

    watch.watch(tree, tree, told.append)

    assert told == ["functions/new.py"]
    assert capsys.readouterr().out == "line\n" * 5
