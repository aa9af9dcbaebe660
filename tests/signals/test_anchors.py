"""Anchors: every match of an expression contains at least one."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csaudit.signals.anchors import anchors


@pytest.mark.parametrize(
    ("regex", "literals"),
    [
        ("淘宝", {"淘宝"}),
        ("(?:去|到)[^。！？!?\\n]{0,8}?(?:淘宝|天猫)", {"淘宝", "天猫"}),
        ("不归(?:我|我们)管", {"不归我管", "不归我们管"}),
        ("[0-9]{3,4}元", {"元"}),
        ("(?:请)?退款", {"退款", "请退款"}),
        ("退+款", {"款"}),
        ("(?-u:\\b)vx(?-u:\\b)", {"vx"}),
        ("a\\.b", {"a.b"}),
        ("[好差]评", {"好评", "差评"}),
        ("(?P<n>淘)宝", {"淘宝"}),
        ("\\p{Han}吗", {"吗"}),
        ("[0-9]+", set()),
        ("好*", set()),
        ("好|[0-9]", set()),
        ("(?x) 好", set()),  # not understood: no anchors, so it runs everywhere
    ],
)
def test_what_every_match_needs(regex: str, literals: set[str]):
    assert anchors(regex) == literals


ATOMS = st.sampled_from(["好", "评", "ab", ".", "[0-9]", "[^好]", "[好评]", "\\d", "\\.", "(?-u:\\b)"])
REGEXES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{0,2}", "{1,}?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(regex=REGEXES, text=st.text(st.sampled_from("好评ab0.，"), max_size=8))
def test_no_match_is_without_one(regex: str, text: str):
    wanted = anchors(regex)
    match = re.search(regex.replace("(?-u:\\b)", "\\b"), text, re.ASCII)
    if match and wanted:
        assert any(literal in match[0] for literal in wanted)
