"""Records losses of Keras and metrics of scikit-learn, in float64, for test/ir/losses.test.ts and test/runtime/metrics.test.ts.

    python3 -m venv venv && venv/bin/pip install jax keras scikit-learn
    venv/bin/python scripts/oracle/losses.py test && npx biome format --write test/ir/oracle test/runtime/oracle

A case of a loss names the op of the IR and its attributes, the operands, the value, and the gradient by the prediction, which is left
out where Keras's own is undefined or a convention. The calibration error is that of its paper (Guo et al. 2017), written out in numpy.
"""

import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import keras
import numpy as np
import sklearn
from sklearn import metrics

keras.config.set_floatx("float64")
keras.src.backend.common.dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
random = np.random.default_rng(11)


def values(*shape):
    """Small multiples of 1/8, none of them 0: exact in JSON, and off the kinks of abs and max."""
    return random.integers(1, 24, shape) / 8 * random.choice([-1, 1], shape)


def shares(*shape):
    raw = random.integers(1, 16, shape).astype(np.float64)
    return raw / raw.sum(-1, keepdims=True)


def one_hot(classes, labels):
    return np.eye(classes)[labels]


def stored(array):
    array = np.asarray(array, dtype=np.float64)
    return {"shape": list(array.shape), "data": array.ravel().tolist()}


def case(op, loss, prediction, target, weights=None, attrs=None, label=None, gradient=True, title=""):
    """`label`: what the op is given as its target in place of `target`, which Keras is given."""

    def f(p):
        # Losses of rows are [N, …]: a weight a sample, for all of its rows.
        w = None if weights is None else jnp.asarray(weights).reshape((-1,) + (1,) * (p.ndim - 2))
        return loss(jnp.asarray(target), p, sample_weight=w)

    prediction = jnp.asarray(np.asarray(prediction, dtype=np.float64))
    given = {"prediction": stored(prediction), "target": stored(target if label is None else label)}
    if weights is not None:
        given["weights"] = stored(weights)
    return {
        "op": op,
        "title": title,
        "attrs": attrs or {},
        "label": label is not None,
        "operands": given,
        "value": float(f(prediction)),
        **({"gradient": stored(jax.grad(f)(prediction))} if gradient else {}),
    }


