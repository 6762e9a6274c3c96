"""Documented statements about ``tf.compat.v1.layers`` (``fixtures.claims``)."""


def test_verdict_is_the_one_on_record(check, claim, surface, program):
    """The claim is as true, or as false, as it was in the release before."""
    check.claim(claim, surface, program)
