"""Every rule of time and money has a test that names it, and no test names a rule that nobody wrote down."""

from tests.docs.rules import RULES, named_tests


def test_every_rule_has_a_test() -> None:
    named = {rule for rule, _, _ in named_tests()}
    missing = [rule for rules in RULES.values() for rule in rules if rule not in named]
    assert not missing, f"mark a test of each with @pytest.mark.rule: {missing}"


def test_every_rule_that_a_test_names_is_one() -> None:
    known = {rule for rules in RULES.values() for rule in rules}
    unknown = [f"{path}: {test}: {rule}" for rule, path, test in named_tests() if rule not in known]
    assert not unknown, unknown
