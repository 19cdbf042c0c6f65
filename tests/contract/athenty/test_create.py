"""`POST /v2/api/clients`: what is accepted, by `docs/athenty.md`, table "Rules"."""

import pytest

from tests.contract.athenty.conftest import PATH, Create, Refused
from tests.contract_client import ContractClient


def test_nothing_is_required(create: Create) -> None:
    client = create({})

    assert (client["nameFirst"], client["nameLast"], client["businessName"]) == (None, None, None)
    assert (client["memberType"], client["metadata"], client["active"]) == ("individual", {}, True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"email": "a@example.com"}, "individual"),
        ({"businessName": "Acme"}, "business"),
        ({"businessName": "Acme", "nameFirst": " ", "nameLast": None}, "business"),
        ({"businessName": "Acme", "nameLast": "Smith"}, "individual"),
        ({"businessName": "Acme", "memberType": "individual"}, "individual"),
        ({"businessName": "Acme", "memberType": None}, "business"),
        ({"nameFirst": "Jane", "memberType": "business"}, "business"),
        ({"nameFirst": "Jane", "memberType": ""}, "individual"),
    ],
)
def test_the_member_type_has_a_default(create: Create, body: object, kind: str) -> None:
    assert create(body)["memberType"] == kind


def test_null_empty_and_blank_say_that_there_is_none(create: Create) -> None:
    client = create({"nameFirst": None, "email": "", "phone": "  ", "metadata": None, "city": "\n"})

    assert {client[name] for name in ("nameFirst", "email", "phone", "city")} == {None}
    assert client["metadata"] == {}


LONGEST = {
    "nameFirst": 200,
    "nameLast": 200,
    "businessName": 200,
    "phone": 40,
    "externalId": 128,
    "addressLine1": 200,
    "addressLine2": 200,
    "city": 200,
    "region": 200,
    "postalCode": 20,
}


def test_a_text_is_kept_up_to_its_length(create: Create, refused: Refused) -> None:
    longest = {field: "é" * most for field, most in LONGEST.items()}

    client = create({field: f"  {text}\t" for field, text in longest.items()})

    assert {field: client[field] for field in LONGEST} == longest
    assert refused({field: f"{text}é" for field, text in longest.items()}) == {
        field: f"String must contain at most {most} character(s)" for field, most in LONGEST.items()
    }


@pytest.mark.parametrize(
    ("value", "received"),
    [(5, "number"), (True, "boolean"), (["a"], "array"), ({"a": 1}, "object")],
)
def test_a_text_has_to_be_a_string(refused: Refused, value: object, received: str) -> None:
    texts = [*LONGEST, "email", "memberType", "country"]

    messages = refused(dict.fromkeys(texts, value))

    assert messages == dict.fromkeys(texts, f"Expected string, received {received}")


@pytest.mark.parametrize("control", ["\x00", "\r", "\x1f", "\x7f", "\x85"])
def test_control_characters_are_refused(refused: Refused, control: str) -> None:
    messages = refused(dict.fromkeys(LONGEST, f"a{control}b"))

    assert messages == dict.fromkeys(LONGEST, "String must not contain control characters")


def test_text_is_kept_code_point_for_code_point(create: Create) -> None:
    names = {"nameFirst": "A\u030angstro\u0308m", "nameLast": "👩‍🔬\tline\ntwo", "city": "İstanbul"}

    client = create(names)

    assert {name: client[name] for name in names} == names


def test_an_email_has_to_be_an_address(refused: Refused) -> None:
    for address in ("jane", "@example.com", "jane@", "a b@example.com", "a@b..c"):
        assert refused({"email": address}) == {"email": "Invalid email"}


