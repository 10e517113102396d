"""Records averages of weights from PyTorch's AveragedModel and Keras's use_ema.

    python3 -m venv venv && venv/bin/pip install torch keras jax
    venv/bin/python scripts/oracle/averages.py test/ir/oracle && npx biome format --write test/ir/oracle

The weights move by a rule of their own, so that only the averaging is compared.
"""

import json
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

STEPS = 20
rng = np.random.default_rng(5)
WEIGHTS = rng.normal(size=(STEPS, 4)).astype(np.float32).astype(np.float64)


def averaged(average_of, taken):
    """The averages after each step of a model whose weights are those of the step; `taken`: which steps are taken in."""
    model = torch.nn.Linear(4, 1, bias=False, dtype=torch.float64)
    average = average_of(model)
    seen = []
    for step, weights in enumerate(WEIGHTS, start=1):
        with torch.no_grad():
            model.weight.copy_(torch.tensor(weights)[None])
        if taken(step):
            average.update_parameters(model)
        # Before the first one there is nothing but the weights themselves.
        shown = average.module if average.n_averaged > 0 else model
        seen.append(shown.weight[0].tolist())
    return seen


def by_keras(decay):
    optimizer = keras.optimizers.SGD(learning_rate=1.0, use_ema=True, ema_momentum=decay)
    variable = keras.Variable(np.zeros(4, np.float32), name="w")
    optimizer.build([variable])
    seen = []
    before = np.zeros(4)
    for weights in WEIGHTS:
        # A gradient that leads to the weights of the step.
        optimizer.apply([keras.ops.convert_to_tensor((before - weights).astype(np.float32))], [variable])
        before = np.asarray(variable.value, np.float64)
        seen.append(np.asarray(optimizer._model_variables_moving_average[0].value, np.float64).tolist())
    return seen


cases = [
    {
        "source": f"torch {torch.__version__} get_ema_multi_avg_fn",
        "kind": "ema",
        "arguments": {"decay": 0.9, "debias": False},
        "averages": averaged(lambda m: AveragedModel(m, multi_avg_fn=get_ema_multi_avg_fn(0.9)), lambda _: True),
    },
    {
        "source": f"keras {keras.__version__} use_ema",
        "kind": "ema",
        "arguments": {"decay": 0.8, "debias": False},
        "averages": by_keras(0.8),
    },
    {
        "source": f"torch {torch.__version__} AveragedModel",
        "kind": "swa",
        # Epochs of four updates: ends of epochs 3, 4, 5.
        "arguments": {"start": 3, "every": None},
        "averages": averaged(AveragedModel, lambda s: s % 4 == 0 and s >= 12),
    },
    {
        "source": f"torch {torch.__version__} AveragedModel",
        "kind": "swa",
        # From update 10 on: updates 12, 15, 18.
        "arguments": {"start": 0.5, "every": 3},
        "averages": averaged(AveragedModel, lambda s: s % 3 == 0 and s >= 10),
    },
]

path = Path(sys.argv[1]) / "averages.json"
path.write_text(json.dumps({"perEpoch": 4, "weights": WEIGHTS.tolist(), "cases": cases}, indent=1) + "\n")
