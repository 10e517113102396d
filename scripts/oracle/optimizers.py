"""Records trajectories of Keras's optimizers and values of Keras's and PyTorch's schedules, in float64.

    python3 -m venv venv && venv/bin/pip install jax keras torch
    venv/bin/python scripts/oracle/optimizers.py test/ir/oracle && npx biome format --write test/ir/oracle

Of an optimizer: the parameter after each of 20 updates by given gradients. Of a schedule: the rate of each update, with the counts that
its node has. Of a plateau: the rate after each epoch.
Of sharpness-aware minimization: the loss at each of 20 updates and the weights after every fifth.
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
import torch

keras.config.set_floatx("float64")
# On every backend but TensorFlow, Keras narrows float64 to float32 by this table.
keras.src.backend.common.dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
random = np.random.default_rng(11)


def values(*shape):
    """Small multiples of 1/8, none of them 0: exact in JSON."""
    magnitude = random.integers(1, 24, shape) / 8
    return jnp.asarray(magnitude * random.choice([-1, 1], shape))


def optimizers():
    o = keras.optimizers
    for name, args, make in [
        ("sgd", {}, lambda: o.SGD()),
        ("sgd", {"rate": 0.05, "momentum": 0.9}, lambda: o.SGD(0.05, momentum=0.9)),
        ("sgd", {"rate": 0.05, "momentum": 0.8, "nesterov": True}, lambda: o.SGD(0.05, momentum=0.8, nesterov=True)),
        ("rmsprop", {}, lambda: o.RMSprop()),
        ("rmsprop", {"rate": 0.02, "rho": 0.8, "epsilon": 0.01}, lambda: o.RMSprop(0.02, rho=0.8, epsilon=0.01)),
        ("rmsprop", {"rate": 0.02, "momentum": 0.7}, lambda: o.RMSprop(0.02, momentum=0.7)),
        ("rmsprop", {"rate": 0.02, "centered": True}, lambda: o.RMSprop(0.02, centered=True)),
        ("rmsprop", {"rate": 0.02, "momentum": 0.5, "centered": True}, lambda: o.RMSprop(0.02, momentum=0.5, centered=True)),
        ("adagrad", {}, lambda: o.Adagrad()),
        ("adagrad", {"rate": 0.3, "accumulator": 0, "epsilon": 0.01}, lambda: o.Adagrad(0.3, initial_accumulator_value=0.0, epsilon=0.01)),
        ("adadelta", {}, lambda: o.Adadelta()),
        ("adadelta", {"rate": 1, "rho": 0.8, "epsilon": 1e-4}, lambda: o.Adadelta(1.0, rho=0.8, epsilon=1e-4)),
        ("adam", {}, lambda: o.Adam()),
        ("adam", {"rate": 0.1, "beta1": 0.7, "beta2": 0.95, "epsilon": 0.01}, lambda: o.Adam(0.1, beta_1=0.7, beta_2=0.95, epsilon=0.01)),
        ("adam", {"rate": 0.05, "beta2": 0.6, "amsgrad": True}, lambda: o.Adam(0.05, beta_2=0.6, amsgrad=True)),
        ("adamw", {"rate": 0.02, "decay": 0.1}, lambda: o.AdamW(0.02, weight_decay=0.1)),
        ("adamw", {"rate": 0.02, "decay": 0.1, "amsgrad": True}, lambda: o.AdamW(0.02, weight_decay=0.1, amsgrad=True)),
        ("adamax", {}, lambda: o.Adamax()),
        ("adamax", {"rate": 0.1, "beta1": 0.7, "beta2": 0.9, "epsilon": 0.01}, lambda: o.Adamax(0.1, beta_1=0.7, beta_2=0.9, epsilon=0.01)),
        ("nadam", {}, lambda: o.Nadam()),
        ("nadam", {"rate": 0.1, "beta1": 0.7, "beta2": 0.95, "epsilon": 0.01}, lambda: o.Nadam(0.1, beta_1=0.7, beta_2=0.95, epsilon=0.01)),
        ("lion", {}, lambda: o.Lion()),
        ("lion", {"rate": 0.02, "beta1": 0.8, "beta2": 0.9}, lambda: o.Lion(0.02, beta_1=0.8, beta_2=0.9)),
        # Decay is decoupled from all of them.
        ("sgd", {"rate": 0.1, "momentum": 0.9, "decay": 0.05}, lambda: o.SGD(0.1, momentum=0.9, weight_decay=0.05)),
        ("rmsprop", {"rate": 0.02, "momentum": 0.7, "decay": 0.2}, lambda: o.RMSprop(0.02, momentum=0.7, weight_decay=0.2)),
        ("adagrad", {"rate": 0.3, "decay": 0.05}, lambda: o.Adagrad(0.3, weight_decay=0.05)),
        ("adadelta", {"rate": 1, "decay": 0.05}, lambda: o.Adadelta(1.0, weight_decay=0.05)),
        ("adamax", {"rate": 0.1, "decay": 0.05}, lambda: o.Adamax(0.1, weight_decay=0.05)),
        ("nadam", {"rate": 0.1, "decay": 0.05}, lambda: o.Nadam(0.1, weight_decay=0.05)),
        ("lion", {"rate": 0.02, "decay": 0.2}, lambda: o.Lion(0.02, weight_decay=0.2)),
    ]:
        start = values(4)
        gradients = [values(4) for _ in range(20)]
        variable = keras.Variable(start, dtype="float64")
        optimizer = make()
        after = []
        for g in gradients:
            optimizer.apply([g], [variable])
            after.append(np.asarray(variable.value).tolist())
        yield {
            "optimizer": name,
            "args": args,
            "start": np.asarray(start).tolist(),
            "gradients": [np.asarray(g).tolist() for g in gradients],
            "after": after,
        }


def torch_rates(make, updates, rate=0.5):
    """The rate of each update; PyTorch's schedulers step after it."""
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=rate)
    scheduler = make(optimizer)
    rates = []
    for _ in range(updates):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return rates