@pytest.mark.parametrize(
    "number",
    ["+1 (415) 555-2671", "4155552671", "ext. 12", "call the desk", "☎ 5"],
)
def test_a_phone_is_kept_as_it_was_sent(create: Create, number: str) -> None:
    assert create({"phone": number})["phone"] == number


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ({"phone": "(415) 555-2671"}, "+14155552671"),
        ({"phone": "030 901820", "country": "de"}, "+4930901820"),
        ({"phone": "+44 20 7946 0958"}, "+442079460958"),
        ({"phone": "the desk"}, None),
    ],
)
def test_a_phone_is_read_where_it_can_be(
    create: Create,
    paytrum: ContractClient,
    sent: object,
    number: str | None,
) -> None:
    client = create(sent)

    assert paytrum.send("GET", f"/v1/clients/{client['id']}").json["phone"] == number


@pytest.mark.parametrize(("sent", "shown"), [("CA", "CA"), ("ca", "CA"), (" gB ", "GB")])
def test_a_country_is_taken_in_any_case(create: Create, sent: str, shown: str) -> None:
    assert create({"country": sent})["country"] == shown


def test_a_country_has_to_be_alpha_2(refused: Refused) -> None:
    for country in ("Canada", "CAN", "XX", "UK", "C", "124"):
        assert refused({"country": country}) == {"country": "Invalid country code"}


@pytest.mark.parametrize("value", ["person", "Individual", " business"])
def test_a_member_type_has_to_be_one_of_two(refused: Refused, value: object) -> None:
    message = "Invalid enum value. Expected 'individual' or 'business'"
    assert refused({"memberType": value}) == {"memberType": message}


def test_keys_the_contract_does_not_know_are_refused(refused: Refused) -> None:
    keys = ["id", "orgId", "active", "requestCount", "createdAt", "name", "namefirst", "name_first"]

    messages = refused({"nameFirst": "Jane"} | dict.fromkeys(keys, "x"))

    assert messages == dict.fromkeys(keys, "Unrecognized key")


def test_an_external_id_is_not_unique(create: Create) -> None:
    one, two = create({"externalId": "crm-1"}), create({"externalId": "crm-1"})

    assert one["id"] != two["id"]
    assert one["externalId"] == two["externalId"] == "crm-1"


@pytest.mark.parametrize(
    ("raw", "headers", "expected"),
    [
        ("", {}, (400, "BAD_REQUEST")),
        ("{", {}, (400, "BAD_REQUEST")),
        ("[]", {}, (400, "BAD_REQUEST")),
        ("null", {}, (400, "BAD_REQUEST")),
        ('{"city": "a", "city": "b"}', {}, (400, "BAD_REQUEST")),
        ('{"metadata": {"a": 1, "a": 1}}', {}, (400, "BAD_REQUEST")),
        ('{"metadata": {"a": NaN}}', {}, (400, "BAD_REQUEST")),
        ('{"metadata": {"a": "\\ud800"}}', {}, (400, "BAD_REQUEST")),
        ('{"metadata": {"a": 1e99999999999999999999}}', {}, (400, "BAD_REQUEST")),
        (f'{{"metadata": {"[" * 200}{"]" * 200}}}', {}, (400, "BAD_REQUEST")),
        ("{}", {"Content-Type": "text/plain"}, (415, "UNSUPPORTED_MEDIA_TYPE")),
        (f'{{"city": "{"a" * 262_144}"}}', {}, (413, "PAYLOAD_TOO_LARGE")),
    ],
)
def test_a_bad_body_is_refused_with_its_status(
    athenty: ContractClient,
    raw: str,
    headers: dict[str, str],
    expected: tuple[int, str],
) -> None:
    reply = athenty.send("POST", PATH, raw=raw, headers=headers)

    assert (reply.status, reply.json["code"]) == expected
    assert list(reply.json) == ["code", "message", "statusCode"]
    assert reply.json["statusCode"] == reply.status


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "application/vnd.acme+json"])
def test_any_kind_of_json_is_taken(athenty: ContractClient, media: str) -> None:
    assert athenty.send("POST", PATH, {}, {"Content-Type": media}).status == 201
