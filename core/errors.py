"""What core raises when an input cannot be used: a code and the facts, no sentence."""


class SpecError(ValueError):
    """An input that breaks a rule. `content/errors.toml` holds the sentence for each code, in every language."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code, self.facts = code, facts
        super().__init__(code + "".join(f" {name}={value}" for name, value in facts.items()))

    def __reduce__(self):                          # survives the trip between processes
        return _rebuild, (type(self), self.code, self.facts)


def _rebuild(kind: type[SpecError], code: str, facts: dict) -> SpecError:
    return kind(code, **facts)
