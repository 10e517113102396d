/** Parse → emitted text, warm: of a graph of 1,000 nodes, and of ResNet-18: `node bench/compile.ts`. A line of JSON each. */
import { checkTrain } from '../src/check/index.ts';
import { compileTrain } from '../src/compile.ts';
import { parse } from '../src/parser/index.ts';
import { emitTrain, median } from './emitted.ts';

/** A deep plain net; its step graph has some ten nodes a layer. */
const spec = (layers: number): string => `
network Deep with Plain {
  input x: float32[16]
${'  dense(16) norm act\n'.repeat(layers)}  dense(4)
}
policy Plain { norm: batch  act: relu  dense { decay: 1e-4 } }
data Random { source: idx("random")  fields { x: float32[16]  label: class(4) } }
train deep { network: Deep  policy: Plain  data: Random  loss: cross_entropy  optimizer: adam(rate: 1e-3)  batch: 8  epochs: 1 }
`;

/** ResNet-18 for pictures of 32×32, as everybody writes it. */
const resnet = `
block Residual(filters, stride = 1) {
  sum {
    | conv(filters, kernel: 3, stride: stride, padding: 1) norm act  conv(filters, kernel: 3) end: norm
    | shortcut(filters, stride)
  }
  act
}
network ResNet18(classes = 10) with Classic {
  input image: float32[32, 32, 3]
  stem: { conv(64, kernel: 3) norm act }
  repeat 2 { Residual(64) }
  for filters in [128, 256, 512] { Residual(filters, stride: 2)  Residual(filters) }
  global_avgpool
  classifier: dense(classes)
}
policy Classic { norm: batch  act: relu  conv, dense { init: kaiming  decay: 5e-4 } }
data Random { source: idx("random")  fields { image: float32[32, 32, 3]  label: class(10) } }
train resnet { network: ResNet18  data: Random  loss: cross_entropy  optimizer: sgd(rate: 0.1, momentum: 0.9)  batch: 64  epochs: 1 }
`;

const nodesOf = (text: string, name: string): number => {
  const { train } = checkTrain(parse(text, 'bench.nrm').tree, name);
  return train === null ? 0 : compileTrain(train).step.statements.length;
};

function measure(mode: string, text: string, name: string): void {
  const times: number[] = [];
  for (let i = 0; i < 13; i++) {
    const start = performance.now();
    emitTrain(text, name);
    if (i >= 3) times.push(performance.now() - start);
  }
  console.log(
    JSON.stringify({
      mode: `parse to text, ${mode}, ${nodesOf(text, name)} nodes in the step`,
      medianMs: +median(times).toFixed(1),
    }),
  );
}

let layers = 10;
while (nodesOf(spec(layers), 'deep') < 1000) layers += 5;
measure(`${layers} layers`, spec(layers), 'deep');
measure('ResNet-18', resnet, 'resnet');
