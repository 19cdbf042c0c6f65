"""The generated files of the repository are what its declarations say."""

from pathlib import Path

from tools.generate.files import differing, generated, write


def test_the_committed_files_are_what_the_declarations_say() -> None:
    assert differing() == [], "`make generate` writes them"


def test_a_changed_a_deleted_and_a_leftover_file_are_found_and_put_right(repository: Path) -> None:
    changed, deleted, leftover = (
        Path("template.yaml"),
        Path("events/paytrum/get_client.json"),
        Path("events/paytrum/get_balance.json"),
    )
    template = (repository / changed).read_text("utf-8")
    (repository / changed).write_text(template.replace("Method: PATCH", "Method: PUT", 1), "utf-8")
    (repository / deleted).unlink()
    (repository / leftover).write_text("{}", "utf-8")

    found = differing(repository)
    done = write(repository)

    assert set(found) == {changed, deleted, leftover}
    assert done == [f"wrote {changed}", f"wrote {deleted}", f"deleted {leftover}"]
    assert differing(repository) == []
    assert (repository / changed).read_text("utf-8") == generated()[changed]


def test_a_function_that_is_there_is_left_alone(repository: Path) -> None:
    function = repository / "functions/paytrum/get_client.py"
    function.write_text('"""Somebody\'s own."""\n', "utf-8")

    assert write(repository) == []
    assert function.read_text("utf-8") == '"""Somebody\'s own."""\n'
