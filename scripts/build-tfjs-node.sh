#!/usr/bin/env bash
# Puts a working @tensorflow/tfjs-node into a folder without the download of its own install step, which knows only the
# TensorFlow library of a few platforms: takes the library and its headers out of PyPI's tensorflow-cpu and compiles
# tfjs-node's own binding against them. Needs npm, Python with pip, and a C++17 compiler. Linux only.
#
#   scripts/build-tfjs-node.sh FOLDER [TENSORFLOW_VERSION]
#
# tfjs-node 4.22 calls util.isNullOrUndefined and util.isArray, which Node 23 dropped: put them back before loading it.
set -euo pipefail

folder=${1:?usage: build-tfjs-node.sh FOLDER [TENSORFLOW_VERSION]}
tensorflow=${2:-2.21.0}

mkdir -p "$folder"
cd "$folder"
[ -f package.json ] || echo '{ "private": true }' >package.json
npm install --ignore-scripts --no-audit --no-fund @tensorflow/tfjs-node@4.22.0 node-api-headers

package=$PWD/node_modules/@tensorflow/tfjs-node
wheel=$(mktemp -d)
trap 'rm -rf "$wheel"' EXIT
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$wheel" "tensorflow-cpu==$tensorflow"

rm -rf "$package/deps"
mkdir -p "$package/deps/lib" "$package/lib/napi-v8"
python3 - "$wheel"/*.whl "$package/deps" <<'PYTHON'
import pathlib, shutil, sys, zipfile

wheel, deps = sys.argv[1:]
libraries = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
headers = tuple(f'tensorflow/include/{part}/' for part in ('tensorflow', 'tsl', 'xla'))
with zipfile.ZipFile(wheel) as files:
    for name in files.namelist():
        if name in libraries:
            target = pathlib.Path(deps, 'lib', pathlib.Path(name).name)
        elif name.startswith(headers) and not name.endswith('/'):
            target = pathlib.Path(deps, name.removeprefix('tensorflow/'))
        else:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with files.open(name) as source, open(target, 'wb') as copy:
            shutil.copyfileobj(source, copy)
PYTHON

c++ -shared -fPIC -O2 -std=c++17 -DNAPI_VERSION=8 \
  -I node_modules/node-api-headers/include -I "$package/deps/include" \
  "$package/binding/tfjs_backend.cc" "$package/binding/tfjs_binding.cc" \
  -L "$package/deps/lib" -Wl,--no-as-needed -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 \
  -Wl,-rpath,'$ORIGIN/../../deps/lib' \
  -o "$package/lib/napi-v8/tfjs_binding.node"

node -e '
  const util = require("node:util");
  util.isNullOrUndefined ??= (value) => value == null;
  util.isArray ??= Array.isArray;
  const tf = require("@tensorflow/tfjs-node");
  tf.sum([1, 2, 3]).array().then((six) => console.log(`tfjs-node ${tf.version["tfjs-node"]} on TensorFlow ${tf.backend().binding.TF_Version}, Node ${process.version}: 1 + 2 + 3 = ${six}`));
'
