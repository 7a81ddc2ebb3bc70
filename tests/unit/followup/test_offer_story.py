"""Cases and a short budget talk to each other out of order and twice; the money must add up in the end."""

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from services.followup.domain.commands import RedeemOffer
from services.followup.handlers import (
    answer_customer,
    begin_again,
    do_without_offer,
    grant_money,
    keep_time,
    offer_amends,
    redeem_offer,
    take_money_back,
)
from shared.contracts.events import MoneyReturned, OfferDenied, OfferGranted, OfferMade, OfferWanted
from shared.platform.decision import Decision, Rang
from tests.unit.followup.world import DAY, NOW, a_policy, given, reopened, resolved, shipped

LIMIT = 120_000
OFFERS = shipped()["offers"] | {"monthly_minor": {"RUB": LIMIT, "EUR": 10_000}, "buckets": 1, "once_per_complaint": False}
POLICY = a_policy(offers=OFFERS, survey={"enabled": False})
CASES = ("cmp_a", "cmp_b", "cmp_c", "cmp_d")
RULES = {
    OfferWanted: grant_money,
    MoneyReturned: take_money_back,
    OfferGranted: offer_amends,
    OfferDenied: do_without_offer,
}
MOVES = st.tuples(
    st.sampled_from(["resolve", "reopen", "redeem", "wait", "deliver", "deliver", "deliver", "again"]),
    st.sampled_from(CASES),
    st.integers(0, 99),
)


class House:
    """Four cases, their budgets, and the steps that lie on the topic between them."""

    def __init__(self):
        self.kept, self.topic, self.delivered, self.made, self.now = {}, [], [], [], NOW
        self.rounds = dict.fromkeys(CASES, 1)

    def take(self, key, decision):
        if not isinstance(decision, Decision):
            return
        if decision.keep is not None:
            self.kept[key] = decision.keep
        self.topic += [event for event in decision.say if type(event) in RULES]
        self.made += [(event.complaint_id, event.round) for event in decision.say if isinstance(event, OfferMade)]

    def deliver(self, event):
        self.delivered.append(event)
        self.take(event.subject, RULES[type(event)](event, self.kept.get(event.subject), given(self.now, POLICY)))

    def move(self, kind, case, number):
        told, care = given(self.now, POLICY), self.kept.get(case)
        if kind == "resolve":
            self.take(case, answer_customer(resolved(complaint_id=case, round=self.rounds[case]), care, told))
        elif kind == "reopen":
            self.rounds[case] += 1
            self.take(case, begin_again(reopened(complaint_id=case, round=self.rounds[case]), care, told))
        elif kind == "redeem":
            self.take(case, redeem_offer(RedeemOffer(round=1 + number % self.rounds[case]), care, told))
        elif kind == "wait":
            self.now += 20 * DAY
            for key in CASES:
                due = self.kept[key].due if key in self.kept else None
                if due is not None and due <= self.now:
                    self.take(key, keep_time(Rang(due), self.kept[key], given(self.now, POLICY)))
        elif kind == "deliver" and self.topic:
            self.deliver(self.topic.pop(number % len(self.topic)))
        elif kind == "again" and self.delivered:
            self.deliver(self.delivered[number % len(self.delivered)])

    def budgets(self):
        return {key: kept for key, kept in self.kept.items() if key not in CASES}


@settings(max_examples=60, deadline=None)
@drawn(st.lists(MOVES, max_size=60))
def test_offers_and_budgets_agree_in_the_end_whatever_happens_in_between(moves):
    house = House()
    for move in moves:
        house.move(*move)
        assert all(budget.committed_minor <= LIMIT for budget in house.budgets().values())
    while house.topic:
        house.deliver(house.topic.pop())
    assert len(house.made) == len(set(house.made))
    held = {
        (offer.budget_id, f"{case}|{offer.round}"): offer.amount.minor
        for case in CASES
        if case in house.kept
        for offer in house.kept[case].offers
        if offer.state in ("made", "redeemed")
    }
    granted = {(key, case): minor for key, budget in house.budgets().items() for case, minor in budget.granted.items()}
    assert granted == held
