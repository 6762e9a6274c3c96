"""A release without TensorFlow: what a case would show, by the expectations or from a record, with a defect."""

import dataclasses
import functools
import importlib.util
from types import ModuleType

import numpy as np
from support import comparison, releases

from fixtures import expect as expectations
from fixtures import expect_options, expect_situations, installed, layer_by_semantics, record
from fixtures.cases import Case
from fixtures.semantics import row
from tests.harness.stand_ins.defects import NONE, Defect
from tests.harness.stand_ins.layers import Float64, Sound, float32
from tests.harness.stand_ins.modes import as_asked

# The newest stable release and the last one of TensorFlow 1: between them every surface.
RELEASES = ("2.21.0", "1.15.5")


def copy_of(module: ModuleType, **instead: object) -> ModuleType:
    """A module of its own, on plain numbers, with some of its names meaning something else."""
    copy = importlib.util.module_from_spec(importlib.util.find_spec(module.__name__))
    copy.__spec__.loader.exec_module(copy)
    vars(copy).update(instead, Rounded=Float64)
    return copy


def expectations_of(defect: Defect) -> ModuleType:
    """A copy of ``fixtures.expect``, and of all that makes expectations for it, with the defect."""
    layer_of = copy_of(layer_by_semantics, Layer=defect.layer).layer_of
    options, situations = (copy_of(one, layer_of=layer_of) for one in (expect_options, expect_situations))
    made = {"option": options.option, "option_step": options.option_step, "situation": situations.situation}
    module = copy_of(expectations, layer_of=layer_of, **made)
    sound = module._mode
    module._mode = lambda training, trainable, semantics: defect.mode(
        lambda *flags: sound(*flags, semantics), training, trainable
    )
    return module


@functools.cache
def recorded(name: str) -> dict:
    """The record of a release."""
    return record.read(releases.calendar()[name].record)


class StandIn:
    """A release without TensorFlow, sound or with a defect; takes the place of the plugin's ``Run``.

    Args:
        release: one of ``RELEASES``.
        defect: one of ``DEFECTS``, or ``NONE``.
    """

    def __init__(self, release: str, defect: Defect):
        self.release = release
        self.defect = defect
        self.recorded = recorded(release)["observations"]
        self.env = comparison.environment(recorded(release))
        self.expectations = expectations_of(defect)
        self.shows_only = (defect.layer, defect.mode) == (Sound, as_asked)  # its numbers are the sound ones
        self.answers: dict[Case, dict] = {}
        self.checks = 0  # what ``Check`` notes

    def has(self, case):
        """Whether the release has what the case asks for and, for a scenario, a record of it."""
        return installed.missing(case, self.env) is None and (case.kind != "scenario" or case.id in self.recorded)

    def observe(self, case, decides=None):
        """The observation of a case, as the observer would make it."""
        if case not in self.answers:
            seen = self._observed(case)
            if self.defect is not NONE and _same(seen, stand_in(self.release).observe(case)):
                seen = stand_in(self.release).observe(case)
            self.answers[case] = seen
        return self.answers[case]

    def decided(self, subject, verdict):
        """A verdict, which nobody keeps here."""

    def alters(self, case):
        """Whether the defect shows in a case at all."""
        return self.observe(case) is not stand_in(self.release).observe(case)

    def _observed(self, case):
        sound = stand_in(self.release)
        if case.kind == "scenario":
            seen = sound.observe(case) if self is not sound else record.restore(self.recorded[case.id])
            return seen if "absent" in seen else self.defect.seen(case, seen)
        as_is = row(case.surface, installed.release(case.surface, self.env)).semantics
        semantics = dataclasses.replace(as_is, **self.defect.switches)
        if self is not sound and self.shows_only and semantics == as_is:
            return self.defect.seen(case, sound.observe(case))
        with np.errstate(all="ignore"):  # what a defect divides by is its own affair
            return self.defect.seen(case, float32(getattr(self.expectations, case.kind)(case, semantics)))


def _same(one, other):
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other


@functools.cache
def stand_in(release: str, defect: Defect = NONE) -> StandIn:
    """The stand-in for a release, made once."""
    return StandIn(release, defect)
