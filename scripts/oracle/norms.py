"""Records values of PyTorch and timm, in float64, of norms and of activations with a weight per channel, for test/ir/oracle.test.ts.

    python3 -m venv venv && venv/bin/pip install torch timm numpy
    venv/bin/python scripts/oracle/norms.py test/ir/oracle && npx biome format --write test/ir/oracle

Layout here is channels-last; PyTorch's is channels-first, so values are turned on the way in and out. A kernel as timm standardizes it is
read off by applying its convolution to images with a single one in them.
"""

import json
import math
import os
import sys

import numpy as np
import timm
import torch
from timm.layers import FilterResponseNormTlu2d, ScaledStdConv2d, StdConv2d
from torch import nn

torch.set_default_dtype(torch.float64)
# timm takes the mean square of FRN in float32.
torch.Tensor.float = torch.Tensor.double
random = np.random.default_rng(11)


def values(*shape):
    """Small multiples of 1/8, none of them 0: exact in JSON, and off the kinks."""
    magnitude = random.integers(1, 24, shape) / 8
    return torch.tensor(magnitude * random.choice([-1, 1], shape), requires_grad=True)


def stored(tensor):
    array = tensor.detach().numpy()
    return {"shape": list(array.shape), "data": array.ravel().tolist()}


def first(x):
    """Channels-first."""
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def case(op, attrs, operands, f, more=()):
    """f takes the operands by name and returns the result; `more` are further results."""
    y = f(**operands)
    dy = values(*y.shape)
    gradients = torch.autograd.grad(y, list(operands.values()), dy)
    return {
        "op": op,
        "attrs": attrs,
        "operands": {k: stored(v) for k, v in operands.items()},
        "results": [stored(r) for r in (y, *more)],
        "dy": stored(dy),
        "gradients": {k: stored(g) for k, g in zip(operands, gradients)},
    }


def batch():
    for sizes, make in [([], nn.BatchNorm1d), ([5], nn.BatchNorm1d), ([3, 4], nn.BatchNorm2d), ([2, 3, 2], nn.BatchNorm3d)]:
        for affine in (True, False):
            module = make(4, eps=1e-3, momentum=0.3, affine=affine)
            operands = {"x": values(6, *sizes, 4)}
            if affine:
                operands |= {"gamma": values(4), "beta": values(4)}
            before = values(4).detach(), values(4).detach().abs()
            module.running_mean.copy_(before[0])
            module.running_var.copy_(before[1])

            def run(x, gamma=None, beta=None):
                return last(torch.func.functional_call(module, {"weight": gamma, "bias": beta} if affine else {}, (first(x),)))

            def update():
                with torch.no_grad():
                    run(**operands)

            update()
            after = module.running_mean.clone(), module.running_var.clone()
            x = operands["x"]
            axes = list(range(x.dim() - 1))
            mean, variance = x.mean(axes), x.var(axes, correction=0)
            yield case("normalizeTrain", {"epsilon": 1e-3}, operands, run, (variance, mean))
            # PyTorch's momentum weighs the new value, and its moving variance is fed the unbiased one.
            yield {"op": "updateMoving", "attrs": {"momentum": 0.7}, "operands": {"moving": stored(before[0]), "value": stored(mean)}, "results": [], "written": [stored(after[0])]}
            yield {"op": "updateMoving", "attrs": {"momentum": 0.7}, "operands": {"moving": stored(before[1]), "value": stored(variance), "of": stored(x)}, "results": [], "written": [stored(after[1])]}


def slices():
    """Ghost batches: each slice of the batch as a batch of its own."""
    operands = {"x": values(6, 3, 2, 4), "gamma": values(4), "beta": values(4)}

    def run(x, gamma, beta):
        parts = [nn.functional.batch_norm(first(part), None, None, gamma, beta, training=True, eps=0.1) for part in x.split(2)]
        return last(torch.cat(parts))

    yield case("normalizeTrain", {"slice": 2, "epsilon": 0.1}, operands, run)


def samples():
    for sizes in ([5], [3, 4], [2, 3, 2]):
        shape = [3, *sizes, 6]
        # One gamma a channel: PyTorch's has one a value.
        each = lambda v: v.reshape(-1, *[1] * len(sizes)).expand(6, *sizes)
        layer = lambda x, gamma, beta: last(nn.functional.layer_norm(first(x), [6, *sizes], each(gamma), each(beta), 1e-3))
        affine = lambda: {"gamma": values(6), "beta": values(6)}
        yield case("normalizeTrain", {"over": "sample", "groups": 1, "epsilon": 1e-3}, {"x": values(*shape), **affine()}, layer)
        group = lambda x, gamma, beta: last(nn.functional.group_norm(first(x), 3, gamma, beta, 1e-5))
        yield case("normalizeTrain", {"over": "sample", "groups": 3, "epsilon": 1e-5}, {"x": values(*shape), **affine()}, group)
        instance = lambda x, gamma, beta: last(nn.functional.instance_norm(first(x), weight=gamma, bias=beta, eps=1e-3))
        yield case("normalizeTrain", {"over": "sample", "epsilon": 1e-3}, {"x": values(*shape), **affine()}, instance)
    group = lambda x: nn.functional.group_norm(x, 2, eps=0.1)
    yield case("normalizeTrain", {"over": "sample", "groups": 2, "epsilon": 0.1}, {"x": values(3, 8)}, group)


