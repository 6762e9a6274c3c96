"""The layer in plain float64 numbers: sound, and with each way in which its arithmetic can be wrong."""

import numpy as np

from fixtures.reference import Layer, batch_statistics, moving_average
from fixtures.settings import EPSILON, MOMENTUM, NAMES

PARAMETERS, STATISTICS = NAMES[:2], NAMES[2:]


class Float64(np.ndarray):
    """Plain numbers, where ``fixtures.expect`` speaks of ``Rounded`` ones."""

    error = 0.0

    def __new__(cls, value, error=0.0):
        """The same numbers, without a bound."""
        return np.asarray(value, np.float64).view(cls)

    @property
    def value(self):
        """The numbers."""
        return self

    def moveaxis(self, source, destination):
        """As ``numpy.moveaxis``."""
        return np.moveaxis(self, source, destination)

    def maybe_nan(self):
        """Memory that was never written holds no NaN in most runs."""
        return self


def float32(value):
    """What TensorFlow hands out: numbers in float32; names, counts and errors as they are."""
    if isinstance(value, np.ndarray):
        return np.asarray(value, np.float32)
    if isinstance(value, dict):
        return {name: float32(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [float32(entry) for entry in value]
    return value


class Sound(Layer):
    """The reference, with momentum rounded to float32 as TensorFlow rounds it."""

    def __init__(self, parameters, momentum=MOMENTUM, epsilon=EPSILON, bessel=False, fused=False, decay=None):
        super().__init__(parameters, float(np.float32(momentum)), epsilon, bessel, fused, decay)


def sound(state):
    """A sound layer at these numbers."""
    return Sound({name: np.float64(value) for name, value in state.items()})


class KeepsMean(Sound):
    """Moves the variance only."""

    def update(self, x):
        """The mean stays."""
        mean = self.state["moving_mean"]
        super().update(x)
        self.state["moving_mean"] = mean


class UpdatesTwice(Sound):
    """Applies each update two times."""

    def update(self, x):
        """And again."""
        super().update(x)
        super().update(x)


class MomentumOfTheBatch(Sound):
    """Weighs the batch with momentum, and the moving statistic with the rest."""

    def __init__(self, parameters, momentum=MOMENTUM, epsilon=EPSILON, bessel=False, fused=False, decay=None):
        super().__init__(parameters, 1 - momentum, epsilon, bessel, fused, decay and 1 - decay)


class Averages(Sound):
    """Averages all batches evenly; the start counts for nothing."""

    updates = 0

    def update(self, x):
        """The n-th batch weighs 1/n."""
        self.updates += 1
        for name, value in zip(STATISTICS, batch_statistics(x), strict=True):
            self.state[name] = moving_average(self.state[name], value, 1 - 1 / self.updates)


class WithoutEpsilon(Sound):
    """Leaves epsilon out."""

    def __init__(self, parameters, momentum=MOMENTUM, epsilon=EPSILON, bessel=False, fused=False, decay=None):
        super().__init__(parameters, momentum, 0.0 * epsilon, bessel, fused, decay)


class WithoutRoot(Sound):
    """Divides by the variance itself."""

    def output(self, x, batch):
        """Without the square root."""
        mean, variance = self.statistics(x, batch)
        return (x - mean) / (variance + self.epsilon) * self.state["gamma"] + self.state["beta"]


class SwapsParameters(Sound):
    """Scales by beta and shifts by gamma."""

    def output(self, x, batch):
        """Each in the other's place."""
        mean, variance = self.statistics(x, batch)
        return (x - mean) / np.sqrt(variance + self.epsilon) * self.state["beta"] + self.state["gamma"]


class AlwaysMoving(Sound):
    """Normalizes with the moving statistics in training too."""

    def statistics(self, x, batch):
        """The moving ones."""
        return super().statistics(x, False)


class AlwaysBatch(Sound):
    """Normalizes with the batch's statistics in inference too."""

    def statistics(self, x, batch):
        """The batch's own."""
        return super().statistics(x, True)


class OnlyScales(Sound):
    """Normalizes with nothing in inference."""

    def statistics(self, x, batch):
        """Mean 0, and 1 under the root."""
        one = np.ones(x.shape[-1])
        return super().statistics(x, batch) if batch else (0 * one, one - self.epsilon)


class StopsGradients(Sound):
    """Takes the batch's statistics for constants when it differentiates."""

    def gradients(self, x, upstream, batch):
        """As if mean and variance did not depend on the image."""
        _, variance = self.statistics(x, batch)
        straight = upstream * (self.state["gamma"] / np.sqrt(variance + self.epsilon))
        return dict(super().gradients(x, upstream, batch), x=straight)


class LosesGradients(Sound):
    """Gives gamma and beta no gradient."""

    def gradients(self, x, upstream, batch):
        """The image alone has one."""
        found = super().gradients(x, upstream, batch)
        return dict(found, gamma=0 * found["gamma"], beta=0 * found["beta"])


def taken_in(start, *batches, momentum=MOMENTUM):
    """The moving statistics after one update per batch, from the start values of a layer."""
    layer = Sound(start, momentum)
    for batch in batches:
        layer.update(np.float64(batch))
    return {name: np.float32(layer.state[name]) for name in STATISTICS}
