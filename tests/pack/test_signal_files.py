"""Signals and lexicons: what YAML becomes, and what is refused."""

import pytest

from csaudit.pack.model import (
    AtLeast,
    Compare,
    Entity,
    InLexicon,
    LearnedAct,
    Matcher,
    Near,
    OfSignal,
    Phrase,
    Regex,
    Repeats,
    Signal,
    SimilarTo,
    Template,
)
from packs import Examine


def signal(examine: Examine, body: str) -> Signal:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"signals:\n  - id: it\n    title: {{zh: 它, en: it}}\n    role: agent\n{lines}"
    loaded, problems = examine({"signals/it.yaml": text})
    assert problems == []
    return loaded.signals["it"]


def problem(examine: Examine, body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"signals:\n  - id: it\n    title: {{zh: 它, en: it}}\n    role: agent\n{lines}"
    _, problems = examine({"signals/it.yaml": text})
    (one,) = problems
    return str(one).split("/signals/")[1]


@pytest.mark.parametrize(
    ("yaml", "matcher"),
    [
        ("不归我管", Phrase("不归我管")),
        ("不归(我|你)管", Template("不归(我|你)管", "不归(?:我|你)管")),
        ("{regex: '[0-9]{3,4}元'}", Regex("[0-9]{3,4}元")),
        ("{lexicon: authorities}", InLexicon("authorities")),
        ("{signal: soothes}", OfSignal("soothes")),
        ("{entity: mobile}", Entity("mobile")),
        ("{entity: money, above: 3000}", Entity("money", Compare("above", 3000.0))),
        ("{entity: duration, at_least: 2 d}", Entity("duration", Compare("at_least", 172800.0))),
        ("{similar_to: [再等等吧, 耐心等待], at_least: 0.5}", SimilarTo(("再等等吧", "耐心等待"), 0.5)),
        ("{similar_to: 再等等吧}", SimilarTo(("再等等吧",), 0.6)),
        ("{repeats: 0.8, look_back: 3}", Repeats(0.8, 3)),
    ],
)
def test_every_matcher(examine: Examine, yaml: str, matcher: Matcher) -> None:
    assert signal(examine, f"any_of:\n  - {yaml}").any_of == (matcher,)


def test_every_guard(examine: Examine) -> None:
    found = signal(
        examine,
        """\
any_of: [甲]
views: [folded, sound]
all_of: [乙]
none_of: [{signal: insults}]
at_least: {n: 2, of: [丙, 丁]}
except: [甲等]
near: {any_of: [买], within: 5}
not_near: {any_of: [送]}
word: true
negation: skip
length: {at_most: 4}
field: {platform: {not_in: [淘宝, 天猫]}, vip: true, reply_after: {above: 10 min}, paid: {column: x_应付, op: above}}
""".replace("paid:", "loss_amount:"),
    )
    assert found.views == ("folded", "sound")
    assert found.all_of == (Phrase("乙"),)
    assert found.none_of == (OfSignal("insults"),)
    assert found.at_least == AtLeast(2, (Phrase("丙"), Phrase("丁")))
    assert found.except_ == (Phrase("甲等"),)
    assert found.near == Near((Phrase("买"),), 5)
    assert found.not_near == Near((Phrase("送"),), 10)
    assert found.word
    assert found.negation == "skip"
    assert found.length == {"at_most": 4}
    assert found.field == {
        "platform": Compare("not_in", ("淘宝", "天猫")),
        "vip": Compare("is", True),
        "reply_after": Compare("above", 600.0),
        "loss_amount": Compare("above", column="x_应付"),
    }


def test_defaults(examine: Examine) -> None:
    found = signal(examine, "negation: keep")
    assert (found.any_of, found.views, found.role) == ((), ("folded",), ("agent",))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("any_of: [{lexicon: authorites}]", "it.yaml:2: there is no lexicon “authorites” (did you mean authorities?)"),
        ("any_of: [{signal: sooth}]", "it.yaml:2: there is no signal “sooth” (did you mean soothes?)"),
        ("any_of: [{act: stall}]", "it.yaml:2: there is no act “stall”"),
        ("any_of: [{signal: it}]", "it.yaml:2: the signal “it” is made of itself"),
        ("any_off: [甲]", "it.yaml:5: unknown key “any_off” (did you mean any_of?)"),
        ("any_of: [315]", 'it.yaml:5: YAML does not read “any_of: 315” as a text (write "315" in quotes)'),
        ("any_of: [{entity: phone}]", "it.yaml:5: “entity: phone” is not known (one of: mobile,"),
        ("any_of: [{entity: mobile, regex: x}]", "it.yaml:5: a matcher has exactly one kind"),
        ("any_of: ['去(买|']", "it.yaml:5: the template “去(买|” cannot be used: a parenthesis is not closed"),
        ("any_of: [{regex: '(?=x)y'}]", "it.yaml:5: the regular expression “(?=x)y” cannot be used: look-around"),
        ("any_of: [{regex: 'x*'}]", "it.yaml:5: the regular expression “x*” matches the empty text"),
        ("any_of: [{regex: '((a{1000}){1000}){1000}'}]", "it.yaml:5: the regular expression “((a{1000}){1000}){1000}”"),
        ("views: [sounds]", "it.yaml:5: “views: sounds” is not known (did you mean sound?)"),
        ("negation: no", "it.yaml:5: “negation: no” is not known (one of: keep, skip, only)"),
        ("field: {platfrom: {is: 京东}}", "it.yaml:2: there is no column “platfrom” (did you mean platform?)"),
        ("field: {turn: {above: 1, below: 3}}", "it.yaml:5: one comparison is wanted"),
        ("length: {atmost: 4}", "it.yaml:5: unknown key “atmost” (did you mean at_most?)"),
    ],
)
def test_every_error_has_its_place(examine: Examine, body: str, message: str) -> None:
    assert problem(examine, body).startswith(message)


