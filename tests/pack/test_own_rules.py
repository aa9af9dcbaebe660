"""A team's folder laid over another pack."""

import re
from pathlib import Path

import pytest

from csaudit import casecheck, pack
from csaudit.errors import PackError
from csaudit.pack.model import InLexicon, Phrase
from packs import TINY, Examine, write

MANUAL = Path(__file__).parents[2] / "docs" / "own-rules.md"


def test_the_same_id_changes_the_keys_it_gives(examine: Examine) -> None:
    loaded, problems = examine({"A1/A1a-insult.yaml": "id: A1a-insult\nconfidence: 0.3\nstatus: trial\n"})
    rule, before = loaded.rules["A1a-insult"], pack.load([TINY], builtin=False).rules["A1a-insult"]
    assert problems == []
    assert (rule.confidence, rule.status) == (0.3, "trial")
    assert (rule.title, rule.kind, rule.cases) == (before.title, before.kind, before.cases)


def test_another_kind_replaces_the_first(examine: Examine) -> None:
    scorecard = "scorecard: {threshold: 1, terms: [{has: insults, weight: 1, title: {zh: 骂, en: insults}}]}"
    loaded, problems = examine({"A1/A1a-insult.yaml": f"id: A1a-insult\n{scorecard}\n"})
    assert problems == []
    assert loaded.rules["A1a-insult"].kind_name == "scorecard"


def test_add_appends_to_lists(examine: Examine) -> None:
    loaded, problems = examine(
        {
            "signals/more.yaml": """\
                signals:
                  - id: insults
                    add: {any_of: [{lexicon: authorities}], except: [你有病历]}
                    views: [folded, sound]
                """,
            "A1/A1a-insult.yaml": "id: A1a-insult\nadd: {cases: {passes: [您好]}, false_positives: [片名]}\n",
        }
    )
    signal, rule = loaded.signals["insults"], loaded.rules["A1a-insult"]
    assert problems == []
    assert signal.any_of == (Phrase("你有病"), Phrase("白痴"), InLexicon("authorities"))
    assert signal.except_ == (Phrase("白痴天才"), Phrase("你有病历"))
    assert signal.views == ("folded", "sound")
    assert [case.lines[-1].text for case in rule.cases if not case.fires][-1] == "您好"
    assert len(rule.cases) == 5
    assert rule.false_positives == ("片名",)


def test_terms_are_added_removed_or_replaced(examine: Examine, tmp_path: Path) -> None:
    file = "lexicons/authorities.yaml"
    loaded, _ = examine({file: "id: authorities\nterms: [消费者协会, 消协]\nremove: [工商局]\n"})
    assert loaded.lexicons["authorities"].terms == ("12315", "消协", "消费者协会")
    loaded, _ = examine({file: "id: authorities\nreplace: true\nterms: [消费者协会]\n"})
    assert loaded.lexicons["authorities"].terms == ("消费者协会",)
    _, (problem,) = examine({file: "id: authorities\nterms: [法院]\nremove: [公安局]\n"})
    assert problem.message.en == "there is no term “公安局” to remove"


def test_rules_are_switched_off_by_id(examine: Examine) -> None:
    loaded, _ = examine({"pack.yaml": "name: team\nversion: '2'\nretired: [A1a-insult]\n"})
    assert {rule.id: rule.status for rule in loaded.rules.values()} == {
        "A1a-insult": "retired",
        "A6a-ignored": "active",
    }
    assert (loaded.name, loaded.version) == ("team", "2")
    _, (problem,) = examine({"pack.yaml": "name: team\nversion: '2'\nretired: [A1a-insults]\n"})
    assert str(problem).endswith("pack.yaml:3: there is no rule “A1a-insults” to retire (did you mean A1a-insult?)")


