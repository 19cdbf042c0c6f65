"""``python -m tools.countries``: write the module of country names into the domain."""

from tools.countries.module import MODULE, rendered


def main() -> None:
    """Write the module; a test holds it equal to the lists it is made from."""
    MODULE.write_text(rendered(), "utf-8")


if __name__ == "__main__":
    main()
