"""Quality of matching on cuts of public files, with the weights that ship."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ops.match.evaluation import Evaluation, Quality, evaluated, found, quality
from ops.match.labelled import BadFile, read_labelled
from registry.domain.pair import Verdict

DATA = Path(__file__).parent / "data"
PERSONS = {
    "given_name": "first_name",
    "surname": "last_name",
    "street_number": "address.line1",
    "address_1": "address.line1",
    "address_2": "address.line2",
    "suburb": "address.city",
    "postcode": "address.postal_code",
    "state": "address.region",
    "soc_sec_id": "tax_number",
}
SITES = {
    "Site name": "company",
    "Address": "address.line1",
    "Zip": "address.postal_code",
    "Phone": "phone",
}


def test_persons_are_found_without_their_dates_of_birth() -> None:
    records = read_labelled(DATA / "febrl3-cut.csv", "true_id", PERSONS, "AU")

    result = evaluated(records)

    assert result.all.f1 >= 0.99
    assert result.sure.precision >= 0.999
    assert result.sure.recall > 0.5


def test_organisations_are_found() -> None:
    records = read_labelled(DATA / "sites-cut.csv", "True Id", SITES, "US")

    result = evaluated(records)

    assert result.all.f1 >= 0.88
    assert result.sure.recall > 0.5


def test_no_organisations_are_sure_by_name_and_address() -> None:
    records = read_labelled(DATA / "sites-cut.csv", "True Id", SITES | {"Phone": ""}, "US")

    verdicts, _ = found(records)

    assert set(verdicts.values()) == {Verdict.POSSIBLE}


def test_precision_and_recall_count_pairs_of_the_same_truth() -> None:
    truth = ["a", "a", "a", "b", "b"]

    assert quality([(0, 1), (0, 3)], truth, 4) == Quality(precision=0.5, recall=0.25)
    assert quality([(0, 1), (0, 3)], truth, 4).f1 == pytest.approx(1 / 3)
    assert quality([], truth, 4) == Quality(0.0, 0.0)
    assert quality([], truth, 4).f1 == 0.0


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a CSV file."""

    def write(text: str) -> Path:
        path = tmp_path / "records.csv"
        path.write_text(text, "utf-8")
        return path

    return write


def test_columns_that_are_named_like_fields_need_no_option(file: Callable[[str], Path]) -> None:
    path = file("\ufefftruth,email,phone,note\n1,a@b.com,(415) 555-2671,x\n1,A@B.com,,y\n")

    one, other = read_labelled(path, "truth", {}, "US")

    assert (one.truth, one.client.email, other.client.email) == ("1", "a@b.com", "A@B.com")
    assert one.client.phone is not None
    assert one.client.phone.e164 == "+14155552671"
    assert evaluated([one, other]) == Evaluation(2, 1, 1, Quality(1.0, 1.0), Quality(0.0, 0.0))


def test_columns_of_one_field_are_joined(file: Callable[[str], Path]) -> None:
    path = file("t,number,street\n1,12,Orchard Rd\n2,,Harbor Blvd\n")
    columns = {"number": "address.line1", "street": "address.line1"}

    lines = [each.client.line1 for each in read_labelled(path, "t", columns, "US")]

    assert lines == ["12 Orchard Rd", "Harbor Blvd"]


@pytest.mark.parametrize(
    ("text", "truth", "columns", "words"),
    [
        ("t,name\n", "truth", {}, "no column 'truth'"),
        ("t,name\n", "t", {"nme": "name"}, "no column 'nme'"),
        ("t,name\n", "t", {"name": "nam"}, "no field 'nam'"),
        ("t,x\n", "t", {}, "No column holds a field"),
        ("", "t", {}, "no column 't'"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_a_sentence(
    file: Callable[[str], Path], text: str, truth: str, columns: dict[str, str], words: str
) -> None:
    with pytest.raises(BadFile, match=words):
        read_labelled(file(text), truth, columns, "US")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_labelled(tmp_path / "none.csv", "t", {}, "US")
