"""Records what PyTorch, timm and Keras make of gradients and weights, in float64: clipping and constraints.

    python3 -m venv venv && venv/bin/pip install torch timm keras jax
    venv/bin/python scripts/oracle/updates.py test/ir/oracle && npx biome format --write test/ir/oracle

Kernels of PyTorch have their output units first, those of the IR last; they are turned round on the way in and out. The projection onto the
L1 ball is `scipy.optimize`'s solution of the quadratic program that defines it, which shares no step with the sorting here.
"""

import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax

jax.config.update("jax_enable_x64", True)

import keras
import numpy as np
import torch
from timm.utils.agc import adaptive_clip_grad

keras.config.set_floatx("float64")
keras.src.backend.common.dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
random = np.random.default_rng(11)


def values(*shape, scale=1.0):
    return random.normal(size=shape) * scale


def stored(array):
    array = np.asarray(array, dtype=np.float64)
    return {"shape": list(array.shape), "data": array.ravel().tolist()}


def units_first(w):
    """[in, out] → [out, in], [h, w, in, out] → [out, in, h, w]: as torch has it."""
    return np.transpose(w, {1: (0,), 2: (1, 0), 4: (3, 2, 0, 1)}[w.ndim])


def units_last(w):
    return np.transpose(w, {1: (0,), 2: (1, 0), 4: (2, 3, 1, 0)}[w.ndim])


def parameters(weights, gradients):
    made = []
    for w, g in zip(weights, gradients):
        p = torch.nn.Parameter(torch.tensor(units_first(w).copy()))
        p.grad = torch.tensor(units_first(g).copy())
        made.append(p)
    return made


def clip_case(name, args, weights, gradients, clip):
    made = parameters(weights, gradients)
    clip(made)
    return {
        "clip": name,
        "args": args,
        "weights": [stored(w) for w in weights],
        "gradients": [stored(g) for g in gradients],
        "clipped": [stored(units_last(p.grad.numpy())) for p in made],
    }


def clips():
    shapes = [(2, 2, 2, 3), (3,), (4, 2), (2,)]
    for scale in (0.001, 0.3, 5.0):
        weights = [values(*s, scale=0.2) for s in shapes]
        gradients = [values(*s, scale=scale) for s in shapes]
        yield clip_case("value", {"max": 0.2}, weights, gradients, lambda p: torch.nn.utils.clip_grad_value_(p, 0.2))
        # torch adds 1e-6 to a norm before it divides; ours does not, so it is taken out again.
        yield clip_case("global_norm", {"norm": 1.5}, weights, gradients, lambda p: exact_norm(p, 1.5))
        yield clip_case("norm", {"norm": 0.7}, weights, gradients, lambda p: [exact_norm([q], 0.7) for q in p])
        for factor, eps in ((0.01, 1e-3), (0.1, 0.05)):
            yield clip_case(
                "adaptive",
                {"lambda": factor, "eps": eps, "last": True},
                weights,
                gradients,
                lambda p: adaptive_clip_grad(p, clip_factor=factor, eps=eps),
            )
    # A unit whose weights are all zero counts with eps.
    weights = [np.zeros((2, 3)), values(2, 3)]
    weights[1][:, 1] = 0
    gradients = [values(2, 3), values(2, 3)]
    yield clip_case(
        "adaptive", {"lambda": 0.01, "eps": 1e-3, "last": True}, weights, gradients, lambda p: adaptive_clip_grad(p)
    )


def exact_norm(params, bound):
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(p.grad) for p in params])).item()
    torch.nn.utils.clip_grad_norm_(params, bound * (norm + 1e-6) / norm)


def constraint_case(name, args, axes, w, constraint):
    return {"constraint": name, "args": args, "axes": axes, "weight": stored(w), "after": stored(constraint(w))}


def constraints():
    zero_unit = values(5, 4)
    zero_unit[:, 2] = 0
    for w in (values(5, 4), values(2, 2, 2, 3), values(6), zero_unit):
        units = list(range(max(1, w.ndim - 1)))
        for bound in (0.4, 2.0):
            for axes in (units, [w.ndim - 1]):
                given = None if axes == units else axes
                constraint = keras.constraints.MaxNorm(bound, axis=axes)
                yield constraint_case("maxNorm", {"max": bound}, given, w, constraint)
        for axes in (units, [w.ndim - 1]):
            given = None if axes == units else axes
            yield constraint_case("unitNorm", {}, given, w, keras.constraints.UnitNorm(axis=axes))
        yield constraint_case("nonNegative", {}, None, w, keras.constraints.NonNeg())


def balls():
    from scipy.optimize import minimize

    for sizes, radius in (([4], 1.0), ([3, 2], 0.5), ([5], 100.0), ([2, 2, 2], 2.0)):
        w = values(sum(sizes))
        # w = a − b with a, b ≥ 0 and Σ(a + b) ≤ r: smooth, and convex.
        n = w.size
        start = np.full(2 * n, min(radius, 1.0) / (4 * n))
        solved = minimize(
            lambda ab: 0.5 * np.sum((ab[:n] - ab[n:] - w) ** 2),
            start,
            jac=lambda ab: np.concatenate([ab[:n] - ab[n:] - w, w - ab[:n] + ab[n:]]),
            bounds=[(0, None)] * (2 * n),
            constraints=[{"type": "ineq", "fun": lambda ab: radius - ab.sum(), "jac": lambda ab: -np.ones(2 * n)}],
            method="SLSQP",
            options={"maxiter": 1000, "ftol": 1e-16},
        )
        after = solved.x[:n] - solved.x[n:]
        cuts = np.cumsum(sizes)[:-1]
        yield {
            "radius": radius,
            "weights": [stored(p) for p in np.split(w, cuts)],
            "after": [stored(p) for p in np.split(after, cuts)],
        }


if __name__ == "__main__":
    folder = sys.argv[1]
    recorded = {
        "source": f"PyTorch {torch.__version__.split('+')[0]}, timm, Keras {keras.__version__}",
        "clips": list(clips()),
        "constraints": list(constraints()),
        "balls": list(balls()),
    }
    with open(os.path.join(folder, "updates.json"), "w") as file:
        json.dump(recorded, file)
