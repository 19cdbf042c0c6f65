"""The unit tests mirror the tree: the path of each names the module or package it tests.

A test of one aspect adds the aspect to the name: `test_operator_policy.py` is about `operator.py`.
A test directly in `tests/unit`, such as this one, is about the tree as a whole.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = Path("tests/unit")
# Folders of tests/unit that stand for a folder of the same name; every other one stands for a
# package of the registry.
BESIDE_THE_REGISTRY = {"functions", "ops", "tools"}


def test_every_unit_test_names_a_module_or_package_that_exists() -> None:
    tests = [path.relative_to(ROOT) for path in (ROOT / UNIT).rglob("test_*.py")]

    found = [sentence for test in tests if (sentence := misplaced(test)) is not None]

    assert len(tests) > 1
    assert found == []


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("domain/test_elsewhere.py", "layers/registry/python/registry/domain/elsewhere"),
        ("elsewhere/test_client.py", "layers/registry/python/registry/elsewhere/client"),
        ("functions/paytrum/test_elsewhere.py", "functions/paytrum/elsewhere"),
        ("ops/cli/test_elsewhere.py", "ops/cli/elsewhere"),
        ("tools/test_emulator.py", "tools/emulator"),
    ],
)
def test_a_misplaced_test_is_named_with_the_reason(test: str, expected: str) -> None:
    assert misplaced(UNIT / test) == (
        f"tests/unit/{test} is misplaced: "
        f"there is neither a module {expected}.py nor a package {expected}/."
    )


@pytest.mark.parametrize(
    "test",
    [
        "domain/test_client.py",
        "functions/authorizer/test_authorize.py",
        "ops/cli/test_operator_policy.py",
        "tools/test_container.py",
    ],
)
def test_a_test_beside_what_it_names_is_in_place(test: str) -> None:
    assert misplaced(UNIT / test) is None


def misplaced(test: Path) -> str | None:
    """A sentence about a test that names nothing that exists; None where all is well.

    Args:
        test: path of the test module, relative to the repository.
    """
    folders = test.relative_to(UNIT).parent
    if not folders.parts:
        return None
    beside = folders.parts[0] in BESIDE_THE_REGISTRY
    tree = Path() if beside else Path("layers/registry/python/registry")
    words = test.stem.removeprefix("test_").split("_")
    candidates = [tree / folders / "_".join(words[:end]) for end in range(len(words), 0, -1)]
    if any(exists(ROOT / candidate) for candidate in candidates):
        return None
    named = candidates[0]
    return f"{test} is misplaced: there is neither a module {named}.py nor a package {named}/."


def exists(named: Path) -> bool:
    """Whether a path without its suffix is that of a module, or of a package."""
    return named.with_suffix(".py").is_file() or (named / "__init__.py").is_file()
