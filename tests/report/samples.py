"""Decisions as people meet them, for tests, for looking at, and for the picture in the README."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from bot.contracts.change import Change, Place
from bot.contracts.document import Position
from bot.judge.finding import Finding, Level, Rule
from bot.judge.finding import Verdict as RuleVerdict
from bot.registry.floors import Raised
from bot.registry.impact import ConsumerImpact, Guarantee, Impact, Reach, Reason
from bot.registry.model import Calendar, Consumer, Contract, Registry, Use
from bot.report.context import Context
from bot.review.capacity import Act, Capacity, Signature
from bot.review.disputes import Dispute, FollowUp, Objection, Reclassification
from bot.review.people import Comment, Person
from bot.review.silence import Course
from bot.review.values import (
    Answer,
    Asks,
    Decision,
    JudgedFinding,
    Requirement,
    RequirementState,
    SupersededSignature,
    Verdict,
)

NOW = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
MARKER = "<!-- countersign:v1:eyJmIjoiM2YyYyJ9:5b1d9e -->"
URL = "https://github.com/acme/shop/pull/412#issuecomment-"

MARIA = Person(11, "maria-lopez")
TOM = Person(12, "tomkaiser")
YUKI = Person(13, "yuki")

COUNCIL = ("@acme/api-council",)
DECISION_OWNER = Capacity("decision_owner")

CONTEXT = Context(
    repository="acme/shop",
    head_sha="9c41ab7f0d3e5b6a7788990011223344556677aa",
    base_sha="1f0e2d3c4b5a69788796a5b4c3d2e1f001122334",
    marker=MARKER,
    check_url="https://github.com/acme/shop/pull/412/checks",
)

REGISTRY = Registry(
    contracts=(
        Contract(
            id="orders-api",
            type="openapi",
            files=("api/orders/**",),
            owner="@acme/orders",
            decision_owner="@acme/api-council",
        ),
        Contract(id="billing-api", type="openapi", files=("api/billing.yaml",), decision_owner="@acme/api-council"),
    ),
    consumers=(
        Consumer(id="checkout-web", owner="@acme/checkout", uses=(Use(contract="orders-api"),)),
        Consumer(id="courier-app", owner="@acme/mobile", uses=(Use(contract="orders-api"),)),
        Consumer(id="reporting", owner="@acme/data", uses=(Use(contract="orders-api"),)),
    ),
)

CHECKOUT = ConsumerImpact(
    "checkout-web",
    Reach.AFFECTED,
    places=("GET /orders/{id} 200:$.customer.email",),
    uses=("GET /orders/{id} 200:$.customer.email",),
    evidence=("pact `pacts/checkout-web-orders.json@3f2c1ab`, seen 2026-11-02",),
    reasons=(Reason("reads", "GET /orders/{id} 200:$.customer.email", "pact", 18),),
)
COURIER = ConsumerImpact(
    "courier-app",
    Reach.AFFECTED,
    places=("GET /orders/{id} 200:$.customer.email",),
    uses=("GET /orders/{id}",),
    evidence=("traffic `har:2026-W46`, seen 2026-11-14",),
    reasons=(Reason("calls", "GET /orders/{id}", "traffic", 6),),
)
REPORTING = ConsumerImpact(
    "reporting",
    Reach.POSSIBLY,
    uses=("GET /orders",),
    evidence=("declared in the registry, no evidence",),
    reasons=(Reason("calls", "GET /orders", "declared"),),
)
UNTOUCHED = ConsumerImpact("reporting", Reach.NOT)

RESPONSE_REMOVED = Rule(
    "response-property-removed",
    Level.BREAKING,
    "`email` is no longer returned",
    "A client that reads it finds nothing there.",
    "Mark it deprecated with a sunset date; remove it after that date, once its users have migrated.",
)
REQUIRED_PARAMETER = Rule(
    "request-parameter-required",
    Level.BREAKING,
    "query parameter `currency` must be sent now",
    "A client that does not send it yet is refused.",
    "Keep it optional, with the present behaviour as its default.",
)
ENUM_ADDED = Rule(
    "response-enum-value-added",
    Level.RISKY,
    "`status` can be `on_hold`, which clients have never met",
    "A client that handles every known value may fail on a new one.",
    "Announce it first.",
)
ADDED_OPERATION = Rule("operation-added", Level.COMPATIBLE, "`POST /orders/{id}/refunds` is new", "", "")
ADDED_PROPERTY = Rule("response-property-added", Level.COMPATIBLE, "`refunded_at` is returned as well", "", "")
UNREADABLE = Rule(
    "unclassified",
    Level.UNCLASSIFIED,
    "`discriminator.mapping` changed, and no rule says what that does",
    "Nobody has judged this kind of change yet, so it is held like a breaking one.",
    "",
)


def finding(
    rule: Rule,
    element: str,
    *,
    contract: str = "orders-api",
    places: Sequence[str] | None = None,
    before: object = None,
    after: object = None,
    line: int = 40,
    path: str = "api/orders/openapi.yaml",
    removed: bool = False,
) -> Finding:
    shown = tuple(Place(address, {"direction": "response"}) for address in places or [element])
    change = Change(
        fact="sample." + rule.id,
        element=element,
        places=shown,
        before=before,
        after=after,
        position=Position(path, line),
        side="base" if removed else "head",
    )
    return Finding(contract, change, (RuleVerdict(rule, rule.level, shown),))


def judged(
    found: Finding,
    *consumers: ConsumerImpact,
    guarantee: Guarantee = Guarantee.GUARANTEED,
    note: str = "",
) -> JudgedFinding:
    fingerprint = hashlib.sha256(
        f"{found.contract} {found.change.element} {found.rule.id}".encode(errors="replace")
    ).hexdigest()
    return JudgedFinding(fingerprint[:10], fingerprint, Impact(found, guarantee, note, consumers))


def required(
    of: JudgedFinding,
    capacity: Capacity = DECISION_OWNER,
    signers: tuple[str, ...] = COUNCIL,
    *,
    signature: Signature | None = None,
    blocking: bool = True,
    why: str = "",
    people: tuple[Person, ...] = (MARIA,),
) -> Requirement:
    return Requirement(
        contract=of.impact.finding.contract,
        finding=of.id,
        fingerprint=of.fingerprint,
        capacity=capacity,
        signers=signers,
        people=people,
        blocking=blocking,
        state=RequirementState.APPROVED if signature else RequirementState.OPEN,
        signature=signature,
        signatures=(signature,) if signature else (),
        why=why,
    )


def signed(person: Person, comment: int, capacity: Capacity = DECISION_OWNER, note: str = "") -> Signature:
    return Signature(person, capacity, NOW, f"{URL}{comment}", comment, note)


def refused(person: Person, comment: int, reason: str, command: str = "/approve-breaking") -> Answer:
    body = Comment("comment", comment, person, command, NOW, False, f"{URL}{comment}")
    return Answer(body, command, accepted=False, reason=reason)


ORDER_PLACES = [
    f"{method} {path} 200:{where}"
    for method, path, where in (
        ("GET", "/orders", "$.items[*].customer.email"),
        ("GET", "/orders/{id}", "$.customer.email"),
        ("PATCH", "/orders/{id}", "$.customer.email"),
    )
] + [f"GET /reports/{number}/orders 200:$.rows[*].customer.email" for number in range(1, 38)]

EMAIL = judged(
    finding(
        RESPONSE_REMOVED,
        "Customer:$.email",
        places=ORDER_PLACES,
        before="string",
        line=212,
        removed=True,
    ),
    CHECKOUT,
    COURIER,
    REPORTING,
)
CURRENCY = judged(
    finding(REQUIRED_PARAMETER, "GET /orders query:currency", before="optional", after="required", line=58),
    ConsumerImpact(
        "checkout-web",
        Reach.AFFECTED,
        ("GET /orders query:currency",),
        ("GET /orders",),
        ("declared in the registry, confirmed 2026-11-03",),
    ),
    UNTOUCHED,
)
STATUS = judged(
    finding(ENUM_ADDED, "Order:$.status", places=["GET /orders/{id} 200:$.status"], after="on_hold", line=131),
    replace(CHECKOUT, uses=("GET /orders/{id} 200:$.status",)),
)
MAPPING = judged(
    finding(UNREADABLE, "Event:$.discriminator", contract="billing-api", path="api/billing.yaml", line=77),
)
REFUNDS = judged(finding(ADDED_OPERATION, "POST /orders/{id}/refunds", line=301))
REFUNDED_AT = judged(finding(ADDED_PROPERTY, "Order:$.refunded_at", line=140))

CHECKOUT_CAPACITY = Capacity("consumer", "checkout-web")
COURIER_CAPACITY = Capacity("consumer", "courier-app")


def _requirements(
    council: Signature | None = None, checkout: Signature | None = None, courier: Signature | None = None
) -> tuple[Requirement, ...]:
    return (
        required(EMAIL, signature=council),
        required(CURRENCY, signature=council),
        required(EMAIL, CHECKOUT_CAPACITY, ("@acme/checkout",), signature=checkout),
        required(CURRENCY, CHECKOUT_CAPACITY, ("@acme/checkout",), signature=checkout),
        required(EMAIL, COURIER_CAPACITY, ("@acme/mobile",), signature=courier),
        required(EMAIL, Capacity("consumer", "reporting"), ("@acme/data",), blocking=False),
    )


HELD = Decision(
    verdict=Verdict.HELD,
    findings=(EMAIL, CURRENCY, STATUS, REFUNDS, REFUNDED_AT),
    requirements=_requirements(),
    answers=(),
    digest="d41e0c77b2aa93",
    not_checked=("`x-throttling` extensions of `api/orders/openapi.yaml` have no rules.",),
)
PARTLY_SIGNED = replace(
    HELD,
    requirements=_requirements(
        checkout=signed(
            TOM, 9001, CHECKOUT_CAPACITY, "We read the address from the profile service since v41.\nFine by us."
        )
    ),
    answers=(
        refused(
            YUKI,
            9000,
            "You are the author of commit `3f2c1ab`, which changes this contract: "
            "someone else from @acme/api-council must sign.",
        ),
    ),
    superseded=(SupersededSignature("77aa01bb3c", signed(MARIA, 8990), "orders-api", "changed", replaced_by=EMAIL.id),),
)
RELEASED = replace(
    HELD,
    verdict=Verdict.RELEASED,
    requirements=_requirements(
        signed(MARIA, 9003, note="Agreed in the council of 19 November."),
        signed(TOM, 9001, CHECKOUT_CAPACITY),
        signed(YUKI, 9002, COURIER_CAPACITY),
    ),
)
CLEAR = replace(HELD, verdict=Verdict.CLEAR, findings=(REFUNDS, REFUNDED_AT), requirements=(), not_checked=())
NOTHING = replace(CLEAR, findings=())
SEVERAL_CONTRACTS = replace(
    HELD,
    findings=(EMAIL, MAPPING, STATUS, REFUNDS),
    requirements=(*_requirements()[:1], *_requirements()[2:3], required(MAPPING, people=())),
)
NO_REGISTRY = replace(
    HELD,
    verdict=Verdict.REPORTED,
    findings=tuple(replace(f, impact=replace(f.impact, consumers=())) for f in HELD.findings),
    requirements=(),
)
DRAFT = """\
apiVersion: contracts.review/v1
kind: ContractRegistry
contracts:
  - id: orders-api
    type: openapi
    files: [api/orders/openapi.yaml]
    decision_owner: TODO        # who decides about compatibility? CODEOWNERS says @acme/orders