def schedules():
    t = torch.optim.lr_scheduler
    k = keras.optimizers.schedules
    n = 20

    def keras_rates(make, first=0, updates=n):
        """`first` is the step that Keras has for update 1."""
        schedule = make()
        return [float(schedule(i + first)) for i in range(updates)]

    def case(source, op, attrs, rates, updates=n, per_epoch=None):
        return {"source": source, "op": op, "attrs": {"rate": 0.5, **attrs}, "updates": updates, "perEpoch": per_epoch, "rates": rates}

    yield case("torch StepLR", "stepSchedule", {"every": 6, "factor": 0.3}, torch_rates(lambda o: t.StepLR(o, 6, 0.3), n))
    yield case("torch MultiStepLR", "stepSchedule", {"at": [4, 9, 15]}, torch_rates(lambda o: t.MultiStepLR(o, [4, 9, 15], 0.1), n))
    # Epochs of 5 updates, after each of which PyTorch is stepped.
    each = [r for r in torch_rates(lambda o: t.MultiStepLR(o, [1, 3], 0.2), 4) for _ in range(5)]
    yield case("torch MultiStepLR by epoch", "stepSchedule", {"at": [1, 3], "factor": 0.2}, each, per_epoch=5)
    # Keras changes after the boundary, nrmc after so many updates.
    piecewise = lambda: k.PiecewiseConstantDecay([3, 8], [0.5, 0.05, 0.005])
    yield case("keras PiecewiseConstantDecay", "stepSchedule", {"at": [4, 9]}, keras_rates(piecewise))
    yield case("torch ExponentialLR", "exponentialSchedule", {"factor": 0.9, "every": 1}, torch_rates(lambda o: t.ExponentialLR(o, 0.9), n))
    yield case("keras ExponentialDecay", "exponentialSchedule", {"factor": 0.6, "every": 7}, keras_rates(lambda: k.ExponentialDecay(0.5, 7, 0.6)))
    # The last update has the final rate: that of step n in Keras, whose updates count from 0.
    yield case("keras PolynomialDecay", "polynomialSchedule", {"final": 0.01}, keras_rates(lambda: k.PolynomialDecay(0.5, n, 0.01), 1))
    yield case("keras PolynomialDecay", "polynomialSchedule", {"final": 0.01, "power": 2.5, "length": 12}, keras_rates(lambda: k.PolynomialDecay(0.5, 12, 0.01, power=2.5), 1))
    yield case("keras CosineDecay", "cosineSchedule", {"final": 0.05}, keras_rates(lambda: k.CosineDecay(0.5, n, alpha=0.1), 1))
    warm = lambda: k.CosineDecay(0.0, 15, alpha=0.1, warmup_target=0.5, warmup_steps=5)
    yield case("keras CosineDecay with warmup", "cosineSchedule", {"final": 0.05, "warmup": 5}, keras_rates(warm, 1))
    yield case("torch CosineAnnealingLR", "cosineSchedule", {"final": 0.1}, torch_rates(lambda o: t.CosineAnnealingLR(o, n, 0.1), n + 1)[1:])
    for attrs, options in [
        ({}, {}),
        ({"rise": 0.45, "divFactor": 10, "finalDivFactor": 100}, {"pct_start": 0.45, "div_factor": 10, "final_div_factor": 100}),
        ({"rise": 0.5, "anneal": "linear"}, {"pct_start": 0.5, "anneal_strategy": "linear"}),
    ]:
        make = lambda o: t.OneCycleLR(o, 0.5, total_steps=n, cycle_momentum=False, **options)
        yield case("torch OneCycleLR", "oneCycleSchedule", attrs, torch_rates(make, n))