def losses():
    L = keras.losses
    numbers = {
        "meanSquaredError": L.MeanSquaredError(),
        "meanAbsoluteError": L.MeanAbsoluteError(),
        "meanAbsolutePercentageError": L.MeanAbsolutePercentageError(),
        "logCosh": L.LogCosh(),
    }
    weights = np.array([0.5, 2.0, 0.0, 1.25])
    for op, loss in numbers.items():
        yield case(op, loss, values(4, 3), values(4, 3) + 1 / 16)
        yield case(op, loss, values(4, 3), values(4, 3) + 1 / 16, weights, title="weights")
        yield case(op, loss, values(4, 2, 3), values(4, 2, 3) + 1 / 16, title="several rows a sample")
        yield case(op, loss, values(4, 2, 3), values(4, 2, 3) + 1 / 16, weights, title="several rows a sample, weights")
    yield case("meanAbsolutePercentageError", numbers["meanAbsolutePercentageError"], [[0.5, 2.0]], [[0.0, -1.0]], title="a target of 0")
    yield case("logCosh", numbers["logCosh"], [[800.0, -800.0]], [[0.0, 0.0]], title="far off")
    for positive, title in [(np.abs(values(4, 3)), ""), (values(4, 3), "also below 0")]:
        msle = L.MeanSquaredLogarithmicError()
        yield case("meanSquaredLogarithmicError", msle, positive, np.abs(values(4, 3)), title=title)
        yield case("meanSquaredLogarithmicError", msle, positive, np.abs(values(4, 3)), weights, title=f"weights {title}".strip())
    yield case("poisson", L.Poisson(), np.abs(values(4, 3)), random.integers(0, 5, (4, 3)))
    yield case("poisson", L.Poisson(), np.abs(values(4, 3)), random.integers(0, 5, (4, 3)), weights, title="weights")
    yield case("poisson", L.Poisson(), [[0.0, 2.0]], [[3.0, 0.0]], title="a prediction of 0")

    for op, loss in {"hinge": L.Hinge(), "squaredHinge": L.SquaredHinge()}.items():
        signs = random.choice([-1.0, 1.0], (4, 3))
        yield case(op, loss, values(4, 3) + 1 / 16, signs, title="−1 and 1")
        yield case(op, loss, values(4, 3) + 1 / 16, (signs + 1) / 2, title="0 and 1")
        yield case(op, loss, values(4, 3) + 1 / 16, signs, weights, title="weights")
        yield case(op, loss, values(4, 3) + 1 / 16, one_hot(3, [2, 0, 1, 1]), attrs={"sides": "shares"}, title="classes")
    for t, title in [(one_hot(3, [2, 0, 1, 1]), "classes"), (shares(4, 3), "shares")]:
        yield case("categoricalHinge", L.CategoricalHinge(), values(4, 3) + random.integers(1, 9, (4, 3)) / 128, t, title=title)
    yield case("categoricalHinge", L.CategoricalHinge(), values(4, 3) + 1 / 16, one_hot(3, [2, 0, 1, 1]), weights, title="weights")

    yield case("klDivergence", L.KLDivergence(), shares(4, 3), shares(4, 3))
    yield case("klDivergence", L.KLDivergence(), shares(4, 3), shares(4, 3), weights, title="weights")
    yield case("klDivergence", L.KLDivergence(), shares(4, 2, 3), shares(4, 2, 3), title="several rows a sample")
    yield case("klDivergence", L.KLDivergence(), [[0.0, 0.25, 0.75]], [[0.5, 0.5, 0.0]], title="a probability of 0")
    yield case("klDivergence", L.KLDivergence(), [[0.0, 1.0]], [[0.5, 0.5]], gradient=False, title="probabilities of 0 and 1")

    cosine = L.CosineSimilarity()
    yield case("cosineProximity", cosine, values(4, 3), values(4, 3))
    yield case("cosineProximity", cosine, values(4, 3), values(4, 3), weights, title="weights")
    yield case("cosineProximity", cosine, values(4, 2, 3), values(4, 2, 3), title="several rows a sample")
    yield case("cosineProximity", cosine, [[0.0, 0.0], [3.0, 4.0]], [[1.0, 2.0], [4.0, 3.0]], gradient=False, title="a vector of no length")

    labels = np.array([2, 0, 3, 1])
    for s in (0.0, 0.1):
        attrs = {"smoothing": s}
        softmax = L.CategoricalCrossentropy(from_logits=True, label_smoothing=s)
        yield case("softmaxCrossEntropy", softmax, values(4, 4), one_hot(4, labels), attrs=attrs, label=labels, title="labels")
        yield case("softmaxCrossEntropy", softmax, values(4, 4), shares(4, 4), attrs=attrs, title="shares")
        yield case("softmaxCrossEntropy", softmax, values(4, 4), one_hot(4, labels), weights, attrs, labels, title="labels, weights")
        yield case("softmaxCrossEntropy", softmax, values(4, 2, 3), shares(4, 2, 3), weights, attrs, title="several rows, weights")
        sigmoid = L.BinaryCrossentropy(from_logits=True, label_smoothing=s)
        yield case("sigmoidCrossEntropy", sigmoid, values(4, 1), random.integers(0, 2, (4, 1)), attrs=attrs)
        yield case("sigmoidCrossEntropy", sigmoid, values(4, 3), random.integers(0, 9, (4, 3)) / 8, attrs=attrs, title="shares")
        yield case("sigmoidCrossEntropy", sigmoid, values(4, 3), random.integers(0, 2, (4, 3)), weights, attrs, title="weights")
    sparse = L.SparseCategoricalCrossentropy(from_logits=True)
    yield case("softmaxCrossEntropy", sparse, values(4, 4), labels, label=labels, title="sparse labels")
    far = [[1000.0, -1000.0], [1000.0, -1000.0]]
    yield case("softmaxCrossEntropy", L.CategoricalCrossentropy(from_logits=True), far, [[1, 0], [0, 1]], label=[0, 1], title="probabilities of 0 and 1")
    yield case("sigmoidCrossEntropy", L.BinaryCrossentropy(from_logits=True), far, [[1, 1], [0, 0]], title="probabilities of 0 and 1")

    for delta in (1.0, 0.75):
        yield case("huber", L.Huber(delta=delta), values(4, 3), values(4, 3) + 1 / 16, attrs={"delta": delta})


