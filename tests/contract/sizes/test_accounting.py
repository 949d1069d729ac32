"""The referee itself: it knows the published document, and nothing gets past it that the document does not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.referee.accounting import UnknownContentError, account
from esolutions_scenarios.referee.specification import element_cost, load_specification
from tests.support.seen import some

if TYPE_CHECKING:
    from tests.contract.support.golden import Golden

BILLING, SYNC, ANSWER = (
    "6-submit-billing-transaction-request",
    "3-sync-proxy-turn-on-request",
    "5-sync-proxy-report-answer",
)


def changed(golden: Golden, name: str, old: str, new: str) -> bytes:
    """Return a golden envelope with one occurrence of a part replaced."""
    text = golden.read(name).decode()
    assert old in text
    return text.replace(old, new, 1).encode()


FILLER: dict[str, tuple[str, str, str]] = {
    "an element in the message": (SYNC, "<ns0:Queue>", "<ns0:Padding>x</ns0:Padding><ns0:Queue>"),
    "an element in a row": (BILLING, "<ns0:ReadDate>", "<ns0:Padding>x</ns0:Padding><ns0:ReadDate>"),
    "an element in a row within a row": (BILLING, "<ns0:Unit>", "<ns0:Padding>x</ns0:Padding><ns0:Unit>"),
    "an element below a field": (SYNC, "<ns0:Queue>0", "<ns0:Queue><ns0:Padding/>0"),
    "an element of another namespace": (SYNC, "<ns0:Queue>0</ns0:Queue>", '<xyz:Queue xmlns:xyz="urn:x">0</xyz:Queue>'),
    "a field twice": (SYNC, "<ns0:Queue>0</ns0:Queue>", "<ns0:Queue>0</ns0:Queue><ns0:Queue>0</ns0:Queue>"),
    "a field of a row twice": (BILLING, "<ns0:Unit>", "<ns0:Unit>tenths</ns0:Unit><ns0:Unit>"),
    "an element in the header": (SYNC, "<wsu:Timestamp>", "<wsu:Padding/><wsu:Timestamp>"),
    "text in the header": (SYNC, "<wsse:UsernameToken>", "<wsse:UsernameToken>x"),
    "a header block": (SYNC, "</soap-env:Header>", "<wsse:Padding>x</wsse:Padding></soap-env:Header>"),
    "an attribute of the message": (SYNC, "<ns0:SyncProxy ", '<ns0:SyncProxy padding="x" '),
    "an attribute of a field": (SYNC, "<ns0:Queue>", '<ns0:Queue padding="x">'),
    "an attribute of a row": (BILLING, "<ns0:Device>", '<ns0:Device padding="x">'),
    "an attribute of a meter": (BILLING, "<ns0:Meter ", '<ns0:Meter Padding="x" '),
    "an attribute in the header": (SYNC, "<wsu:Timestamp>", '<wsu:Timestamp padding="x">'),
    "an attribute of the envelope": (SYNC, "<soap-env:Envelope ", '<soap-env:Envelope padding="x" '),
    "an attribute of the body": (
        ANSWER,
        '<soap11env:Body wsu:Id="body">',
        '<soap11env:Body padding="x" wsu:Id="body">',
    ),
    "a comment in the message": (SYNC, "<ns0:Queue>", "<!-- x --><ns0:Queue>"),
    "a comment in the header": (SYNC, "<wsu:Timestamp>", "<!-- x --><wsu:Timestamp>"),
    "a comment before the envelope": (SYNC, "<soap-env:Envelope", "<!-- x --><soap-env:Envelope"),
    "a comment in an answer": (ANSWER, "<tns:Command>", "<!-- x --><tns:Command>"),
    "an instruction": (SYNC, "<ns0:Queue>", "<?x y?><ns0:Queue>"),
    "white space in the message": (SYNC, "<ns0:Queue>", " <ns0:Queue>"),
    "white space in a row": (BILLING, "<ns0:ReadDate>", "\n<ns0:ReadDate>"),
    "white space in the header": (SYNC, "<wsu:Timestamp>", "\n<wsu:Timestamp>"),
    "white space in an answer": (ANSWER, "<tns:Command>", "\n  <tns:Command>"),
    "another message": (SYNC, "</soap-env:Body>", "<ns0:Padding xmlns:ns0='urn:x'/></soap-env:Body>"),
    "another body": (SYNC, "</soap-env:Envelope>", "<soap-env:Body/></soap-env:Envelope>"),
}


@pytest.mark.parametrize("what", FILLER)
def test_nothing_unknown_is_accounted_for(golden: Golden, what: str) -> None:
    """Whatever its size, what the specification does not know is reported."""
    with pytest.raises(UnknownContentError):
        account(changed(golden, *FILLER[what]))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (SYNC, "\n<soap-env:Envelope", "\n\n<soap-env:Envelope"),
        (SYNC, "</soap-env:Envelope>", "</soap-env:Envelope>\n"),
        (SYNC, "<soap-env:Envelope ", "<soap-env:Envelope  "),
        (SYNC, "<soap-env:Envelope ", '<soap-env:Envelope xmlns:unused="urn:x" '),
        (SYNC, "<wsu:Expires>2026-03-03T02:22:00Z</wsu:Expires>", ""),
        (SYNC, "<wsse:Nonce>", "<wsse:Nonce>AAAA</wsse:Nonce><wsse:Nonce>"),
        (BILLING, "<ns0:Level>9100</ns0:Level>", "<ns0:Level >9100</ns0:Level>"),
        (BILLING, ">tenths<", ">&#116;enths<"),
    ],
    ids=["before", "after", "in a tag", "a declaration", "a field less", "a field twice", "in a row", "a reference"],
)
def test_what_is_not_content_is_not_accounted_for(golden: Golden, name: str, old: str, new: str) -> None:
    """Bytes that no field calls for show as a difference."""
    found = account(changed(golden, name, old, new))
    assert found is not None
    assert not found.is_exact


@pytest.mark.parametrize(
    ("name", "old", "new", "difference"),
    [
        (SYNC, "<ns0:Queue>0<", "<ns0:Queue>117<", 2),
        (SYNC, "<ns0:LastPollAt>2026-03-03T01:10:00Z</ns0:LastPollAt>", "", -(20 + element_cost("LastPollAt"))),
        (BILLING, ' Name="Total Impressions">', ' Name="Total Impressions" RolloverAt="9999999">', 21),
        (BILLING, "<ns0:Level>9100</ns0:Level>", "", -(4 + element_cost("Level"))),
        (BILLING, "Black Toner", "Black &amp; Toner", 6),
        (BILLING, "Black Toner", "Tóner", -5),
        (ANSWER, "<tns:Ceiling>4807600</tns:Ceiling>", "<tns:Ceiling>99</tns:Ceiling>", -5),
    ],
)
def test_a_field_moves_the_size_by_its_difference(
    golden: Golden, name: str, old: str, new: str, difference: int
) -> None:
    """Longer, shorter, absent, escaped, in another language: the size is the formula plus that, and nothing else."""
    found = account(changed(golden, name, old, new))
    assert found is not None
    assert found.is_exact
    assert found.measured - found.published == difference


def test_an_order_of_a_meter_that_was_never_read_is_one_tag(golden: Golden) -> None:
    """It has no last value, date and ceiling, and so nothing to close."""
    order = golden.read(ANSWER)
    begin = order.index(b">", order.index(b"<tns:Meter ")) + 1
    end = order.index(b"</tns:Meter>", begin)
    found = account(order[: begin - 1] + b"/>" + order[end + len(b"</tns:Meter>") :])
    assert found is not None
    assert found.is_exact


def test_a_fault_has_no_published_size(golden: Golden) -> None:
    """There is nothing to account for."""
    assert account(golden.read("fault-client")) is None


def test_the_rows_of_the_specification_add_up_to_the_formulas() -> None:
    """What one device costs, field by field, is the published number; so for our own receipts."""
    specification = load_specification()
    for message in some(specification.messages.values()):
        if message.device_row is None or message.device_element is None:
            continue
        size = specification.nominal_row_size(message.device_element, message.device_row)
        assert size == specification.formula_of(message.name).per_device, message.name


def test_the_specification_states_all_eight_formulas() -> None:
    """Those of the published document, in its order."""
    stated = [(formula.per_device, formula.constant) for formula in load_specification().formulas]
    assert stated == [
        (0, 1526),
        (393, 1503),
        (393, 3029),
        (0, 1425),
        (1510, 1425),
        (260, 1247),
        (1510, 1425),
        (1314, 1993),
    ]


@pytest.fixture
def published(pytestconfig: pytest.Config) -> str:
    """The published document, which is not part of the product, its white space made one."""
    folder = pytestconfig.rootpath.parent / "shared" / "seed"
    found = sorted(folder.glob("*.txt"))
    if not found:
        pytest.skip(f"the published document is not at {folder}")
    return _plain(" ".join(path.read_text(encoding="utf-8") for path in found))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_every_citation_stands_in_the_published_document(published: str) -> None:
    """A formula is cited by its name and its own line, word for word."""
    for formula in some(load_specification().formulas):
        assert formula.citation is not None
        heading, _, line = formula.citation.rpartition(": ")
        assert line in published, formula.name
        assert heading in published, formula.name
        numbers = (f"{formula.per_device}x + " if formula.per_device else "") + f"{formula.constant} bytes"
        assert line.endswith(numbers), formula.name


def test_a_citation_of_a_row_without_devices_is_the_same_everywhere(published: str, golden: Golden) -> None:
    """The smallest sync answer is the published constant: 1425 bytes with nothing to do."""
    assert "sync proxy request response = 1510x + 1425 bytes" in published
    assert len(golden.read("7-sync-proxy-nothing-due-answer")) == 1425
