"""The tests of the suite itself."""

from hypothesis import HealthCheck, settings

# How fast a machine makes examples, writes them to its disk and runs them is no property of ours: a busy one must not
# fail.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
