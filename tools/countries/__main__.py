"""``python -m tools.countries``: write the module of country names into the domain."""

from tools.countries.module import MODULE, rendered


def main() -> None:
    """Write the module; a test compares it with the lists."""
    MODULE.write_text(rendered(), "utf-8")


if __name__ == "__main__":
    main()