def test_classes_scenarios_and_points_are_added(examine: Examine) -> None:
    loaded, problems = examine(
        {
            "taxonomy.yaml": """\
                grades: [S, A, B]
                classes:
                  - {id: A1, add: {scenarios: {b: {zh: 反弹, en: returns abuse}}}}
                  - id: A9
                    grade: S
                    name: {zh: 新, en: new}
                    summary: {zh: 新的, en: new}
                    scenarios: {a: {zh: 一, en: one}}
                    advice: {zh: 别, en: do not}
                """,
            "targets.yaml": "points: {S: 100}\n",
        }
    )
    assert problems == []
    assert loaded.grades == ("S", "A", "B")
    assert list(loaded.classes) == ["A1", "A6", "A9"]
    assert list(loaded.classes["A1"].scenarios) == ["a", "b"]
    assert loaded.points == {"A": 100, "B": 20, "S": 100}
    assert loaded.targets == {"first_response_s": 30, "close_after": 600}


def test_the_same_id_twice_in_one_folder_is_an_error(examine: Examine) -> None:
    same = "signals:\n  - {id: insults, role: bot}\n"
    _, (problem,) = examine({"signals/a.yaml": same, "signals/b.yaml": same})
    assert problem.message.en == "the signal “insults” is given twice"
    assert problem.hint is not None
    assert problem.hint.en.endswith("a.yaml:2")


def test_rows_are_added_to_tables(examine: Examine) -> None:
    loaded, problems = examine({"tables/emoji.tsv": "# sellers' slang\n🐧\tQQ\tnote\n🈲\t\n"})
    assert problems == []
    assert loaded.tables == {"emoji": {"🐧": "QQ", "🈲": ""}}
    _, (problem,) = examine({"tables/emoji.tsv": "🐧 QQ\n"})
    assert problem.message.en == "not a line of a table"


def test_the_digest_follows_what_changes_a_judgement(tmp_path: Path) -> None:
    def digest(files: dict[str, str]) -> str:
        return pack.load([TINY, write(tmp_path, files)], builtin=False).digest

    first = digest({"lexicons/authorities.yaml": "id: authorities\nterms: [法院]\n"})
    assert digest({"README.md": "x", "profiles/p.yaml": "x: 1\n", ".hidden.yaml": "x"}) == first
    assert digest({"tables/emoji.tsv": "🐧\tQQ\n"}) != first
    assert digest({"lexicons/authorities.yaml": "id: authorities\nterms: [律师]\n"}) != first


def test_a_folder_that_is_not_there() -> None:
    with pytest.raises(PackError, match="nowhere: there is no such folder of rules"):
        pack.load([Path("nowhere")], builtin=False)


def test_the_sound_part_works_beside_the_problems(examine: Examine) -> None:
    loaded, problems = examine(
        {
            "signals/more.yaml": """\
                signals:
                  - {id: bad, title: {zh: 坏, en: bad}, role: agent, any_of: [315]}
                  - {id: of-bad, title: {zh: 坏, en: bad}, role: agent, any_of: [{signal: bad}]}
                  - {id: act, title: {zh: 拖, en: stalls}, role: agent, any_of: [再等等, {act: stall}]}
                """,
            "A1/A1a-insult.yaml": "id: A1a-insult\npattern: {anchor: of-bad}\n",
        }
    )
    assert [problem.message.en for problem in problems] == [
        "YAML does not read “any_of: 315” as a text",
        "there is no act “stall”",
    ]
    assert sorted(loaded.signals) == ["act", "agent-speaks", "insults", "soothes", "threatens-authority"]
    assert loaded.signals["act"].any_of == (Phrase("再等等"),)
    assert list(loaded.rules) == ["A6a-ignored"]


def test_the_example_of_the_manual_works(tmp_path: Path) -> None:
    files = dict(re.findall(r"```yaml\n# my-rules/(\S+)\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL))
    loaded = pack.load([write(tmp_path, files)])
    assert loaded.grades[0] == "S"
    assert loaded.rules["A9a-private-repairer"].class_id == "A9"
    assert loaded.rules["A8a-shuts-the-chat"].status == "retired"
    assert loaded.rules["A8b-transfer-without-consent"].confidence == 0.6
    cases = casecheck.run(loaded, ["A9a-private-repairer", "A8b-transfer-without-consent"])
    assert cases.height > 8
    assert cases.filter(cases["expected"] != cases["fired"]).is_empty()
    new = [loaded.rules["A9a-private-repairer"].where.path, loaded.signals["private-repairer"].where.path]
    assert [issue for issue in pack.lint(loaded) if issue.where.path in new] == []
