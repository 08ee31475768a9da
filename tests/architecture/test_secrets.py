"""Nothing that opens something is in the repository."""

import re
import subprocess

import pytest

from tests.architecture.source import ROOT

FORMS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{100}",
    "a GitHub token": r"\b(ghp|gho|ghs|ghu)_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{60}",
    "an AWS key": r"\bAKIA[0-9A-Z]{16}\b",
    "a Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{20}",
    "a Google key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a Stripe key": r"\b[sr]k_live_[0-9A-Za-z]{24}",
    "a login in an address": r"\b(postgres|redis|amqp|smtp)s?://[^\s:/@{$]+:[^\s@{$]{8,}@(?!(127\.0\.0\.1|localhost|host|db)\b)",
}


@pytest.mark.parametrize("what", FORMS)
def test_there_is_not(what: str) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    found = []
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in {".png", ".svg"} or not path.is_file() or path.name == "test_secrets.py":
            continue
        if match := re.search(FORMS[what], path.read_text(encoding="utf-8", errors="replace")):
            found.append(f"{name}: {match[0][:12]}…")
    assert found == []


def test_files_with_secrets_are_not_taken_in() -> None:
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
