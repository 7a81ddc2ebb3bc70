"""Who complains, and whether it is the same person again."""

from typing import Any

import pytest

from services.intake.domain.customer import contact_digests, contacts_of
from services.intake.domain.customer_record import is_before_erasure
from services.intake.domain.identity import complaint_id_for, new_customer_id
from shared.contracts.vocabulary import ContactKind
from tests.builders import NOW
from tests.unit.intake.given import POLICY, SECRET, a_submission


def digests(source: str = "shop", **customer: Any) -> tuple[str, ...]:
    extra = customer.pop("submission", {})
    return contact_digests(SECRET, a_submission(customer=customer, **extra), source, POLICY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": "Ivan@Mail.RU"}, {"email": " ivan@mail.ru "}),
        ({"email": "a@пример.рф"}, {"email": "A@xn--e1afmkfd.xn--p1ai"}),
        ({"email": "Ivan <ivan@mail.ru>"}, {"email": "mailto:ivan@mail.ru"}),
        ({"phone": "8 (916) 123-45-67"}, {"phone": "+79161234567"}),
        ({"phone": "8 (495) 123-45-67"}, {"phone": "+7 495 1234567"}),
        ({"phone": "+44 20 7946 0958"}, {"phone": "020 7946 0958", "submission": {"country": "gb"}}),
        ({"contacts": [{"kind": "Email", "value": "ivan@mail.ru"}]}, {"email": "ivan@mail.ru"}),
        (
            {"contacts": [{"kind": "social", "value": "@Ivan"}]},
            {"contacts": [{"kind": "social", "value": "https://vk.com/ivan"}]},
        ),
    ],
)
def test_two_spellings_of_a_contact_are_one_customer(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert digests(**one) == digests(**other) != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": "ivan@mail.ru"}, {"email": "ivan@mail.com"}),
        ({"id": "7"}, {"id": "7", "source": "other shop"}),
        ({"contacts": [{"kind": "chat", "value": "ivan"}]}, {"contacts": [{"kind": "chat", "value": "ivan"}], "source": "other"}),
        ({"phone": "+79161234567"}, {"email": "79161234567@mail.ru"}),
    ],
)
def test_different_people_stay_different(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert not set(digests(**one)) & set(digests(**other))


@pytest.mark.parametrize("nobody", [{}, {"name": "Иван"}, {"email": "no-reply@shop.example"}, {"email": "??"}, {"phone": "нет"}])
def test_who_names_no_contact_that_can_be_read_is_anonymous(nobody: dict[str, Any]) -> None:
    assert digests(**nobody) == ()


def test_the_surest_sign_comes_first_and_contacts_are_ordered_and_named_once() -> None:
    customer: dict[str, Any] = {
        "id": "42",
        "phone": "89161234567",
        "email": "b@x.ru",
        "contacts": [
            {"kind": "pigeon", "value": "loft 4"},
            {"kind": "email", "value": "B@x.ru"},
            {"kind": "chat", "value": "@bob"},
        ],
    }
    found = contacts_of(a_submission(customer=customer), "shop", POLICY)
    kinds = [ContactKind.EMAIL, ContactKind.PHONE, ContactKind.CHAT, ContactKind.OTHER]
    assert [contact.kind for contact in found.readable] == kinds
    assert found.readable[1].address == "+79161234567"
    assert digests(**customer)[0] == digests(id="42")[0]
    assert not found.is_any_unreadable


def test_an_unreadable_contact_is_kept_for_people_and_said() -> None:
    found = contacts_of(a_submission(customer={"phone": "позвоните соседке"}), "shop", POLICY)
    assert found.is_any_unreadable
    assert [(contact.kind, contact.address, contact.key) for contact in found.readable] == [
        (ContactKind.OTHER, "позвоните соседке", "")
    ]


def test_digests_need_the_secret_and_show_no_contact() -> None:
    submission = a_submission(customer={"email": "ivan@mail.ru"})
    mine, others = (contact_digests(secret, submission, "shop", POLICY) for secret in (SECRET, b"another"))
    assert mine != others
    assert "ivan" not in mine[0]


MET, LATER = complaint_id_for(NOW, "a" * 32), complaint_id_for(NOW + 1, "a" * 32)


def test_customers_sort_by_the_instant_at_which_they_were_met_and_nobody_can_guess_one() -> None:
    digest = digests(email="ivan@mail.ru")[0]
    assert new_customer_id(SECRET, MET, digest) < new_customer_id(SECRET, LATER, digest)
    assert new_customer_id(SECRET, MET, digest) != new_customer_id(b"another", MET, digest)
    assert new_customer_id(SECRET, MET) != new_customer_id(SECRET, LATER)


def test_who_returns_after_an_erasure_is_someone_new() -> None:
    digest = digests(email="ivan@mail.ru")[0]
    assert new_customer_id(SECRET, MET, digest) == new_customer_id(SECRET, MET, digest)
    assert new_customer_id(SECRET, LATER, digest) != new_customer_id(SECRET, MET, digest)
    assert [is_before_erasure(said, 5) for said in (4, 5, 6)] == [True, True, False]
    assert not is_before_erasure(4, None)