def test_lexicon_terms_may_have_notes(examine: Examine) -> None:
    loaded, _ = examine({})
    lexicon = loaded.lexicons["authorities"]
    assert lexicon.terms == ("12315", "工商局", "消协")
    assert lexicon.notes == {"消协": "消费者协会"}


def test_a_term_given_twice(examine: Examine) -> None:
    text = "id: twice\ntitle: {zh: 两次, en: twice}\nterms: [甲, 乙, 甲]\n"
    _, (problem,) = examine({"lexicons/twice.yaml": text})
    assert problem.message.en == "the term “甲” is given twice"


def test_all_problems_of_all_files_come_at_once(examine: Examine) -> None:
    _, problems = examine(
        {
            "signals/a.yaml": "signals:\n  - id: a\n    role: agnt\n",
            "signals/b.yaml": "signals:\n  - id: soothes\n    views: [loud]\n  - title: {en: x}\n",
            "lexicons/c.yaml": "id: c\n",
            "extra.yaml": "x: 1\n",
        }
    )
    places = [f"{p.where.path.name}:{p.where.line} {p.message.en}" for p in problems if p.where]  # type: ignore[union-attr]
    assert sorted(places) == [
        "a.yaml:2 “title” is missing",
        "a.yaml:3 “role: agnt” is not known",
        "b.yaml:3 “views: loud” is not known",
        "b.yaml:4 “id” is missing",
        "c.yaml:1 “terms” is missing",
        "c.yaml:1 “title” is missing",
        "extra.yaml:None not a file of a pack",
    ]


def test_an_act_is_read_with_its_thresholds(examine: Examine) -> None:
    loaded, problems = examine(
        {
            "acts/model/stall.yaml": """\
                id: stall
                role: agent
                title: {zh: 拖延, en: stalls}
                bias: -1.5
                weights: stall.tsv
                thresholds: {sure: 2, likely: 0.5, possible: -0.5}
                measured: {precision: 0.9}
                """,
            "acts/model/stall.tsv": "再等\t1.2\n",
            "signals/it.yaml": """\
                signals:
                  - {id: stalls, title: {zh: 拖延, en: stalls}, role: agent, any_of: [{act: stall, threshold: sure}]}
                """,
        }
    )
    assert problems == []
    assert loaded.acts["stall"].thresholds == {"sure": 2, "likely": 0.5, "possible": -0.5}
    assert loaded.acts["stall"].weights_file.read_text() == "再等\t1.2\n"
    assert loaded.signals["stalls"].any_of == (LearnedAct("stall", "sure"),)
