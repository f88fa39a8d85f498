"""Refusals, which both platforms put into answers that look well."""

OK = 200


class ZaloError(Exception):
    """A refusal with its code and words."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