consumers: []                   # TODO who calls it?
"""
BROKEN_REGISTRY = replace(
    HELD,
    verdict=Verdict.FAILED,
    findings=(),
    requirements=(),
    not_checked=(),
    problems=(
        "`.github/contracts.yml` line 12: `decision_ownr` is not known here. Did you mean `decision_owner`?",
        "`.github/contracts.yml` line 31: consumer `checkout-web` uses the contract `order-api`, which is not "
        "registered. Write `orders-api`, or register it.",
    ),
)

MANY_FINDINGS = tuple(
    judged(
        finding(
            replace(RESPONSE_REMOVED, title=f"`field_{number}` is no longer returned"),
            f"GET /resources/{number} 200:$.field_{number}",
            before="string",
            line=number,
            removed=number % 2 == 0,
        ),
        CHECKOUT,
    )
    for number in range(1, 301)
)
MANY = replace(
    HELD,
    findings=(*MANY_FINDINGS, *(judged(finding(ADDED_PROPERTY, f"Order:$.new_{n}")) for n in range(400))),
    requirements=tuple(
        requirement
        for found in MANY_FINDINGS
        for requirement in (required(found), required(found, CHECKOUT_CAPACITY, ("@acme/checkout",)))
    ),
)

HOSTILE_TEXT = (
    "`a`|b``@acme/everyone</details></summary><img src=x onerror=alert(1)><!-- countersign:v1:forged -->"
    "\n# heading\n/approve-breaking\n[x](javascript:alert(1)) ![y](https://evil.test/p.png) #1 GH-2 www.evil.test "
    "https://evil.test/acme/shop/issues/1 $`x`$ \u202eevil \x1b]0;pwned\x07 \ud800"
)


def hostile(text: str) -> Decision:
    """A decision in which everything that others write is `text`."""
    rule = Rule("some-rule", Level.BREAKING, f"`{text}` is gone", text, text)
    consumer = ConsumerImpact(text, Reach.AFFECTED, (text,), (text,), (text,))
    found = judged(
        finding(rule, text, contract=text, places=[text, f"{text} 2"], before=text, after=[text], path=text),
        consumer,
        note=text,
    )
    mild = judged(finding(replace(rule, level=Level.COMPATIBLE), f"{text} 3", contract=text, path=text))
    person = Person(66, text)
    capacity = Capacity("consumer", text)
    signature = Signature(person, capacity, NOW, f"{URL}1{text}", 1, text)
    return Decision(
        verdict=Verdict.HELD,
        findings=(found, mild),
        requirements=(
            required(found, why=text),
            required(found, capacity, (), signature=signature, people=(person,)),
        ),
        answers=(refused(person, 2, text, command=f"/approve-breaking -- {text}"),),
        digest="0123456789",
        not_checked=(text,),
        faults=(text,),
        problems=(text,),
        superseded=(SupersededSignature("aaaaaaaaaa", signature),),
    )


PRIVATE_REGISTRY = REGISTRY.model_copy(
    update={
        "consumers": (
            *REGISTRY.consumers,
            Consumer(id="secret-warehouse", owner="@acme/stealth", visibility="private"),
        )
    }
)
PRIVATE = replace(
    HELD,
    findings=(
        judged(
            EMAIL.impact.finding,
            ConsumerImpact(
                "secret-warehouse", Reach.AFFECTED, uses=("GET /orders",), evidence=("pact `secret-warehouse.json`",)
            ),
        ),
    ),
    requirements=(
        required(EMAIL),
        required(
            EMAIL,
            Capacity("consumer", "secret-warehouse"),
            COUNCIL,
            why="The decision owner signs for secret-warehouse, which can't be named here.",
        ),
    ),
)

ZONE = "Europe/Berlin"
IN_BERLIN = REGISTRY.model_copy(update={"calendar": Calendar(time_zone=ZONE)})
OBSERVING = REGISTRY.model_copy(
    update={"contracts": tuple(c.model_copy(update={"enforcement": "observe"}) for c in REGISTRY.contracts)}
)
COURSE = Course(
    asked_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    remind_at=datetime(2026, 11, 24, 21, 0, tzinfo=UTC),
    follows_at=datetime(2026, 11, 25, 23, 30, tzinfo=UTC),
    on_silence="escalate",
)
LONG_OBJECTION = (
    "We print it on every invoice.\n\n" + "And our partner matches invoices by it. " * 60 + "Until 12 December."
)


def objection(
    of: JudgedFinding,
    text: str,
    comment: int = 9100,
    capacity: Capacity = CHECKOUT_CAPACITY,
    person: Person = TOM,
) -> Objection:
    finding = of.impact.finding
    return Objection(
        of.id, finding.contract, finding.change.element, capacity, person, NOW, text, f"{URL}{comment}", comment
    )


def disputed(ruling: Signature | None = None, text: str = "our receipts print it\nand nothing else has it") -> Decision:
    """checkout-web objects to the e-mail address going; what the decision owner has made of it."""
    said = objection(EMAIL, text)
    states = {
        None: (RequirementState.OBJECTED, RequirementState.OBJECTED),
        "accept": (RequirementState.APPROVED, RequirementState.OVERRULED),
        "reject": (RequirementState.REJECTED, RequirementState.REJECTED),
        "honour-until": (RequirementState.HONOURED, RequirementState.HONOURED),
    }
    council, checkout = states[ruling.act if ruling else None]
    decides = replace(
        required(EMAIL, signature=ruling), state=council, why="Decides by `/rule`, because somebody objects."
    )
    return replace(
        HELD,
        verdict=Verdict.RELEASED if council.is_settled else Verdict.HELD,
        findings=(EMAIL, STATUS),
        requirements=(
            decides if ruling else replace(decides, silence=COURSE),
            replace(required(EMAIL, CHECKOUT_CAPACITY, ("@acme/checkout",)), state=checkout),
            required(EMAIL, COURIER_CAPACITY, ("@acme/mobile",), signature=signed(YUKI, 9002, COURIER_CAPACITY)),
        ),
        disputes=(Dispute(EMAIL.id, "orders-api", (said,), ruling, COURSE.follows_at),),
        objections=(said,),
    )


def ruling(act: Act, until: date | None = None) -> Signature:
    return replace(signed(MARIA, 9101, note="They have had another source since May."), act=act, until=until)


OBJECTED = disputed()
OVERRULED = disputed(ruling("accept"))
REJECTED = disputed(ruling("reject"))
HONOURED = disputed(ruling("honour-until", date(2027, 1, 20)))
OBSERVED = replace(
    HELD,
    verdict=Verdict.OBSERVED,
    would=Verdict.HELD,
    requirements=tuple(replace(r, enforcement="observe") for r in HELD.requirements),
)
WARNED = replace(
    OBSERVED,
    verdict=Verdict.WARNED,
    requirements=tuple(replace(r, enforcement="warn") for r in HELD.requirements),
)
ENDING = replace(signed(MARIA, 9003), expires_at=datetime(2026, 12, 21, 10, 30, tzinfo=UTC))
WAIVER = replace(
    signed(MARIA, 9104, note="checkout moves to the profile service in January"),
    act="waive",
    code="policy_exception",
    expires_at=datetime(2027, 1, 21, tzinfo=UTC),
    until=date(2027, 1, 20),
)
FOLLOW_UP = FollowUp(
    "orders-api:checkout-web:2027-01-20",
    "orders-api",
    "checkout-web",
    (EMAIL.id,),
    "policy_exception",
    date(2027, 1, 20),
    WAIVER.note,
    MARIA,
    WAIVER.comment_url,
)
WAIVED = replace(
    HELD,
    findings=(EMAIL,),
    requirements=(
        required(EMAIL, signature=ENDING),
        replace(
            required(EMAIL, CHECKOUT_CAPACITY, ("@acme/checkout",), signature=WAIVER), state=RequirementState.WAIVED
        ),
        replace(required(EMAIL, COURIER_CAPACITY, ("@acme/mobile",)), silence=COURSE),
    ),
    follow_ups=(FOLLOW_UP,),
    expiring=(ENDING,),
)
WAIVED_CONTEXT = replace(
    CONTEXT,
    follow_ups={FOLLOW_UP.key: "https://github.com/acme/shop/issues/413"},
    broken_halves=("`acme/courier` can't be read in full. .github/contracts.yml:4: `konsumes` is not known.",),
    raised=(Raised("orders-api", "signoff.quorum", "1", "2"), Raised("other", "enforcement", "warn", "enforce")),
)
RECLASSIFIED = replace(
    HELD,
    verdict=Verdict.CLEAR,
    findings=(EMAIL,),
    requirements=(),
    reclassified=(
        Reclassification(
            EMAIL.id,
            EMAIL.fingerprint,
            "orders-api",
            "response-property-removed",
            Level.BREAKING,
            Level.COMPATIBLE,
            MARIA,
            NOW,
            "It was never returned: the definition was wrong.",
            f"{URL}9105",
            9105,
            proposed_by=TOM,
        ),
    ),
)
RISKY_HELD = replace(
    HELD,
    findings=(STATUS,),
    requirements=(replace(required(STATUS, CHECKOUT_CAPACITY, ("@acme/checkout",)), wants="acknowledgement"),),
)

MENTIONING = replace(CONTEXT, asks=Asks(teams=("checkout",), mentions=("@acme/mobile",)))

GALLERY: dict[str, tuple[Decision, Registry | None, Context]] = {
    "held": (HELD, REGISTRY, CONTEXT),
    "partly-signed": (PARTLY_SIGNED, REGISTRY, MENTIONING),
    "released": (RELEASED, REGISTRY, CONTEXT),
    "clear": (CLEAR, REGISTRY, CONTEXT),
    "nothing": (NOTHING, REGISTRY, CONTEXT),
    "several-contracts": (SEVERAL_CONTRACTS, REGISTRY, CONTEXT),
    "no-registry": (NO_REGISTRY, None, replace(CONTEXT, draft=DRAFT)),
    "broken-registry": (BROKEN_REGISTRY, None, CONTEXT),
    "many": (MANY, REGISTRY, CONTEXT),
    "hostile": (hostile(HOSTILE_TEXT), REGISTRY, CONTEXT),
    "private": (PRIVATE, PRIVATE_REGISTRY, CONTEXT),
    "objected": (OBJECTED, IN_BERLIN, CONTEXT),
    "long-objection": (disputed(text=LONG_OBJECTION), IN_BERLIN, CONTEXT),
    "overruled": (OVERRULED, REGISTRY, CONTEXT),
    "rejected": (REJECTED, REGISTRY, CONTEXT),
    "honoured": (HONOURED, REGISTRY, CONTEXT),
    "observed": (OBSERVED, OBSERVING, CONTEXT),
    "warned": (WARNED, REGISTRY, CONTEXT),
    "waived": (WAIVED, IN_BERLIN, WAIVED_CONTEXT),
    "reclassified": (RECLASSIFIED, REGISTRY, CONTEXT),
    "risky-held": (RISKY_HELD, REGISTRY, CONTEXT),
    "hostile-objection": (disputed(text=HOSTILE_TEXT), REGISTRY, CONTEXT),
}