def plateaus():
    """The rate after each epoch of made-up losses, by Keras's callback."""
    noisy = [float(v) for v in np.round(random.normal(1.0, 0.05, 40) - np.linspace(0, 0.4, 40), 4)]
    flat = [1.0] * 12 + [0.5] + [0.6] * 12
    curves = {"noisy": noisy, "flat": flat, "falling": [float(v) for v in np.linspace(2, 1, 30)]}
    for name, curve in curves.items():
        for settings in [
            {"factor": 0.1, "patience": 10, "minDelta": 1e-4, "cooldown": 0, "min": 0},
            {"factor": 0.5, "patience": 3, "minDelta": 0.01, "cooldown": 0, "min": 0},
            {"factor": 0.5, "patience": 1, "minDelta": 0, "cooldown": 0, "min": 0.02},
            {"factor": 0.5, "patience": 2, "minDelta": 0.01, "cooldown": 3, "min": 0},
            {"factor": 0.3, "patience": 1, "minDelta": 0.1, "cooldown": 1, "min": 1e-3},
        ]:
            model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
            model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse")
            callback = keras.callbacks.ReduceLROnPlateau(
                monitor="val_loss",
                mode="min",
                factor=settings["factor"],
                patience=settings["patience"],
                min_delta=settings["minDelta"],
                cooldown=settings["cooldown"],
                min_lr=settings["min"],
            )
            callback.set_model(model)
            callback.on_train_begin()
            rates = []
            for epoch, loss in enumerate(curve):
                callback.on_epoch_end(epoch, {"val_loss": loss})
                rates.append(float(model.optimizer.learning_rate))
            yield {"curve": name, "settings": settings, "rate": 0.5, "losses": curve, "rates": rates}


def sharpness():
    """Sharpness-aware minimization of a small net in PyTorch: losses of 20 updates, weights after every fifth."""
    for rho, momentum in [(0.05, 0.0), (0.5, 0.9)]:
        x = torch.tensor(np.asarray(values(6, 4)), dtype=torch.float64)
        label = torch.tensor([0, 2, 1, 1, 0, 2])
        shapes = {"dense1.kernel": (4, 5), "dense1.bias": (5,), "dense2.kernel": (5, 3), "dense2.bias": (3,)}
        start = {name: torch.tensor(np.asarray(values(*shape)) / 2, dtype=torch.float64) for name, shape in shapes.items()}
        w = {name: value.clone().requires_grad_() for name, value in start.items()}
        optimizer = torch.optim.SGD(list(w.values()), lr=0.1, momentum=momentum)

        def gradients(at):
            hidden = torch.tanh(x @ at["dense1.kernel"] + at["dense1.bias"])
            loss = torch.nn.functional.cross_entropy(hidden @ at["dense2.kernel"] + at["dense2.bias"], label)
            return loss, torch.autograd.grad(loss, list(at.values()))

        losses, after = [], []
        for _ in range(20):
            loss, here = gradients(w)
            norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in here]))
            up = {name: (value + rho / (norm + 1e-12) * g).detach().requires_grad_() for (name, value), g in zip(w.items(), here)}
            for value, g in zip(w.values(), gradients(up)[1]):
                value.grad = g
            optimizer.step()
            losses.append(loss.item())
            after.append({name: value.detach().ravel().tolist() for name, value in w.items()})
        yield {
            "rho": rho,
            "momentum": momentum,
            "rate": 0.1,
            "image": x.ravel().tolist(),
            "label": label.tolist(),
            "start": {name: value.ravel().tolist() for name, value in start.items()},
            "losses": losses,
            "after": after[4::5],
        }


def record(folder):
    versions = f"Keras {keras.__version__} on JAX {jax.__version__}, PyTorch {torch.__version__}, float64"
    for family in (optimizers, schedules, plateaus, sharpness):
        lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in family())
        with open(os.path.join(folder, f"{family.__name__}.json"), "w") as file:
            file.write(f'{{"source":"{versions}","cases":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    record(sys.argv[1])
