from __future__ import annotations

from dataclasses import replace

from gramlib.selftest import known_answers


def test_every_known_answer_is_met():
    answers = known_answers()
    assert [answer for answer in answers if not answer.ok] == []
    assert len(answers) >= 130
    assert len({answer.name for answer in answers}) == len(answers)
    assert all(answer.source for answer in answers)


def test_a_wrong_number_is_not_ok():
    answer = known_answers()[0]
    assert not replace(answer, found=answer.expected + 2 * answer.tolerance + 1e-9).ok
    assert not replace(answer, found=float("nan")).ok
