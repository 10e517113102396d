"""Records a trajectory of PyTorch in float64, for test/ir/randomness-oracle.test.ts: every random method, with masks and noise that both sides
draw from the same uniform numbers.

    python3 -m venv venv && venv/bin/pip install torch
    venv/bin/python scripts/oracle/randomness.py test/ir/oracle && npx biome format --write test/ir/oracle

Uniform numbers are mulberry32's, seeded by the stream's name (32-bit FNV-1a) and the update; normal ones are made of them by Box and Muller.
"""

import json
import math
import sys

import torch
import torch.nn.functional as F

MASK = 0xFFFFFFFF


def fnv1a(text):
    h = 0x811C9DC5
    for byte in text.encode():
        h = ((h ^ byte) * 0x01000193) & MASK
    return h


def uniforms(stream, update, count):
    state = (fnv1a(stream) + update) & MASK
    out = []
    for _ in range(count):
        state = (state + 0x6D2B79F5) & MASK
        t = ((state ^ (state >> 15)) * (state | 1)) & MASK
        t = t ^ ((t + ((t ^ (t >> 7)) * (t | 61))) & MASK)
        out.append(((t ^ (t >> 14)) & MASK) / 2**32)
    return out


def uniform(stream, update, shape):
    return torch.tensor(uniforms(stream, update, math.prod(shape)), dtype=torch.float64).reshape(shape)


def normal(stream, update, shape):
    count = math.prod(shape)
    u = uniforms(stream, update, count + count % 2)
    out = []
    for i in range(0, len(u), 2):
        r, angle = math.sqrt(-2 * math.log(1 - u[i])), 2 * math.pi * u[i + 1]
        out += [r * math.cos(angle), r * math.sin(angle)]
    return torch.tensor(out[:count], dtype=torch.float64).reshape(shape)


def mask(stream, update, shape, rate):
    return (uniform(stream, update, shape) >= rate).double()


def initial(name, shape):
    """Between −0.5 and 0.5, rounded so that JSON holds it exactly."""
    values = torch.tensor(uniforms(name, 0, math.prod(shape)), dtype=torch.float64)
    return (torch.round(values * 1024) / 1024 - 0.5).reshape(shape)


N, UPDATES, RATE = 4, 20, 0.1
params = {
    name: initial(name, shape).requires_grad_()
    for name, shape in {
        "conv1.kernel": (3, 3, 2, 3),
        "conv1.bias": (3,),
        "hidden.kernel": (60, 4),
        "hidden.bias": (4,),
        "classifier.kernel": (4, 3),
        "classifier.bias": (3,),
    }.items()
}
image = initial("image", (N, 5, 4, 2)) * 4
label = torch.tensor([0, 2, 1, 2])


def forward(update):
    x = image + 0.2 * normal("image.noise", update, image.shape)
    w = params["conv1.kernel"]
    w = w * mask("conv1.kernel", update, w.shape, 0.3) + 0.05 * normal("conv1.kernel.noise", update, w.shape)
    y = F.conv2d(x.permute(0, 3, 1, 2), w.permute(3, 2, 0, 1), params["conv1.bias"], padding=1).permute(0, 2, 3, 1)
    y = y + 0.1 * normal("conv1.noise", update, y.shape)
    y = torch.relu(y)
    y = y * mask("drop1", update, (N, 1, 1, 3), 0.5) / 0.5
    flat = y.reshape(N, 60)
    kernels = params["hidden.kernel"] * mask("hidden.kernel", update, (N, 60, 4), 0.4)
    h = torch.tanh(torch.einsum("ni,nio->no", flat, kernels) + params["hidden.bias"])
    h = h * mask("drop2", update, h.shape, 0.25)
    return h @ params["classifier.kernel"] + params["classifier.bias"]


start = {name: p.detach().clone() for name, p in params.items()}
optimizer = torch.optim.SGD(params.values(), lr=RATE)
losses = []
for update in range(1, UPDATES + 1):
    optimizer.zero_grad()
    loss = F.cross_entropy(forward(update), label)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())


def stored(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().flatten().tolist()}


with open(f"{sys.argv[1]}/randomness.json", "w") as file:
    json.dump(
        {
            "source": f"PyTorch {torch.__version__.split('+')[0]}",
            "rate": RATE,
            "image": stored(image),
            "label": label.tolist(),
            "start": {name: stored(p) for name, p in start.items()},
            "losses": losses,
            "end": {name: stored(p) for name, p in params.items()},
        },
        file,
    )
