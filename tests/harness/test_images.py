"""The material every case starts from."""

import numpy as np
import pytest

from fixtures import images


def test_published_figures_leave_one_image():
    """Brute force over integer pixels finds, for each channel, the last three pixels and no others."""
    assert images.solve_published_image() == [[tuple(sorted(channel[1:]))] for channel in images.CHANNELS]


def test_another_figure_leaves_no_image(monkeypatch):
    """The derivation can fail: one digit of one figure changed, and nothing fits."""
    wrong = dict(images.PUBLISHED_FIGURES, moving_mean=("0.03249997", "0.03499997", "0.06499994", "0.0276"))
    monkeypatch.setattr(images, "PUBLISHED_FIGURES", wrong)
    assert images.solve_published_image()[3] == []


def test_first_pixel_is_the_published_one():
    """The image starts with (4, 5, 9, 0)."""
    assert images.PUBLISHED_IMAGE[0, 0, 0].tolist() == list(images.FIRST_PIXEL)


def test_seeded_images_are_the_same_on_every_numpy():
    """Literal pixels: RandomState's integer stream is frozen."""
    assert images.IMAGES["rank2"][:2].tolist() == [[5, 8, 9], [5, 0, 0]]
    assert images.weights((2, 3)).tolist() == [[-2, -3, 0], [-2, 2, 1]]


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_start_values_discriminate(channels):
    """No parameter is what a fresh layer would have, and all are exact in float32."""
    for name, values in images.parameters(channels).items():
        assert np.array_equal(values, values.astype(np.float32)), name
        if name.startswith("moving"):
            assert not np.isin(values, [0.0, 1.0]).any(), name
