"""`python -m tools.lists`: write the modules of the lists into the domain."""

from tools.lists.modules import DOMAIN, modules


def main() -> None:
    """Write the modules; a test compares them with the lists."""
    for name, text in modules().items():
        (DOMAIN / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
