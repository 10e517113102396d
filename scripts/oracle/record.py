"""Records values of an independent framework, in float64, for test/ir/oracle.test.ts to compare the reference evaluation with.

    python3 -m venv venv && venv/bin/pip install jax keras
    venv/bin/python scripts/oracle/record.py test/ir/oracle && npx biome format --write test/ir/oracle

Convolutions and pools are JAX's, with gradients by its autodiff; activations, normalization, optimizers and joins are Keras's.
Each case names an op of the IR, its attributes and operands, the results, a cotangent `dy` of the first result, and the gradients.
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
from jax import lax

keras.config.set_floatx("float64")
# On every backend but TensorFlow, Keras narrows float64 to float32 by this table.
keras.src.backend.common.dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
random = np.random.default_rng(7)


def values(*shape):
    """Small multiples of 1/8, none of them 0: exact in JSON, and off the kinks of relu and abs."""
    magnitude = random.integers(1, 24, shape) / 8
    return jnp.asarray(magnitude * random.choice([-1, 1], shape))


def distinct(*shape):
    """Like `values`, but no two alike: a maximum is always unique."""
    count = int(np.prod(shape))
    return jnp.asarray((random.permutation(count) - count / 2 + 0.5).reshape(shape) / 8)


def stored(array):
    array = np.asarray(array, dtype=np.float64)
    return {"shape": list(array.shape), "data": array.ravel().tolist()}


def case(op, attrs, operands, f, constants=(), **more):
    """f takes the operands by name and returns the result, or the results, the first of which is differentiated."""
    free = {k: v for k, v in operands.items() if k not in constants}
    fixed = {k: v for k, v in operands.items() if k in constants}

    def first(free):
        out = f(**free, **fixed)
        return out[0] if isinstance(out, tuple) else out

    out = f(**operands)
    results = list(out) if isinstance(out, tuple) else [out]
    dy = values(*results[0].shape)
    gradients = jax.grad(lambda free: jnp.sum(first(free) * dy))(free)
    return {
        "op": op,
        "attrs": attrs,
        "operands": {k: stored(v) for k, v in operands.items()},
        "results": [stored(r) for r in results],
        "dy": stored(dy),
        "gradients": {k: stored(v) for k, v in gradients.items()},
        **more,
    }


def jax_padding(padding):
    return padding.upper() if isinstance(padding, str) else padding


def convolutions():
    for size, stride, dilation, groups, padding, bias in [
        ((3, 3), (1, 1), (1, 1), 1, "same", True),
        ((3, 2), (2, 2), (1, 1), 1, "same", True),
        ((2, 2), (2, 1), (1, 1), 1, "same", False),
        ((4, 3), (3, 2), (1, 1), 1, "same", False),
        ((3, 3), (1, 1), (2, 2), 1, "same", True),
        ((2, 3), (1, 1), (2, 1), 1, "valid", True),
        ((3, 2), (2, 2), (1, 2), 1, "valid", False),
        ((3, 3), (2, 2), (1, 1), 1, [[1, 1], [1, 1]], True),
        ((3, 3), (2, 3), (1, 1), 1, [[2, 0], [0, 1]], False),
        ((3, 3), (1, 1), (1, 1), 2, "same", True),
        ((2, 2), (2, 2), (1, 1), 4, "same", False),
        ((2, 3), (2, 1), (2, 1), 2, [[1, 0], [2, 1]], True),
        ((1, 1), (2, 2), (1, 1), 1, "valid", False),
        ((7, 7), (1, 1), (1, 1), 1, "same", False),
    ]:
        operands = {"x": values(2, 6, 5, 4), "kernel": values(*size, 4 // groups, 4)}
        if bias:
            operands["bias"] = values(4)

        def f(x, kernel, bias=0.0):
            return bias + lax.conv_general_dilated(
                x,
                kernel,
                stride,
                jax_padding(padding),
                rhs_dilation=dilation,
                feature_group_count=groups,
                dimension_numbers=("NHWC", "HWIO", "NHWC"),
            )

        attrs = {"stride": stride, "dilation": dilation, "groups": groups, "padding": padding}
        yield case("conv2d", attrs, operands, f)


def dense():
    for bias in (True, False):
        operands = {"x": values(3, 5), "kernel": values(5, 4)}
        if bias:
            operands["bias"] = values(4)
        yield case("dense", {}, operands, lambda x, kernel, bias=0.0: x @ kernel + bias)


def pools():
    for size, stride, padding in [
        ((2, 2), (2, 2), "same"),
        ((2, 2), (2, 2), "valid"),
        ((3, 3), (2, 2), "same"),
        ((3, 2), (1, 2), "valid"),
        ((3, 3), (2, 2), [[1, 1], [1, 1]]),
        ((3, 2), (2, 3), [[2, 0], [0, 1]]),
        ((2, 3), (3, 1), "same"),
    ]:
        window, strides = (1, *size, 1), (1, *stride, 1)
        pad = padding.upper() if isinstance(padding, str) else [(0, 0), *map(tuple, padding), (0, 0)]
        attrs = {"size": size, "stride": stride, "padding": padding}

        def total(x):
            return lax.reduce_window(x, 0.0, lax.add, window, strides, pad)

        yield case("maxPool", attrs, {"x": distinct(2, 6, 5, 2)}, lambda x: lax.reduce_window(x, -jnp.inf, lax.max, window, strides, pad))
        yield case("avgPool", attrs, {"x": values(2, 6, 5, 2)}, lambda x: total(x) / total(jnp.ones_like(x)))


def norms():
    for rank, gamma, beta, epsilon in [(4, True, True, 1e-3), (4, False, True, 1e-3), (4, True, False, 1e-5), (2, False, False, 0.1)]:
        operands = {"x": values(*(3, 4, 2, 3)[: rank - 1], 3)}
        if gamma:
            operands["gamma"] = values(3)
        if beta:
            operands["beta"] = values(3)
        x = operands["x"]

        def layer():
            made = keras.layers.BatchNormalization(momentum=0.8, epsilon=epsilon, scale=gamma, center=beta, dtype="float64")
            made.build(x.shape)
            return made

        def run(training, moving, x, gamma=None, beta=None):
            made = layer()
            weights = [w for w in (gamma, beta) if w is not None]
            mean, variance = moving
            out, state = made.stateless_call(weights, [mean, variance], x, training=training)
            return out, state

        start = (values(3), jnp.abs(values(3)))
        _, (mean, variance) = run(True, start, **operands)
        # What the batch added to the moving statistics says what its own were.
        batch = [(after - 0.8 * before) / 0.2 for after, before in zip((mean, variance), start)]
        train = case("normalizeTrain", {"epsilon": epsilon}, operands, lambda **o: run(True, start, **o)[0])
        # Results of the op are y, variance, mean.
        train["results"] += [stored(b) for b in reversed(batch)]
        yield train
        for before, own, after in zip(start, batch, (mean, variance)):
            yield {"op": "updateMoving", "attrs": {"momentum": 0.8}, "operands": {"moving": stored(before), "value": stored(own)}, "results": [], "written": [stored(after)]}
        infer = {**operands, "mean": start[0], "variance": start[1]}
        out = run(False, start, **operands)[0]
        yield {"op": "batchNorm", "attrs": {"epsilon": epsilon, "momentum": 0.8}, "operands": {k: stored(v) for k, v in infer.items()}, "results": [stored(out)]}


def activations():
    a = keras.activations
    for fn, slope, f in [
        ("linear", 0, a.linear),
        ("relu", 0, a.relu),
        ("relu6", 0, a.relu6),
        ("leaky_relu", 0.1, lambda x: a.leaky_relu(x, negative_slope=0.1)),
        ("elu", 1, a.elu),
        ("elu", 0.5, lambda x: a.elu(x, alpha=0.5)),
        ("selu", 0, a.selu),
        ("sigmoid", 0, a.sigmoid),
        ("tanh", 0, a.tanh),
        ("softplus", 0, a.softplus),
        ("silu", 0, a.silu),
        ("gelu", 0, lambda x: a.gelu(x, approximate=False)),
        ("gelu_tanh", 0, lambda x: a.gelu(x, approximate=True)),
        ("hard_sigmoid", 0, a.hard_sigmoid),
        ("hard_swish", 0, a.hard_swish),
        ("mish", 0, a.mish),
    ]:
        x = jnp.asarray([-20, -7.5, -3.5, -2.5, -1, -0.5, -0.125, 0.125, 0.5, 1, 2.5, 3.5, 5.5, 6.5, 20.0]).reshape(3, 5)
        yield case("activation", {"fn": fn, "slope": slope}, {"x": x}, f)


def trajectories():
    o = keras.optimizers
    for op, attrs, rate, make in [
        ("sgdUpdate", {}, 0.1, lambda: o.SGD(0.1)),
        ("sgdUpdate", {"decay": 0.05}, 0.1, lambda: o.SGD(0.1, weight_decay=0.05)),
        ("sgdUpdate", {"momentum": 0.9}, 0.05, lambda: o.SGD(0.05, momentum=0.9)),
        ("sgdUpdate", {"momentum": 0.8, "nesterov": True}, 0.05, lambda: o.SGD(0.05, momentum=0.8, nesterov=True)),
        ("adamUpdate", {}, 0.01, lambda: o.Adam(0.01)),
        ("adamUpdate", {"beta1": 0.7, "beta2": 0.95, "epsilon": 0.01}, 0.1, lambda: o.Adam(0.1, beta_1=0.7, beta_2=0.95, epsilon=0.01)),
        ("adamUpdate", {"decay": 0.1}, 0.02, lambda: o.AdamW(0.02, weight_decay=0.1)),
    ]:
        start = values(4)
        gradients = [values(4) for _ in range(20)]
        variable = keras.Variable(start, dtype="float64")
        optimizer = make()
        after = []
        for g in gradients:
            optimizer.apply([g], [variable])
            after.append(np.asarray(variable.value).tolist())
        yield {"op": op, "attrs": attrs, "rate": rate, "start": np.asarray(start).tolist(), "gradients": [np.asarray(g).tolist() for g in gradients], "after": after}


def branches():
    layer = keras.layers
    for widths, shape in [((3, 1, 2), (2,)), ((2, 4), (2, 3, 2)), ((1, 1, 3), (2, 2))]:
        operands = {f"x{i + 1}": values(*shape, width) for i, width in enumerate(widths)}
        yield case("concat", {}, operands, lambda **xs: layer.Concatenate(dtype="float64")(list(xs.values())))
    yield case("add", {}, {"a": values(2, 3, 2, 4), "b": values(2, 3, 2, 4)}, lambda a, b: layer.Add(dtype="float64")([a, b]))
    # Channels of an image, each by a number of its own: of the sample (squeeze and excite), or of all samples (layer scale).
    for factor in [(2, 1, 1, 4), (2, 3, 2, 1)]:
        operands = {"a": values(2, 3, 2, 4), "b": values(*factor)}
        yield case("mul", {}, operands, lambda a, b: layer.Multiply(dtype="float64")([a, b]))
    yield case("mul", {}, {"a": values(2, 3, 2, 4), "b": values(4)}, lambda a, b: a * b)
    for height, width in [(3, 4), (1, 1), (5, 2)]:
        x = values(2, height, width, 3)
        yield case("globalAvgPool", {}, {"x": x}, lambda x: layer.GlobalAveragePooling2D(dtype="float64")(x))


def record(folder):
    source = f"Keras {keras.__version__} on JAX {jax.__version__}, float64"
    for family in (convolutions, dense, pools, norms, activations, trajectories, branches):
        lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in family())
        with open(os.path.join(folder, f"{family.__name__}.json"), "w") as file:
            file.write(f'{{"source":"{source}","cases":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    record(sys.argv[1])