def class_weights():
    """What `fit(class_weight=…)` makes of a loss: each sample weighted by its class, over the number of samples."""
    labels, weight = np.array([2, 0, 1, 1]), np.array([1.0, 2.0, 5.0])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    made = case("softmaxCrossEntropy", loss, values(4, 3), labels, weight[labels], label=labels)
    return {"weights": weight.tolist(), **made}


def expected_calibration_error(p, guess, label, bins):
    sure = p[np.arange(len(p)), guess] if p.ndim == 2 else p
    edges = np.linspace(0, 1, bins + 1)
    total = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (sure > low) & (sure <= high)
        if inside.any():
            total += inside.mean() * abs((guess == label)[inside].mean() - sure[inside].mean())
    return total


def scored():
    n, classes = 60, 4
    logits = values(n, classes)
    # Class 3 is never the label.
    label = random.integers(0, 3, n)
    guess = logits.argmax(1)
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    of = {}
    of["accuracy"] = metrics.accuracy_score(label, guess)
    for k in (2, 3):
        # Ties are broken towards the first class here and there alike.
        order = np.argsort(-logits, 1, kind="stable")[:, :k]
        of[f"top_{k}_accuracy"] = float((order == label[:, None]).any(1).mean())
    for name, f in [("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score)]:
        of[name] = f(label, guess, average="macro", zero_division=0)
        of[f"{name}_micro"] = f(label, guess, average="micro", zero_division=0)
        of[f"{name}_per_class"] = f(label, guess, average=None, labels=range(classes), zero_division=0).tolist()
    of["confusion_matrix"] = metrics.confusion_matrix(label, guess, labels=range(classes)).tolist()
    of["calibration_error"] = expected_calibration_error(p, guess, label, 15)
    yield {"kind": "softmax", "values": stored(logits), "target": stored(label), "metrics": of}

    logit, label = values(n, 1)[:, 0], random.integers(0, 2, n)
    guess, share = (logit > 0).astype(int), 1 / (1 + np.exp(-logit))
    sure = np.where(guess == 1, share, 1 - share)
    of = {
        "accuracy": metrics.accuracy_score(label, guess),
        "precision": metrics.precision_score(label, guess, average="macro"),
        "f1_per_class": metrics.f1_score(label, guess, average=None).tolist(),
        "calibration_error": expected_calibration_error(sure, guess, label, 15),
    }
    yield {"kind": "sigmoid", "values": stored(logit[:, None]), "target": stored(label), "metrics": of}

    for width in (1, 3):
        p, t = values(n, width), values(n, width) + 1e6
        of = {
            "mean_absolute_error": metrics.mean_absolute_error(t, p + 1e6),
            "mean_squared_error": metrics.mean_squared_error(t, p + 1e6),
            "r2": metrics.r2_score(t, p + 1e6),
        }
        yield {"kind": "numbers", "values": stored(p + 1e6), "target": stored(t), "metrics": of}
    constant = {"r2": metrics.r2_score(np.ones((5, 1)), np.arange(5.0)[:, None])}
    yield {"kind": "numbers", "values": stored(np.arange(5.0)[:, None]), "target": stored(np.ones((5, 1))), "metrics": constant}


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(content, file)


folder = sys.argv[1]
source = f"Keras {keras.__version__} on JAX {jax.__version__}, float64"
write(f"{folder}/ir/oracle/losses.json", {"source": source, "cases": list(losses()), "classWeights": class_weights()})
write(
    f"{folder}/runtime/oracle/metrics.json",
    {"source": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", "cases": list(scored())},
)
