"""What the walks through the portal and the HTTP API count."""


class Checks:
    """Counts what holds and what does not."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def that(self, what: str, holds: bool, otherwise=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {what} {otherwise}", flush=True)

    def walk(self, what: str, steps, *arguments):
        """A walk passes when it comes to its end."""
        try:
            steps(*arguments)
            print(f"walked: {what}", flush=True)
            self.that(what, True)
        except Exception as error:  # A walk may stop at anything; the next one goes on.
            self.that(what, False, repr(error)[:1500])