def positions():
    for sizes in ([], [5], [3, 4]):
        shape = [3, *sizes, 6]
        layer = lambda x, gamma, beta: nn.functional.layer_norm(x, [6], gamma, beta, 1e-6)
        operands = {"x": values(*shape), "gamma": values(6), "beta": values(6)}
        yield case("normalizeTrain", {"over": "position", "groups": 1, "epsilon": 1e-6}, operands, layer)
        rms = lambda x, gamma: nn.functional.rms_norm(x, [6], gamma, 1e-3)
        operands = {"x": values(*shape), "gamma": values(6)}
        yield case("normalizeTrain", {"over": "position", "groups": 1, "centred": False, "epsilon": 1e-3}, operands, rms)


def responses():
    """Filter response normalization alone, its thresholds alone, and local response normalization."""
    frn = FilterResponseNormTlu2d(4, apply_act=False, eps=1e-6)
    frn.double()
    run = lambda x, gamma, beta: last(torch.func.functional_call(frn, {"weight": gamma, "bias": beta}, (first(x),)))
    operands = {"x": values(3, 4, 2, 4), "gamma": values(4), "beta": values(4)}
    yield case("normalizeTrain", {"over": "sample", "centred": False, "epsilon": 1e-6}, operands, run)
    # With unit gamma and beta 0 on a single value the norm gives its sign, ±1, so that tau alone acts behind it.
    tlu = FilterResponseNormTlu2d(4, apply_act=True, eps=0.0)
    tlu.double()
    ones = {"weight": torch.ones(4), "bias": torch.zeros(4)}
    signs = torch.sign(values(8, 4)).detach().requires_grad_()
    act = lambda x, weight: torch.func.functional_call(tlu, {**ones, "tau": weight}, (x[:, :, None, None],))[:, :, 0, 0]
    weight = torch.tensor([-1.53, 0.27, 0.53, 1.97], requires_grad=True)
    recorded = case("channelActivation", {"fn": "tlu"}, {"x": signs, "weight": weight}, act)
    # The gradient for x went through the norm, which lets nothing through to a single value.
    del recorded["gradients"]["x"]
    yield recorded
    plain = lambda x, weight: torch.maximum(x, weight)
    yield case("channelActivation", {"fn": "tlu"}, {"x": values(3, 4, 2, 4), "weight": weight}, plain)
    prelu = lambda x, weight: last(nn.functional.prelu(first(x), weight))
    yield case("channelActivation", {"fn": "prelu"}, {"x": values(3, 4, 2, 4), "weight": values(4)}, prelu)
    for size, k, alpha, beta in [(5, 2.0, 1e-4, 0.75), (3, 1.0, 0.1, 0.5), (1, 0.5, 0.2, 1.25), (9, 1.0, 0.05, 0.75)]:
        # PyTorch divides its alpha by the size.
        module = nn.LocalResponseNorm(size, alpha=alpha * size, beta=beta, k=k)
        attrs = {"k": k, "alpha": alpha, "beta": beta, "size": size}
        yield case("localResponse", attrs, {"x": values(2, 3, 2, 6)}, lambda x: last(module(first(x))))


def kernels():
    inputs, units, size = 3, 4, 2
    impulses = torch.eye(inputs * size * size).reshape(-1, inputs, size, size)

    def read(module, kernel, gain):
        weights = {"weight": kernel.permute(3, 2, 0, 1)} | ({} if gain is None else {"gain": gain.reshape(-1, 1, 1, 1)})
        seen = torch.func.functional_call(module, weights, (impulses,))
        return seen.reshape(inputs, size, size, units).permute(1, 2, 0, 3)

    standard = StdConv2d(inputs, units, size, bias=False, eps=1e-6)
    standard.double()
    yield case("normalizeTrain", {"epsilon": 1e-6}, {"x": values(size, size, inputs, units)}, lambda x: read(standard, x, None))
    factor = 1.7139
    scaled = ScaledStdConv2d(inputs, units, size, bias=False, gamma=factor, eps=1e-6)
    scaled.double()
    # Our op is given factor·gain/√fanIn.
    by = factor / math.sqrt(inputs * size * size)
    gamma = (values(units) * by).detach().requires_grad_()
    yield case("normalizeTrain", {"epsilon": 1e-6}, {"x": values(size, size, inputs, units), "gamma": gamma}, lambda x, gamma: read(scaled, x, gamma / by))


def record(folder):
    source = f"PyTorch {torch.__version__.split('+')[0]} and timm {timm.__version__}, float64"
    families = (batch, slices, samples, positions, responses, kernels)
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for family in families for c in family())
    with open(os.path.join(folder, "norm-family.json"), "w") as file:
        file.write(f'{{"source":"{source}","cases":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    record(sys.argv[1])
