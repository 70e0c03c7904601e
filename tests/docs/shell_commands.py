"""What a shell block would execute, as words; enough of the shell's grammar for our pages."""

import re
import shlex

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_OPENING = {"do", "then", "else", "if", "while", "until", "!", "time"}
_CLOSING = {"done", "fi"}


def simple_commands(script: str) -> list[list[str]]:
    """Every simple command of a script, those within `$(…)` before the one around them."""
    script = re.sub(r"(^|[ \t])#[^\n]*", "", script).replace("\\\n", " ")
    found: list[list[str]] = []
    while (begin := script.find("$(")) >= 0:
        end = _closing(script, begin + 2)
        found += simple_commands(script[begin + 2 : end])
        script = f"{script[:begin]}SUBSTITUTED{script[end + 1 :]}"
    words: list[str] = []
    for token in [*_tokens(script), ";"]:
        if not set(token) <= set(";&|()\n"):
            words.append(token)
            continue
        command = _without_grammar(words)
        found += [command] if command else []
        words = []
    return found


def _closing(script: str, position: int) -> int:
    depth, quote = 1, ""
    while depth:
        character = script[position]
        if character in "'\"" and quote in ("", character):
            quote = "" if quote else character
        elif not quote:
            depth += {"(": 1, ")": -1}.get(character, 0)
        position += 1
    return position - 1


def _tokens(script: str) -> list[str]:
    lexer = shlex.shlex(script, posix=True, punctuation_chars=";&|()\n")
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t", True, ""
    return list(lexer)


def _without_grammar(words: list[str]) -> list[str]:
    while words and (words[0] in _OPENING or _ASSIGNMENT.fullmatch(words[0])):
        words = words[1:]
    return [] if not words or words[0] == "for" or words[0] in _CLOSING else words
