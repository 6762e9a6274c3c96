"""What one observation leaves behind must not reach the next one."""

import types

import pytest

from fixtures import cases, observer


@pytest.mark.parametrize("raises", [None, ValueError], ids=["observed", "raised"])
def test_keras_is_cleared_behind_every_case(monkeypatch, raises):
    """Also when the case raised: the next one finds no learning phase, no models and no names."""
    happened = []

    def layer_call(tf, case):
        happened.append("observed")
        if raises:
            raise raises("on purpose")
        return {"output": 1.0}

    backend = types.SimpleNamespace(clear_session=lambda: happened.append("cleared"))
    tf = types.SimpleNamespace(keras=types.SimpleNamespace(backend=backend))
    monkeypatch.setattr("fixtures.observer.keras.layer_call", layer_call)
    case = next(case for case in cases.LAYER_CALLS if case.surface == "tf.keras")
    if raises:
        with pytest.raises(raises):
            observer.observe(tf, case)
    else:
        assert observer.observe(tf, case) == {"output": 1.0}
    assert happened == ["observed", "cleared"], "the Keras of a case was not cleared behind it"
