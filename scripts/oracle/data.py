"""Writes small files of every format that data come in, by the libraries that people write them with, and what is in them.

    python3 -m venv venv && venv/bin/pip install numpy pillow safetensors
    venv/bin/python scripts/oracle/data.py test/runtime/node/fixtures && npx biome format --write test/runtime/node/fixtures

Arrays by NumPy, tensors by safetensors, images by Pillow, tables by Python's csv; whitening by NumPy's singular value decomposition, the
formula of Keras' `zca_whitening` (covariance by the count, ε added to its eigenvalues), of centred samples.
"""

import csv
import json
import os
import sys

import numpy as np
from PIL import Image
from safetensors.numpy import save_file

folder = sys.argv[1]
random = np.random.default_rng(7)


def place(*parts):
    path = os.path.join(folder, *parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def write(name, value):
    with open(place(name), "w") as file:
        json.dump(value, file)


# ── arrays ───────────────────────────────────────────────────────────────────────────────────────────────────────────

image = random.integers(0, 256, (4, 2, 3, 1))
arrays = {
    "bytes": image.astype(np.uint8),
    "flags": (image % 2).astype(bool),
    "shorts": (image - 128).astype(np.int16),
    "unsigned": image.astype(np.uint16),
    "integers": (image - 128).astype(np.int32),
    "longs": (image - 128).astype(np.int64),
    "floats": (image / 8 - 3).astype(np.float32),
    "doubles": (image / 8 - 3).astype(np.float64),
    "big": (image / 8 - 3).astype(">f4"),
}
labels = np.array([2, 0, 1, 2])
np.savez(place("arrays.npz"), label=labels, **arrays)
np.savez_compressed(place("compressed.npz"), image=arrays["bytes"], label=labels)
for name, array in {"image": arrays["bytes"], "label": labels}.items():
    np.save(place("npy", f"{name}.npy"), array)
np.save(place("fortran.npy"), np.asfortranarray(arrays["floats"]))
np.save(place("complex.npy"), arrays["floats"].astype(np.complex64))
np.save(place("scalar.npy"), np.float32(3))
native = {name: array for name, array in arrays.items() if name not in ("unsigned", "big")}
save_file({**native, "label": labels}, place("tensors.safetensors"))
contents = {name: array.astype(np.float64).ravel().tolist() for name, array in arrays.items()}
write("arrays.json", {"shape": [4, 2, 3, 1], "values": {**contents, "label": labels.tolist()}})

# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────

with open(place("table.csv"), "w", newline="") as file:
    table = csv.writer(file)
    table.writerow(["petal length", 'say "width"', "kind", "price", "a,b"])
    table.writerows([[1.5, -2, 0, 1e-3, 7], [0.25, 3, 2, 12.5, 8], [4, 5.5, 1, -1, 9]])

# ── images ───────────────────────────────────────────────────────────────────────────────────────────────────────────

colour = np.stack(
    [
        np.add.outer(np.arange(6) * 40, np.arange(5) * 10),
        np.add.outer(np.arange(6) * 5, np.arange(5) * 50),
        random.integers(0, 256, (6, 5)),
    ],
    axis=-1,
).astype(np.uint8)
alpha = random.integers(0, 256, (6, 5, 1)).astype(np.uint8)
rgb = Image.fromarray(colour)
pictures = {
    "rgb.png": rgb,
    "rgba.png": Image.fromarray(np.concatenate([colour, alpha], axis=-1)),
    "grey.png": rgb.convert("L"),
    "grey-alpha.png": Image.fromarray(np.concatenate([colour[:, :, :1], alpha], axis=-1)),
    "palette.png": rgb.convert("P", palette=Image.Palette.ADAPTIVE, colors=11),
    "black-white.png": rgb.convert("1"),
}
expected = {}
for name, picture in pictures.items():
    picture.save(place("pictures", name))
    # A palette is its colours, and black and white are 0 and 255: greys are taken from them.
    flat = picture.convert("RGB")
    expected[name] = {"rgb": np.asarray(flat).ravel().tolist(), "grey": np.asarray(flat.convert("L")).ravel().tolist()}
Image.fromarray((colour[:, :, 2].astype(np.uint16) * 257)).save(place("pictures", "deep.png"))
deep = np.repeat(colour[:, :, 2:], 3, axis=-1)
expected["deep.png"] = {"rgb": deep.ravel().tolist(), "grey": colour[:, :, 2].ravel().tolist()}
smooth = Image.fromarray(np.add.outer(np.arange(16) * 8, np.arange(16) * 7)[:, :, None].repeat(3, -1).astype(np.uint8))
smooth.save(place("pictures", "colour.jpg"), quality=95, subsampling=0)
smooth.convert("L").save(place("pictures", "grey.jpg"), quality=95)
for name in ("colour.jpg", "grey.jpg"):
    with Image.open(place("pictures", name)) as opened:
        expected[name] = {
            "rgb": np.asarray(opened.convert("RGB")).ravel().tolist(),
            "grey": np.asarray(opened.convert("L")).ravel().tolist(),
        }
sizes = {
    f"{height}x{width}": np.asarray(rgb.resize((width, height), Image.Resampling.BILINEAR)).ravel().tolist()
    for height, width in [(3, 2), (12, 10), (6, 3), (4, 11), (1, 1)]
}
write("pictures.json", {"decoded": expected, "resized": sizes})

# ── whitening ────────────────────────────────────────────────────────────────────────────────────────────────────────

x = (random.integers(-40, 40, (24, 6)) / 8) @ (random.integers(-8, 8, (6, 6)) / 8) + 2
centred = x - x.mean(0)
cases = []
for epsilon in (0.1, 1e-6, 0):
    u, s, _ = np.linalg.svd(centred.T @ centred / len(x))
    matrix = (u / np.sqrt(s + epsilon)) @ u.T
    cases.append({"epsilon": epsilon, "matrix": matrix.ravel().tolist(), "whitened": (centred @ matrix).ravel().tolist()})
write("whitening.json", {"samples": x.ravel().tolist(), "size": 6, "cases": cases})
